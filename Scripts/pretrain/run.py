"""All stages, one after the other: teacher maps → encoder → decoder → bundle.

python run.py --data DIR --work WORK --out BUNDLE

Whenever it is killed, the same command goes on from the last checkpoint of the stage it was in.
"""
import argparse
from pathlib import Path

import decoder
import encoder
import options
import teacher_maps
from export import export

STAGES = {"maps": teacher_maps.run, "encoder": encoder.run, "decoder": decoder.run}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stages", nargs="*", choices=list(STAGES), default=list(STAGES),
                        help="only these")
    parser.add_argument("--out", type=Path, help="folder of the bundle to write")
    parser.add_argument("--name", default="embedded", help="of the bundle")


if __name__ == "__main__":
    a = options.parse(__doc__, add_arguments, teacher_maps.add_arguments, encoder.add_arguments,
                      decoder.add_arguments)
    for name, run in STAGES.items():
        if name in a.stages:
            print(f"== {name}", flush=True)
            run(a)
    if a.out:
        export(a.work / "captioner.pt", a.out, a.name)
        print(f"{a.out}: {(a.out / 'model.safetensors').stat().st_size / 1e6:.1f} MB")
