"""Options that all stages share."""
import argparse
from pathlib import Path

import torch


def parse(description: str, *adders) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of data sets, see README.md")
    parser.add_argument("--work", type=Path, required=True, help="folder for all that the stages write")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, help="of the CPU")
    parser.add_argument("--limit", type=int, help="use only so many photos (a trial)")
    for add in adders:
        add(parser)
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    return arguments
