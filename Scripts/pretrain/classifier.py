"""Fits the classifier of a bundle's EfficientNet-Lite anew after the encoder was fine-tuned with a decoder.

    python3 Scripts/pretrain/classifier.py MODEL --original efficientnet_lite0.safetensors --photos FOLDER

A fine-tuned encoder's features have moved, and the classifier, which no caption's gradient reaches, with
them no longer makes sense. Here it becomes the one that gives the original network's logits for the photos,
as nearly as a linear map of the new features can: ridge regression towards the original classifier,
argmin Σ‖W f + b − l‖² + λ‖(W, b) − (W, b) of the original‖², in closed form. No labels are needed.

Of the photos, a tenth chooses λ, and another, which nothing is fitted to, is for the report. Then the two
tensors `encoder._fc.…` of MODEL/model.safetensors are replaced; all others keep every bit.
"""
import argparse
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from efficientnet_lite import DEVIATION, MEAN, EfficientNetLite, normalised, stretched, with_weights
from encoder import save

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
PREFIX = "encoder."
RIDGES = [10 ** (power / 2) for power in range(-8, 5)]  # λ for each photo
CERTAIN, STILL_CERTAIN = 0.7, 0.5


def photos(paths: list[Path]) -> list[Path]:
    """All of folders, and those that text files name, one a line."""
    found = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
        elif path.suffix == ".txt":
            found += [path.parent / line for line in path.read_text(encoding="utf8").splitlines() if line]
        else:
            found.append(path)
    return found


def image_side(config: dict) -> int:
    """Of the square that the bundle's encoder reads."""
    preprocessing = dict(config["preprocessing"])
    side = preprocessing["width"]
    expected = {"height": side, "geometry": "stretch", "resample": "bilinear", "antialias": True, "color": "rgb"}
    differs = [key for key, value in expected.items() if preprocessing.get(key) != value]
    for key, value in (("mean", MEAN), ("std", DEVIATION)):
        if not np.allclose(np.divide(preprocessing[key], preprocessing["scale"]), value, atol=1e-3):
            differs.append(key)
    if differs:
        raise SystemExit(f"preprocessing: {', '.join(differs)} not as for a stretched square of (RGB - 127) / 128")
    return side


def encoded(paths: list[Path], encoder: EfficientNetLite, side: int, original: EfficientNetLite,
            original_side: int, batch: int = 16) -> tuple[torch.Tensor, torch.Tensor]:
    """-> what the encoder's classifier reads of each photo, and a one for the bias [N, 1281]; the original's
    logits [N, 1000]."""
    def read(path):
        try:
            return stretched(path, side), stretched(path, original_side)
        except OSError as error:
            raise SystemExit(f"{path}: not a photo: {error}")

    features, logits = [], []
    with ThreadPoolExecutor(2) as pool:
        for first in range(0, len(paths), batch):
            new, old = zip(*pool.map(read, paths[first:first + batch]))
            mean = encoder.features(normalised(np.stack(new))).mean((2, 3))
            features.append(torch.cat([mean, torch.ones(len(mean), 1)], 1))
            logits.append(original(normalised(np.stack(old))))
            print(f"\r{first + len(mean):,} of {len(paths):,} photos", end="", flush=True)
    print()
    return torch.cat(features).double(), torch.cat(logits).double()


class Regression:
    """From features to logits by least squares, for any λ."""

    def __init__(self, features: torch.Tensor, logits: torch.Tensor, origin: torch.Tensor):
        """`origin` [1281, 1000] is where a great λ leads."""
        self.origin, self.count = origin, len(features)
        self.values, self.vectors = torch.linalg.eigh(features.T @ features)
        self.moments = self.vectors.T @ (features.T @ (logits - features @ origin))

    def solution(self, ridge: float) -> torch.Tensor:
        """For λ of `ridge` a photo."""
        scales = self.values.clamp(min=0) + ridge * self.count
        return self.origin + self.vectors @ (self.moments / scales[:, None])


def report(features: torch.Tensor, logits: torch.Tensor, classifiers: dict[str, torch.Tensor]) -> None:
    expected = torch.softmax(logits, 1)
    certainty, classes = expected.max(1)
    certain = certainty >= CERTAIN
    print(f"of the {int(certain.sum())} photos of which the original is at least {CERTAIN} certain, “certain” is the\n"
          f"share where the new one says the same, and “still” where it is also at least {STILL_CERTAIN} certain")
    print(f"{'':10} same class  |Δ probability|  |Δ| of the class  certain  still")
    for name, classifier in classifiers.items():
        found = torch.softmax(features @ classifier, 1)
        same = found.argmax(1) == classes
        of_class = found.gather(1, classes[:, None])[:, 0]
        still = same & (of_class >= STILL_CERTAIN)
        share = [float(v[certain].double().mean()) if certain.any() else float("nan") for v in (same, still)]
        print(f"{name:10} {float(same.double().mean()):10.3f}  {float((found - expected).abs().mean()):15.6f}  "
              f"{float((of_class - certainty).abs().mean()):16.4f}  {share[0]:7.3f}  {share[1]:5.3f}")


def replace(path: Path, weight: torch.Tensor, bias: torch.Tensor) -> None:
    """Puts the classifier into the file, and makes sure of the rest."""
    path = path.resolve()
    before = load_file(path)
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    changed = {PREFIX + "_fc.weight": weight.contiguous(), PREFIX + "_fc.bias": bias.contiguous()}
    save(before | changed, path, metadata)
    after = load_file(path)
    for name, tensor in (before | changed).items():
        found = after[name]
        if found.dtype != tensor.dtype or not torch.equal(found.view(torch.uint8), tensor.view(torch.uint8)):
            raise SystemExit(f"{path}: {name} was not written as it was")


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path, help="the bundle's folder")
    parser.add_argument("--original", type=Path, required=True, help="what encoder.py wrote")
    parser.add_argument("--photos", type=Path, nargs="+", required=True,
                        help="photos, folders of them, text files with a path a line")
    parser.add_argument("--original-side", type=int,
                        help="side of the images that the original looks at (default: the bundle's)")
    parser.add_argument("--ridge", type=float, help="λ for each photo (default: what suits a tenth of the photos best)")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    config = json.loads((options.model / "config.json").read_text())
    name, side = config["encoder"]["architecture"], image_side(config)
    path = options.model / "model.safetensors"
    stored = {k.removeprefix(PREFIX): v for k, v in load_file(path).items() if k.startswith(PREFIX)}
    try:
        encoder, original = with_weights(name, stored), with_weights(name, load_file(options.original))
    except ValueError as error:
        raise SystemExit(str(error))
    paths = photos(options.photos)
    tenth = len(paths) // 10
    if tenth < 1:
        raise SystemExit(f"{len(paths)} photos are too few")

    features, logits = encoded(paths, encoder, side, original, options.original_side or side)
    order = torch.from_numpy(np.random.default_rng(0).permutation(len(paths)))
    held, chooses, fitted, rest = order[:tenth], order[tenth:2 * tenth], order[2 * tenth:], order[tenth:]
    origin = torch.cat([original._fc.weight.T, original._fc.bias[None]]).double()
    ridge = options.ridge
    if ridge is None:
        regression = Regression(features[fitted], logits[fitted], origin)
        errors = {r: float((features[chooses] @ regression.solution(r) - logits[chooses]).square().mean())
                  for r in RIDGES}
        ridge = min(errors, key=errors.get)
    solution = Regression(features[rest], logits[rest], origin).solution(ridge)
    kind = stored.get("_fc.weight", stored["_conv_head.weight"]).dtype
    weight, bias = solution[:-1].T.to(kind), solution[-1].to(kind)
    print(f"fitted to {len(rest):,} photos, λ = {ridge:.2g} a photo; the other {tenth:,}:")
    report(features[held], logits[held], {
        "before": origin, "after": torch.cat([weight.T, bias[None]]).double()})
    replace(path, weight, bias)
    print(f"{path}: {PREFIX}_fc.weight and {PREFIX}_fc.bias are new, in {str(kind).removeprefix('torch.')}")


if __name__ == "__main__":
    main()
