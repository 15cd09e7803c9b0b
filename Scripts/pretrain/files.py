"""Files that a killed process leaves whole: everything is written beside its place and moved there."""
import json
import os
from pathlib import Path

import torch


def replace(path: Path, write) -> None:
    """Calls `write(temporary)` and moves the result to `path` in one step."""
    temporary = path.with_name(path.name + ".tmp")
    write(temporary)
    os.replace(temporary, path)


def save_checkpoint(path: Path, state: dict) -> None:
    replace(path, lambda temporary: torch.save(state, temporary))


def load_checkpoint(path: Path) -> dict:
    """Tensors, numbers, strings and containers of them: nothing that a file could run."""
    return torch.load(path, map_location="cpu", weights_only=True)


def save_json(path: Path, value) -> None:
    replace(path, lambda temporary: temporary.write_text(json.dumps(value, indent=2) + "\n"))
