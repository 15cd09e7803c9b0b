"""Writes data/references/embedded: what PyTorch makes of the sample photos with the bundled model.

    python3 Scripts/references/embedded.py

Made with PyTorch 2.15 and Pillow 13, from the float16 weights of data/models/embedded, computed in
float32. For each photo of data/samples

- resized.png: as the model sees it, by Pillow
- captions.json: the best captions of beam 1, 3 and 5 with their scores, and the log probability of the
  last, <end> included

and for three of them tensors.safetensors with the `input` [3, H, W], the encoder's `map` [C, H, W], and
the `logits` [T, V] and attention weights `alpha` [T, regions] of the steps of the best caption.
"""

import json
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import save_file

from captioner import Captioner

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "data" / "models" / "embedded"
SAMPLES = ROOT / "data" / "samples"
OUTPUT = ROOT / "data" / "references" / "embedded"
WITH_TENSORS = ("astronaut", "chelsea", "china")


@torch.no_grad()
def write(photo, captioner):
    folder = OUTPUT / photo.stem
    folder.mkdir(parents=True, exist_ok=True)
    preprocessing, vocabulary = captioner.config["preprocessing"], captioner.vocabulary
    size = preprocessing["width"], preprocessing["height"]
    image = Image.open(photo).convert("RGB").resize(size, Image.Resampling.BILINEAR)
    image.save(folder / "resized.png")
    x = captioner.normalised(image)
    grid = captioner.encoder.features(x[None])[0]
    regions = grid.flatten(1).T
    result = {}
    for width in (1, 3, 5):
        best = captioner.beam_search(regions, width)[0]
        text = " ".join(captioner.words[t] for t in best.tokens)
        result[f"beam_{width}"] = {"tokens": best.tokens, "text": text, "score": best.score}
    logits, alpha = captioner.forced(regions, [vocabulary["start"]] + best.tokens)
    steps = torch.log_softmax(logits, 1)
    result["log_probability"] = float(
        steps[range(len(best.tokens) + 1), best.tokens + [vocabulary["end"]]].sum())
    (folder / "captions.json").write_text(json.dumps(result, indent=2))
    if photo.stem in WITH_TENSORS:
        tensors = {"input": x, "map": grid, "logits": logits, "alpha": alpha}
        save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "tensors.safetensors")
    print(f"{photo.name}: {text}")


def main():
    captioner = Captioner(MODEL)
    for photo in sorted(p for p in SAMPLES.iterdir() if p.suffix in (".jpg", ".png")):
        write(photo, captioner)


if __name__ == "__main__":
    main()
