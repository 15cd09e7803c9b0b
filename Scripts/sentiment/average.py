#!/usr/bin/env python3
"""Average models that were trained on from one beginning, as one model.

Their weights' mean often answers better than each of them (Wortsman et al. 2022, "Model soups", arXiv 2203.05482).

    pip install numpy safetensors
    python3 Scripts/sentiment/average.py --output mean one two three
"""

import argparse
import shutil
from pathlib import Path

import numpy
from safetensors.numpy import load_file, save_file


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("models", nargs="+", type=Path, help="folders of models; one named twice counts twice")
    parser.add_argument("--output", type=Path, required=True, help="the folder for the mean")
    options = parser.parse_args()
    options.output.mkdir(parents=True)
    weights = [load_file(model / "model.safetensors") for model in options.models]
    mean = {name: numpy.mean([own[name].astype(numpy.float32) for own in weights], axis=0).astype(numpy.float16)
            for name in weights[0]}
    save_file(mean, options.output / "model.safetensors")
    for name in ("config.json", "vocabulary.txt"):
        shutil.copy(options.models[0] / name, options.output / name)


if __name__ == "__main__":
    main()
