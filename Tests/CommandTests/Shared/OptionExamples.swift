/// Runs of a command, each with another option.
struct OptionExamples: Sendable {
  let command: String
  /// What follows the command in all runs. @ is the folder in which the stores were filled.
  let base: String
  let options: [OptionExample]
  /// A command that is run first.
  let before: String?
  /// The file that standard input comes from.
  let input: String?
  /// A command that shows what was done.
  let then: String?

  init(
    _ command: String, _ base: String, _ options: [String], before: String? = nil,
    input: String? = nil, then: String? = nil
  ) {
    self.command = command
    self.base = base
    self.options = options.map(OptionExample.init)
    self.before = before
    self.input = input
    self.then = then
  }
}

/// An option with its value. One that is to be refused is marked with an exclamation mark.
struct OptionExample: Sendable {
  let text: String
  let isRefused: Bool

  init(_ marked: String) {
    isRefused = marked.hasPrefix("! ")
    text = isRefused ? String(marked.dropFirst(2)) : marked
  }

  /// “--limit” of “--limit 5”
  var name: String { text.split(separator: " ").first.map(String.init) ?? "" }

  /// The arguments with the option, in place of its other value where that is among them.
  func added(to arguments: String) -> String {
    var words = arguments.split(separator: " ").map(String.init)
    let own = text.split(separator: " ").map(String.init)
    guard own.count == 2, let place = words.firstIndex(of: own[0]), place + 1 < words.count else {
      return arguments + " " + text
    }
    words[place + 1] = own[1]
    return words.joined(separator: " ")
  }
}

extension OptionExamples {
  private static let search = [
    "--beam 1", "--top 2", "--length-penalty none", "--no-repeat-ngram 1", "--say grass",
    "--temperature 2", "--top-k 3", "--top-p 0.99", "! --seed 1",
  ]
  /// Where only the best caption is printed.
  private static let searchInBatch = search.filter { $0 != "--top 2" }
  private static let data = "--dataset ./set --features f --threads 1 --batch 8"
  private static let sizes = "--embedding 8 --hidden 8 --attention 8"
  private static let lenet = "--encoder lenet5 --weights weights.safetensors"
  private static let textNetwork = "--embedding 8 --hidden 8"
  private static let textTraining = [
    "--output newer", "--steps 3", "--rate 0.1", "--clip 0.001", "--warm-up 1",
    "--schedule constant", "--tensorboard events", "--seed 7",
    "--progress plain", "--quiet", "! --epochs 1", "! --decay-every 1", "! --decay-factor 0.1",
    "--embedding 10", "--hidden 10", "--direction forward", "--heads 4",
  ]

  static let all = describing + captions + models + scores + training + texts

  private static let describing = [
    OptionExamples(
      "describe", "--model ./mine --no-store photos/0.png photos/1.png",
      search + ["--json", "--verbose", "! --store new.sqlite", "! --redo", "! --force"]),
    OptionExamples(
      "describe", "--no-store photos/0.png --model ./mine",
      ["--model ./other", "--attention figure.png"]),
    OptionExamples(
      "describe", "--model ./mine --no-store --temperature 2 photos/0.png",
      ["--seed 7", "! --beam 2", "! --length-penalty none"]),
    OptionExamples(
      "describe", "--model ./mine --no-store --attention notes.md photos/0.png", ["--force"]),
    OptionExamples("describe", "--model ./mine --no-store damaged.jpg", ["--quiet"]),
    OptionExamples(
      "describe", "--model ./mine --verbose photos/0.png", ["--store new.sqlite", "--redo"]),
    OptionExamples(
      "describe", "--model ./mine --beam 2 photos/0.png", ["--no-store"], then: "show photos/0.png"),
    OptionExamples(
      "batch", "--model ./mine --store new.sqlite photos --progress none",
      searchInBatch + [
        "--model ./other", "--quiet", "--embed", "--sidecar json", "--no-recursive",
        "--include 0.png", "--exclude 0.png", "--limit 2", "--shard 1/2", "--dry-run",
        "--progress plain", "--json", "! --overwrite-human", "! --keep-mtime",
        "! --break-signature", "! --null", "--store other.sqlite",
      ]),
    OptionExamples(
      "batch", "--model ./mine --store new.sqlite photos/0.png --temperature 2", ["--seed 7"]),
    OptionExamples("batch", "--model ./mine photos", ["--redo"]),
    OptionExamples("batch", "--model ./mine --json new", ["--top 2"]),
    OptionExamples(
      "batch", "--model ./mine photos", ["--retry-failed"],
      before: "batch --quiet --model ./mine photos"),
    OptionExamples("batch", "--model ./mine photos --redo", ["! --retry-failed"]),
    OptionExamples("batch", "--model ./mine photos --dry-run", ["! --json", "! --watch"]),
    OptionExamples("batch", "--model ./mine --quiet -", ["--null"], input: "list0.txt"),
    OptionExamples("batch", "--model ./mine --embed photos", ["--keep-mtime"]),
    OptionExamples("batch", "--model ./mine --embed described.jpg", ["--overwrite-human"]),
    OptionExamples("batch", "--model ./mine --embed signed.jpg", ["--break-signature"]),
    OptionExamples(
      "worker", "--model ./mine",
      search + ["--embeddings", "--configuration", "--verbose", "--model ./other"],
      input: "list.txt"),
    OptionExamples("worker", "--model ./mine --temperature 2", ["--seed 7"], input: "list.txt"),
    OptionExamples("worker", "--model ./mine", ["--null"], input: "list0.txt"),
    OptionExamples(
      "similar", "photos/0.png --model ./mine",
      ["--limit 1", "--model ./other", "--datasets", "--json", "--store few.sqlite"]),
    OptionExamples(
      "strip", "photos", ["--dry-run", "--store new.sqlite", "--keep-mtime"],
      before: "batch --quiet --model ./mine --embed --keep-mtime photos"),
    OptionExamples(
      "features", "photos/0.png --model ./mine --output f.npy",
      [
        "--model ./other", "--verbose", "--geometry stretch", "--layer embedding", "--output g.npy",
        "! --weights weights.safetensors", "! --transform-input", "! --encoder lenet5",
      ]),
    OptionExamples(
      "features", "photos/0.png --encoder lenet5 --output f.npy", ["--weights weights.safetensors"]),
    OptionExamples(
      "features", "photos/0.png --weights weights.safetensors --output f.npy", ["--encoder lenet5"]),
    OptionExamples("features", "photos/0.png --model embedded --output f.npy", ["--size 64"]),
    OptionExamples("features", "photos/0.png --model ./mine --output notes.md", ["--force"]),
    OptionExamples(
      "classify", "photos/0.png \(lenet)",
      [
        "--geometry stretch", "--top 2", "--labels labels.txt", "! --model ./mine",
        "! --transform-input",
      ]),
    OptionExamples("classify", "photos/0.png --encoder lenet5", ["--weights weights.safetensors"]),
    OptionExamples("classify", "photos/0.png --weights weights.safetensors", ["--encoder lenet5"]),
    OptionExamples("classify", "photos/0.png", ["! --model ./mine", "--size 64"]),
  ]

  private static let captions = [
    OptionExamples("search", "dog", ["--limit 1", "--datasets", "--json", "--store few.sqlite"]),
    OptionExamples("search", "dog --all", ["! --limit 1"]),
    OptionExamples("search", "a --limit 1", ["! --all"]),
    OptionExamples("search", "dog --store many.sqlite", ["--all"]),
    OptionExamples("search", "dataset:d dog", ["! --datasets"]),
    OptionExamples(
      "list", "",
      [
        "--folder @/photos/below", "--model mine", "--limit 1", "--datasets", "--json",
        "--store few.sqlite",
      ]),
    OptionExamples("list", "--all", ["! --limit 1"]),
    OptionExamples("list", "--store many.sqlite", ["--all"]),
    OptionExamples("show", "photos/0.png", ["--json", "--store few.sqlite"]),
    OptionExamples("stats", "", ["--datasets", "--json", "--store few.sqlite"]),
    OptionExamples("diff", "", ["--model mine --model other"]),
    OptionExamples(
      "diff", "--model mine --model other", ["--datasets", "--json", "--store few.sqlite"]),
    OptionExamples("failures", "", ["--all", "--datasets", "--json", "--store few.sqlite"]),
    OptionExamples(
      "note", "photos/0.png mynote",
      [
        "--remove", "--store new.sqlite", "--sidecar json", "--embed", "! --overwrite-human",
        "! --keep-mtime", "! --break-signature",
      ], then: "show photos/0.png"),
    OptionExamples("note", "set2/val/0.png mine --sidecar txt", ["--overwrite-human"]),
    OptionExamples("note", "described.jpg mine --embed", ["--keep-mtime"]),
    OptionExamples("note", "signed.jpg mine --embed", ["--break-signature"]),
    OptionExamples(
      "forget", "@/photos/0.png",
      [
        "--dry-run", "--store few.sqlite", "! --yes", "! --undo", "! --missing",
        "! --folder @/photos",
      ], then: "list"),
    OptionExamples("forget", "--missing", ["--folder @/photos/below", "--yes"]),
    OptionExamples("forget", "--folder @/photos", ["--missing"], then: "list"),
    OptionExamples("forget", "--undo", ["! --yes", "! --dry-run"]),
    OptionExamples(
      "undo", "", ["--json", "--store few.sqlite", "! --progress plain", "! --quiet"]),
    OptionExamples(
      "undo", "1 --store new.sqlite", ["--progress plain", "! --json"],
      before: "batch --quiet --model ./mine --sidecar json photos --store new.sqlite"),
    OptionExamples(
      "undo", "--store new.sqlite 1 --progress plain", ["--quiet"],
      before: "batch --quiet --model ./mine --sidecar json photos --store new.sqlite"),
    OptionExamples(
      "export", "--format json",
      [
        "--store few.sqlite", "--output out", "--datasets", "--folder @/photos/below",
        "--model other", "--limit 1", "--format csv", "--all", "--embeddings", "! --human",
        "! --title t", "! --thumbnail-size 64", "! --force",
      ]),
    OptionExamples("export", "--format json --output notes.md", ["--force"]),
    OptionExamples(
      "export", "--format html --output page.html", ["--title t", "--thumbnail-size 64"]),
    OptionExamples("export", "--format txt", ["--human"]),
    OptionExamples("export", "--format txt --human", ["! --all"]),
    OptionExamples("store info", "", ["--json", "--store few.sqlite"]),
    OptionExamples("store check", "", ["--json", "--store few.sqlite"]),
    OptionExamples("store check", "", ["--fix"]),
    OptionExamples("store vacuum", "", ["--store few.sqlite"]),
    OptionExamples(
      "store backup", "new.sqlite", ["--store few.sqlite"], then: "store info --store new.sqlite"),
    OptionExamples("store backup", "few.sqlite", ["--force"]),
    OptionExamples("store import", "worker.ndjson", ["--quiet", "--store new.sqlite"]),
    OptionExamples("store merge", "few.sqlite", ["--store new.sqlite"]),
  ]

  private static let models = [
    OptionExamples("model info", "./mine", ["--json"]),
    OptionExamples(
      "model calibrate", "./mine --dataset c --split train",
      ["--dataset c2", "--split val", "--threshold 0.1", "--store few.sqlite", "--json", "--quiet"]),
    OptionExamples(
      "model calibrate", "./mine --dataset c2", ["--allow-missing", "--progress plain"]),
    OptionExamples(
      "dataset import", "new --format csv captions.csv",
      [
        "--images set/train", "--split val", "--json", "--quiet", "--store new.sqlite",
        "! --with-runs",
      ]),
    OptionExamples("dataset import", "new --format csv tabs.csv", ["--separator tab"]),
    OptionExamples("dataset import", "new --format csv broken.csv", ["--strict"]),
    OptionExamples(
      "dataset import", "d --format folder set/train", ["--replace", "! --images photos"]),
    OptionExamples("dataset import", "d --format folder set/train --replace", ["--with-runs"]),
    OptionExamples(
      "dataset import", "new --format folder set", ["--progress plain", "--format csv"]),
    OptionExamples("dataset import", "new --format csv test=captions.csv", ["! --split val"]),
    OptionExamples("dataset list", "", ["--json", "--store few.sqlite"]),
    OptionExamples("dataset info", "d", ["--json", "--store few.sqlite"]),
    OptionExamples(
      "dataset check", "missing", ["--json", "--progress plain", "--quiet", "--store few.sqlite"]),
    OptionExamples(
      "dataset export", "d --format coco",
      ["--format csv", "--split val", "--output out", "--store few.sqlite", "! --force"]),
    OptionExamples("dataset export", "d --format coco --output notes.md", ["--force"]),
    OptionExamples(
      "dataset remove", "d", ["--with-runs", "--store few.sqlite"], then: "dataset list"),
  ]

  private static let scores = [
    OptionExamples(
      "score", "--references references.json --results results.json",
      [
        "--references references2.json", "--results results2.json", "--training references.json",
        "--per-image", "--explain 1", "--json", "! --meteor-limit 5",
      ]),
    OptionExamples(
      "score", "--references references.json --results results.json --per-image",
      ["! --training references.json", "! --explain 1"]),
    OptionExamples(
      "evaluate", "--dataset d --model ./mine --split val",
      [
        "--beam 1", "--top 2", "--length-penalty none", "--no-repeat-ngram 1", "--say grass",
        "--temperature 2", "--top-k 3", "--top-p 0.99", "--dataset e", "--split train",
        "--model ./other", "--store few.sqlite", "--progress plain", "--json", "! --seed 1",
      ]),
    OptionExamples(
      "evaluate", "--dataset d --model ./mine --split val --progress plain", ["--quiet"]),
    OptionExamples(
      "evaluate", "--dataset d --model ./mine --split val --temperature 2", ["--seed 7"]),
    OptionExamples(
      "evaluate", "--dataset missing --model ./mine --split test", ["--allow-missing"]),
    OptionExamples("runs list", "", ["--all", "--json", "--store few.sqlite"]),
    OptionExamples(
      "runs show", "1",
      [
        "--metric BLEU-4", "--photos 1", "--per-image", "--plot p.svg", "--json",
        "--store few.sqlite", "! --force",
      ]),
    OptionExamples("runs show", "1 --plot notes.md.svg", ["--force"]),
    OptionExamples("runs show", "1 --json", ["! --photos 1", "! --metric BLEU-4"]),
    OptionExamples("runs show", "1 --per-image", ["! --photos 1", "! --metric BLEU-4"]),
    OptionExamples(
      "runs compare", "1 2 --resamples 100",
      [
        "--metric BLEU-4", "--photos 1", "--resamples 200", "--seed 7", "--plot p.svg", "--json",
        "--store few.sqlite", "! --force",
      ]),
    OptionExamples("runs compare", "1 2 --resamples 100 --plot notes.md.svg", ["--force"]),
    OptionExamples(
      "runs export", "1",
      [
        "--format html", "--output out", "--store few.sqlite", "! --metric BLEU-4", "! --photos 1",
        "! --force",
      ]),
    OptionExamples("runs export", "1 --format html", ["--metric BLEU-4", "--photos 1"]),
    OptionExamples("runs export", "1 --output notes.md", ["--force"]),
    OptionExamples("runs remove", "1", ["--store few.sqlite"], then: "runs list"),
  ]

  private static let training = [
    OptionExamples(
      "train decoder", "\(data) \(sizes) --minimum-count 1 \(lenet) --output new --steps 2",
      [
        "--split val", "--validation-split train", "--output newer", "--features g", "--batch 4",
        "--steps 3", "--rate 0.1", "--clip 0.001", "--warm-up 1", "--schedule constant",
        "--validate-every 1", "--tensorboard events", "--seed 7",
        "--progress plain", "--quiet", "--optimizer sgd", "--dropout 0.9",
        "--embedding-dropout 0.9", "--label-smoothing 0.9", "--weight-decay 1", "--average 0.1",
        "--attention-penalty 9", "--embedding 9", "--hidden 9", "--attention 9",
        "--region-embedding 9", "--minimum-count 3", "--weights weights2.safetensors",
        "--geometry stretch", "--fine-tune all", "--no-flip", "--maximum-length 3",
        "--scheduled-sampling 1", "--examples 1", "--name n", "! --epochs 1", "! --decay-every 1",
        "! --decay-factor 0.1", "! --plateau-patience 1", "! --momentum 0.5", "! --encoder-rate 1",
        "! --batch-norm frozen", "! --crop 0.5", "! --colour 0.5", "! --model ./mine",
        "! --from ./mine", "! --self-critical", "! --candidates drawn", "! --baseline mean",
        "! --samples 3", "! --transform-input", "! --store new.sqlite", "--dataset ./set2",
      ]),
    OptionExamples(
      "train decoder", "\(data) \(sizes) --minimum-count 1 --output new --steps 2",
      ["--model ./other"]),
    OptionExamples(
      "train decoder",
      "\(data) \(sizes) --minimum-count 1 --weights weights.safetensors --output new --steps 2",
      ["--encoder lenet5"]),
    OptionExamples(
      "train decoder", "\(data) \(textNetwork) --minimum-count 1 \(lenet) --output new --steps 2",
      ["--decoder show-and-tell"]),
    OptionExamples(
      "train decoder", "\(data) \(sizes) \(lenet) --output new --steps 2",
      ["--vocabulary words.txt"]),
    OptionExamples(
      "train decoder",
      "\(data) \(sizes) --minimum-count 1 --output new --steps 2 --fine-tune all --encoder resnet18 --size 32",
      ["--batch-norm frozen"]),
    OptionExamples(
      "train decoder",
      "\(data) \(sizes) --minimum-count 1 --encoder lenet5 --output new --steps 2 --fine-tune all",
      ["--encoder-rate 0.1", "--crop 0.1", "--colour 0.9"]),
    OptionExamples(
      "train decoder",
      "\(data) \(sizes) --minimum-count 1 --output new --steps 2 --fine-tune all --encoder googlenet --size 64",
      ["--transform-input", "--size 80"]),
    OptionExamples(
      "train decoder", "\(data) \(sizes) --minimum-count 1 \(lenet) --output new", ["--epochs 1"]),
    OptionExamples(
      "train decoder",
      "\(data) \(sizes) --minimum-count 1 \(lenet) --output new --steps 2 --optimizer sgd",
      ["--momentum 0.1"]),
    OptionExamples(
      "train decoder",
      "\(data) \(sizes) --minimum-count 1 \(lenet) --output new --steps 6 --schedule step",
      ["--decay-every 1", "--decay-factor 0.01"]),
    OptionExamples(
      "train decoder",
      "\(data) \(sizes) --minimum-count 1 \(lenet) --output new --steps 8 --validate-every 1 --rate 1e-9 --schedule plateau",
      ["--plateau-patience 1", "--patience 1"]),
    OptionExamples(
      "train decoder",
      "--dataset d --features f --threads 1 --batch 8 \(sizes) --minimum-count 1 \(lenet) --output new --steps 2",
      ["--store few.sqlite"]),
    OptionExamples(
      "train decoder", "\(data) \(sizes) --minimum-count 1 \(lenet) --output new --steps 2",
      ["--resume"],
      before: "train decoder \(data) \(sizes) --minimum-count 1 \(lenet) --output new --steps 2"),
    OptionExamples(
      "train decoder", "\(data) --output new --steps 1 --rate 1e-2", ["--from ./mine"]),
    OptionExamples(
      "train decoder", "\(data) --output new --steps 1 --rate 1e-2 --from ./mine",
      ["--self-critical"]),
    OptionExamples(
      "train decoder", "\(data) --output new --steps 1 --rate 1e-2 --from ./mine --self-critical",
      ["--candidates drawn", "--samples 3", "! --label-smoothing 0.1", "! --attention-penalty 1"]),
    OptionExamples(
      "train decoder",
      "\(data) --output new --steps 1 --rate 1e-2 --from ./mine --self-critical --candidates drawn",
      ["--baseline greedy"]),
    OptionExamples(
      "train check", "\(data) \(sizes) --minimum-count 1 \(lenet) --steps 3",
      [
        "--split val", "--features g", "--batch 2", "--steps 5", "--rate 0.1",
        "--seed 7", "--progress plain", "--quiet", "--optimizer sgd", "--embedding 9", "--hidden 9",
        "--attention 9", "--region-embedding 9", "--minimum-count 3",
        "--weights weights2.safetensors", "--geometry stretch", "--fine-tune all",
        "--maximum-length 3", "! --momentum 0.5", "! --encoder-rate 1", "! --batch-norm frozen",
        "! --model ./mine", "! --from ./mine", "! --transform-input", "! --store new.sqlite",
        "--dataset ./set2",
      ]),
    OptionExamples(
      "train check", "\(data) \(sizes) --minimum-count 1 --steps 3", ["--model ./other"]),
    OptionExamples(
      "train check", "\(data) \(sizes) --minimum-count 1 --weights weights.safetensors --steps 3",
      ["--encoder lenet5"]),
    OptionExamples(
      "train check", "\(data) \(textNetwork) --minimum-count 1 \(lenet) --steps 3",
      ["--decoder show-and-tell"]),
    OptionExamples(
      "train check", "\(data) \(sizes) \(lenet) --steps 3", ["--vocabulary words.txt"]),
    OptionExamples(
      "train check",
      "\(data) \(sizes) --minimum-count 1 --steps 3 --fine-tune all --encoder resnet18 --size 32",
      ["--batch-norm frozen"]),
    OptionExamples(
      "train check",
      "\(data) \(sizes) --minimum-count 1 --encoder lenet5 --steps 3 --fine-tune all",
      ["--encoder-rate 0.1"]),
    OptionExamples(
      "train check",
      "\(data) \(sizes) --minimum-count 1 --steps 3 --fine-tune all --encoder googlenet --size 64",
      ["--transform-input", "--size 80"]),
    OptionExamples(
      "train check", "\(data) \(sizes) --minimum-count 1 \(lenet) --steps 3 --optimizer sgd",
      ["--momentum 0.1", "--clip 0.001"]),
    OptionExamples(
      "train check",
      "--dataset d --features f --threads 1 --batch 8 \(sizes) --minimum-count 1 \(lenet) --steps 3",
      ["--store few.sqlite"]),
    OptionExamples(
      "train check", "--dataset ./set --threads 1 --batch 4 --features f --steps 1",
      ["--from ./mine"]),
    OptionExamples("train plot", "mine", ["--output p.png", "--smoothing 0"]),
    OptionExamples("train plot", "mine --output notes.md.svg", ["--force"]),
  ]

  private static let texts = [
    OptionExamples(
      "sentiment classify", "--model ./feeling --file texts.txt",
      [
        "--file neutral.txt", "--explain", "--json", "--model sentiment", "--threshold 0.5",
        "--verbose", "--store new.sqlite", "--keep", "! --csv texts.tsv", "! --column text",
        "! --as a", "! --label label", "! --captions", "! --output out", "! --force",
        "! --progress plain",
      ], then: "sentiment list"),
    OptionExamples("sentiment classify", "--file latin.txt", ["--quiet"]),
    OptionExamples(
      "sentiment classify", "--model ./feeling --store new.sqlite good", ["! --no-store"]),
    OptionExamples("sentiment classify", "--model ./feeling --column text", ["--csv texts.tsv"]),
    OptionExamples("sentiment classify", "--model ./feeling --csv texts.tsv", ["--column text"]),
    OptionExamples(
      "sentiment classify", "--model ./feeling --csv texts.tsv --column text",
      ["--as guess", "--label label", "--output out"]),
    OptionExamples(
      "sentiment classify", "--model ./feeling --csv texts.tsv --column text --output notes.md",
      ["--force"]),
    OptionExamples("sentiment classify", "--model ./feeling", ["--captions"], input: "list.txt"),
    OptionExamples("sentiment classify", "--model ./feeling --captions", ["--progress plain"]),
    OptionExamples("sentiment list", "", ["--limit 1", "--json", "--store few.sqlite"]),
    OptionExamples("sentiment list", "--store many.sqlite", ["--all"]),
    OptionExamples("sentiment list", "--all", ["! --limit 1"]),
    OptionExamples(
      "sentiment train",
      "texts.tsv --text-column text --batch 8 --output new \(textNetwork) --heads 2 --steps 2 --threads 1",
      textTraining + [
        "--format jsonl", "--text-column other", "--label-column second", "--validation more.tsv",
        "--neutral neutral.txt", "--vectors vectors.txt", "--words 10", "--validate-every 2",
        "--batch 4", "--mix 4", "--head-rate 9", "--dropout 0.9", "--embedding-dropout 0.9",
        "--word-dropout 0.9", "--label-smoothing 0.9", "--weight-decay 1", "--average 0.1",
        "--name n", "! --plateau-patience 1", "! --from language",
      ]),
    OptionExamples(
      "sentiment train",
      "texts.tsv --text-column text --batch 8 --output new \(textNetwork) --heads 2 --steps 2 --threads 1 --direction forward",
      ["--layers 2"]),
    OptionExamples(
      "sentiment pretrain",
      "texts.txt --batch 1 --output new \(textNetwork) --heads 2 --steps 2 --threads 1 --direction forward",
      ["--layers 2"]),
    OptionExamples(
      "sentiment train",
      "texts.tsv --text-column text --batch 8 --output new \(textNetwork) --steps 2 --threads 1",
      ["--pooling last"]),
    OptionExamples(
      "sentiment train",
      "texts.tsv --text-column text --batch 8 --output new \(textNetwork) --heads 2 --threads 1",
      ["--epochs 1"]),
    OptionExamples(
      "sentiment train",
      "texts.tsv --text-column text --batch 8 --output new \(textNetwork) --heads 2 --threads 1 --steps 6 --schedule step",
      ["--decay-every 1", "--decay-factor 0.01"]),
    OptionExamples(
      "sentiment train",
      "texts.tsv --text-column text --batch 8 --output new \(textNetwork) --heads 2 --threads 1 --steps 8 --validate-every 1 --rate 1e-9 --schedule plateau",
      ["--plateau-patience 1", "--patience 1"]),
    OptionExamples(
      "sentiment train",
      "texts.tsv --text-column text --output new --steps 1 --threads 1 --batch 8",
      ["--from language"]),
    OptionExamples(
      "sentiment train",
      "texts.tsv --text-column text --batch 8 --output new \(textNetwork) --heads 2 --steps 2 --threads 1",
      ["--resume"],
      before:
        "sentiment train texts.tsv --text-column text --batch 8 --output new \(textNetwork) --heads 2 --steps 2 --threads 1"
    ),
    OptionExamples(
      "sentiment pretrain",
      "texts.txt --batch 1 --output new \(textNetwork) --heads 2 --steps 2 --threads 1",
      textTraining + ["--batch 2", "--words 20", "! --weigh 2", "--format jsonl"]),
    OptionExamples(
      "sentiment pretrain",
      "texts.tsv more.tsv --batch 1 --output new \(textNetwork) --heads 2 --steps 2 --threads 1",
      ["--weigh 1,9"]),
    OptionExamples(
      "sentiment pretrain",
      "texts.tsv --batch 1 --output new \(textNetwork) --heads 2 --steps 2 --threads 1",
      ["--text-column other"]),
    OptionExamples(
      "sentiment pretrain", "texts.txt --batch 1 --output new \(textNetwork) --steps 2 --threads 1",
      ["--pooling last"]),
    OptionExamples(
      "sentiment pretrain", "texts.txt --batch 1 --output new \(textNetwork) --heads 2 --threads 1",
      ["--epochs 1"]),
    OptionExamples(
      "sentiment pretrain",
      "texts.txt --batch 1 --output new \(textNetwork) --heads 2 --threads 1 --steps 6 --schedule step",
      ["--decay-every 1", "--decay-factor 0.01"]),
    OptionExamples(
      "sentiment pretrain",
      "texts.txt --batch 1 --output new \(textNetwork) --heads 2 --steps 2 --threads 1",
      ["--resume"],
      before:
        "sentiment pretrain texts.txt --batch 1 --output new \(textNetwork) --heads 2 --steps 2 --threads 1"
    ),
  ]
}
