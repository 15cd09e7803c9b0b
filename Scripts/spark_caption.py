"""Captions photos over a Spark cluster with `caption worker`.

    spark-submit --master spark://head:7077 Scripts/spark_caption.py caption photos.txt \\
        --output captions.parquet --worker /opt/caption/bin/caption --partitions 64
    spark-submit Scripts/spark_caption.py ndjson captions.parquet | caption store import -

The list has a photo a line, as `caption worker` reads it: a path that every node sees alike, or a
JSON object with "path" (or "path_base64") whose other keys are kept. It may lie on any file system
that Spark reads. `caption` must be installed on every node, with its models beside it or in
CAPTION_HOME.

Each partition starts one worker, which loads the model once. A photo that cannot be captioned gets a
row with an error. A worker that dies, or gives no answer within --timeout seconds, fails its task,
which Spark tries again, perhaps on another node. On a task's last attempt the worker is instead
started anew behind the photo that it died of, so that one photo never costs the whole job; that
photo's row says so.

With --ndjson, or by the subcommand `ndjson`, the rows are written as lines for
`caption store import`. Needs nothing but pyspark.
"""
import argparse
import base64
import json
import os
import queue
import subprocess
import sys
import threading

# What the worker answers, in the columns' order; all else in an answer goes into `extras`.
COLUMNS = """
    path STRING NOT NULL,
    path_base64 STRING COMMENT 'the bytes of a path that is not valid UTF-8',
    content_hash STRING COMMENT 'SHA-256 of the file',
    byte_count BIGINT,
    modified_nanoseconds BIGINT COMMENT 'since 1970',
    format STRING,
    width INT,
    height INT,
    caption STRING,
    confidence DOUBLE,
    log_probability DOUBLE,
    words ARRAY<STRUCT<word: STRING, log_probability: DOUBLE>>,
    alternatives ARRAY<STRUCT<caption: STRING, log_probability: DOUBLE>>,
    model STRUCT<name: STRING, hash: STRING>,
    decoding STRING COMMENT 'JSON',
    created_at STRING COMMENT 'UTC',
    embedding BINARY COMMENT 'little-endian float16, of length 1',
    error STRUCT<kind: STRING, message: STRING>,
    extras STRING COMMENT 'JSON'
"""
KEYS = [line.split()[0] for line in COLUMNS.strip().splitlines()]


class WorkerFailed(Exception):
    """The worker died or kept silent."""


class Worker:
    """A running `caption worker`: lines in, as many lines out."""

    def __init__(self, command, lines, timeout):
        self.timeout = timeout
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        # Bounded, so that a partition's answers never pile up while Spark writes.
        self.answers = queue.Queue(maxsize=64)
        self.threads = [
            threading.Thread(target=self._feed, args=(lines,), daemon=True),
            threading.Thread(target=self._read, daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    def _feed(self, lines):
        try:
            for line in lines:
                self.process.stdin.write(line)
                self.process.stdin.flush()
            self.process.stdin.close()
        except (OSError, ValueError):
            pass  # It has died; the answers that are missing will tell.

    def _read(self):
        try:
            for line in self.process.stdout:
                self.answers.put(line)
        except (OSError, ValueError):
            pass
        self.answers.put(None)

    def answer(self):
        """The next answer, parsed."""
        try:
            line = self.answers.get(timeout=self.timeout)
        except queue.Empty:
            raise WorkerFailed(f"the worker gave no answer within {self.timeout:g} seconds") from None
        if line is None or not line.endswith(b"\n"):
            raise WorkerFailed(f"the worker ended with status {self.process.wait()} before its last answer")
        return json.loads(line)

    def stop(self):
        """Leaves no process behind."""
        self.process.kill()
        # The reader may wait for room.
        while self.threads[1].is_alive():
            try:
                self.answers.get(timeout=0.05)
            except queue.Empty:
                pass
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except OSError:
                pass


def answers(lines, command, threads, timeout, is_last_attempt):
    """The worker's answers to `lines`, in order.

    `command` makes the worker's command line for a number of threads.
    """
    answered = 0
    while answered < len(lines):
        worker = Worker(command(threads), lines[answered:], timeout)
        try:
            while answered < len(lines):
                answer = worker.answer()
                answered += 1
                yield answer
        except WorkerFailed as failure:
            # A status of its own choice is no photo's fault: there is no such model, for instance.
            has_given_up = 0 < (worker.process.poll() or 0) < 128
            if has_given_up or not is_last_attempt:
                raise
            if threads == 1:
                yield failed(lines[answered], str(failure))
                answered += 1
            # Of several photos at once nobody knows which one it was.
            threads = 1
        finally:
            worker.stop()


def failed(line, reason):
    request = json.loads(line)
    path = request.pop("path", None)
    if path is None:
        path = base64.b64decode(request["path_base64"]).decode(errors="replace")
    return {**request, "path": path, "error": {"kind": "input or output", "message": reason}}


def request(line):
    """A line of the list as the worker's JSON, whose paths may have any characters."""
    line = line.removesuffix("\r")
    try:
        if line.startswith("{") and isinstance(json.loads(line), dict):
            return line.encode() + b"\n"
    except ValueError:
        pass  # Then it is a path.
    return json.dumps({"path": line}).encode() + b"\n"


def row(answer):
    """An answer as a row of COLUMNS."""
    values = {key: answer.pop(key, None) for key in KEYS if key != "extras"}
    if values["decoding"] is not None:
        values["decoding"] = json.dumps(values["decoding"], sort_keys=True, ensure_ascii=False)
    if values["embedding"] is not None:
        values["embedding"] = base64.b64decode(values["embedding"])
    for key in ("words", "alternatives"):
        if values[key] is not None:
            text = "word" if key == "words" else "caption"
            values[key] = [(each[text], float(each["log_probability"])) for each in values[key]]
    if values["model"] is not None:
        values["model"] = (values["model"]["name"], values["model"]["hash"])
    if values["error"] is not None:
        values["error"] = (values["error"]["kind"], values["error"]["message"])
    for key in ("confidence", "log_probability"):
        if values[key] is not None:
            values[key] = float(values[key])
    values["extras"] = json.dumps(answer, sort_keys=True, ensure_ascii=False) if answer else None
    return tuple(values[key] for key in KEYS)


def line_of(row):
    """A row as the worker's answer again, on one line."""
    values = {key: value for key, value in row.asDict(recursive=True).items() if value is not None}
    values.update(json.loads(values.pop("extras", "{}")))
    if "decoding" in values:
        values["decoding"] = json.loads(values["decoding"])
    if "embedding" in values:
        values["embedding"] = base64.b64encode(values["embedding"]).decode()
    return json.dumps(values, sort_keys=True, ensure_ascii=False)


def attempts_of(context):
    """How often Spark tries a task; in local mode the master's name says it."""
    master = context.master
    if master.startswith("local["):
        numbers = master[len("local["):-1].split(",")
        return int(numbers[1]) if len(numbers) > 1 else 1
    if master == "local":
        return 1
    return int(context.getConf().get("spark.task.maxFailures", "4"))


def caption(spark, arguments):
    from pyspark.taskcontext import TaskContext

    options = []
    if arguments.model:
        options += ["--model", arguments.model]
    if arguments.embeddings:
        options.append("--embeddings")
    options += arguments.worker_option
    program, threads, timeout = arguments.worker, arguments.threads, arguments.timeout
    attempts = attempts_of(spark.sparkContext)

    def command(threads):
        return [program, "worker", "--threads", str(threads)] + options

    def partition(rows):
        lines = [request(row.value) for row in rows]
        is_last_attempt = TaskContext.get().attemptNumber() >= attempts - 1
        return map(row, answers(lines, command, threads, timeout, is_last_attempt))

    listed = spark.read.text(arguments.list, lineSep="\n").where("value NOT IN ('', '\\r')")
    partitions = arguments.partitions
    if partitions is None:
        # Loading a model should take little of a partition's time, and losing one cost little.
        parallelism = spark.sparkContext.defaultParallelism
        partitions = max(parallelism, -(-listed.count() // 500))
    spread = listed.repartition(partitions)
    rows = spark.createDataFrame(spread.rdd.mapPartitions(partition), schema=COLUMNS)
    mode = "overwrite" if arguments.overwrite else "errorifexists"
    rows.write.mode(mode).parquet(arguments.output)
    # From here on from the disk: nothing is captioned twice.
    written = spark.read.parquet(arguments.output)
    if arguments.ndjson:
        lines = written.rdd.map(line_of).map(lambda line: (line,))
        spark.createDataFrame(lines, "value STRING").write.mode(mode).text(arguments.ndjson)
    total = written.count()
    failures = written.where("error IS NOT NULL").count()
    print(f"{total - failures} captioned, {failures} failed", file=sys.stderr)


def ndjson(spark, arguments):
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    rows = spark.read.parquet(arguments.parquet)
    try:
        for each in rows.toLocalIterator():
            output.write(line_of(each) + "\n")
        output.close()
    except BrokenPipeError:
        os._exit(74)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    job = commands.add_parser("caption", help="caption a list of photos")
    job.add_argument("list", nargs="+", help="a file of paths or JSON objects, one a line")
    job.add_argument("--output", required=True, metavar="DIR", help="where the Parquet files go")
    job.add_argument("--ndjson", metavar="DIR", help="where to write the lines for `caption store import`, too")
    job.add_argument("--overwrite", action="store_true", help="replace what is there")
    job.add_argument("--worker", default="caption", metavar="PROGRAM", help="caption, as the nodes find it")
    job.add_argument("--model", metavar="NAME|PATH", help="the model, as the nodes find it")
    job.add_argument("--threads", type=int, default=1, metavar="N",
                     help="photos at once in one worker; set spark.task.cpus likewise (default: 1)")
    job.add_argument("--embeddings", action="store_true", help="also keep the photos' embeddings")
    job.add_argument("--worker-option", action="append", default=[], metavar="OPTION",
                     help="an option for `caption worker`, as --worker-option=--beam=3; may be repeated")
    job.add_argument("--partitions", type=int, metavar="N",
                     help="into how many tasks to divide (default: 500 photos each, at least one a core)")
    job.add_argument("--timeout", type=float, default=300, metavar="SECONDS",
                     help="how long a worker may take for one answer, loading included (default: 300)")
    lines = commands.add_parser("ndjson", help="write results as lines to standard output")
    lines.add_argument("parquet", help="what `caption --output` has written")
    arguments = parser.parse_args()

    from pyspark.sql import SparkSession

    spark = SparkSession.builder.appName("caption").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        {"caption": caption, "ndjson": ndjson}[arguments.command](spark, arguments)
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
