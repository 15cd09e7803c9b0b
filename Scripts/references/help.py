#!/usr/bin/env python3
"""Writes data/references/help.txt: the whole help text of every command of a built program.

    Scripts/references/help.py .build/release/caption
"""

import json
import os
import pathlib
import subprocess
import sys

program = sys.argv[1]
environment = {**os.environ, "COLUMNS": "80"}


def output(*arguments):
    return subprocess.run(
        [program, *arguments], env=environment, check=True, capture_output=True, text=True).stdout


def texts(command):
    words = command.get("superCommands", []) + [command["commandName"]]
    yield f"$ {' '.join(words)} --help\n{output(*words[1:], '--help')}\n"
    for inner in command.get("subcommands", []):
        if inner["commandName"] != "help":
            yield from texts(inner)


root = json.loads(output("--experimental-dump-help"))["command"]
path = pathlib.Path(__file__).parents[2] / "data/references/help.txt"
path.write_text("".join(texts(root)))
