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
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Scripts" / "pretrain"))

import bundles  # noqa: E402
from captions import END, START  # noqa: E402
from decoding import beam_search  # noqa: E402
from networks import normalised  # noqa: E402

MODEL = ROOT / "data" / "models" / "embedded"
SAMPLES = ROOT / "data" / "samples"
OUTPUT = ROOT / "data" / "references" / "embedded"
WITH_TENSORS = ("astronaut", "chelsea", "china")


@torch.no_grad()
def write(photo, encoder, decoder, words, side):
    folder = OUTPUT / photo.stem
    folder.mkdir(parents=True, exist_ok=True)
    image = Image.open(photo).convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
    image.save(folder / "resized.png")
    x = normalised(torch.from_numpy(np.asarray(image).copy())[None], torch.device("cpu"))
    grid = encoder(x)
    regions = grid.flatten(2).transpose(1, 2)
    result = {}
    for width in (1, 3, 5):
        best = beam_search(decoder, regions, width)[0][0]
        text = " ".join(words[t] for t in best.words)
        result[f"beam_{width}"] = {"tokens": best.words, "text": text, "score": best.score}
    tokens = best.words
    logits, alpha = decoder(regions, torch.tensor([[START] + tokens]))
    steps = torch.log_softmax(logits[0], 1)
    result["log_probability"] = float(steps[range(len(tokens) + 1), tokens + [END]].sum())
    (folder / "captions.json").write_text(json.dumps(result, indent=2))
    if photo.stem in WITH_TENSORS:
        tensors = {"input": x[0], "map": grid[0], "logits": logits[0], "alpha": alpha[0]}
        save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "tensors.safetensors")
    print(f"{photo.name}: {text}")


def main():
    encoder = bundles.read_encoder(MODEL).eval()
    decoder, words = bundles.read_decoder(MODEL)
    decoder.eval()
    side = json.loads((MODEL / "config.json").read_text())["preprocessing"]["width"]
    for photo in sorted(p for p in SAMPLES.iterdir() if p.suffix in (".jpg", ".png")):
        write(photo, encoder, decoder, words, side)


if __name__ == "__main__":
    main()
