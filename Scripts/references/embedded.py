"""Writes data/references/embedded: what PyTorch makes of the sample photos with the bundled model.

    python3 Scripts/references/embedded.py

To be run again whenever data/models/embedded changes. Made with PyTorch, NumPy, Pillow and safetensors, and
the networks of Scripts/pretrain, in float32 from the bundle's float16 weights. For each photo

- resized.png: the photo at the model's input size, by Pillow
- captions.json: the best captions of beam 1, 3 and 5, and the log probability of the last
- tensors.safetensors (some photos): input [3, H, W], map [C, h, w], logits [T, V] and attention weights
  alpha [T, P] while the best caption of beam 5 is read
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file

project = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(project / "Scripts" / "pretrain"))

import bundles
from captions import END, START
from decoding import beam_search
from networks import normalised

PHOTOS = ["astronaut.png", "chelsea.png", "china.jpg", "coffee.png", "flower.jpg", "rocket.jpg"]
WITH_TENSORS = ["astronaut", "chelsea", "china"]

bundle = project / "data" / "models" / "embedded"
side = json.loads((bundle / "config.json").read_text())["preprocessing"]["width"]
encoder = bundles.read_encoder(bundle).eval()
decoder, words = bundles.read_decoder(bundle)
decoder.eval()
for photo in PHOTOS:
    name = Path(photo).stem
    folder = project / "data" / "references" / "embedded" / name
    folder.mkdir(parents=True, exist_ok=True)
    image = Image.open(project / "data" / "samples" / photo).convert("RGB")
    image = image.resize((side, side), Image.Resampling.BILINEAR)
    image.save(folder / "resized.png")
    with torch.no_grad():
        x = normalised(torch.from_numpy(np.array(image))[None], torch.device("cpu")).contiguous()
        features = encoder(x)
        regions = features.flatten(2).transpose(1, 2)
        result = {}
        for width in (1, 3, 5):
            best = beam_search(decoder, regions, width)[0][0]
            result[f"beam_{width}"] = {
                "tokens": best.words, "text": " ".join(words[t] for t in best.words),
                "score": best.score,
            }
        logits, alpha = decoder(regions, torch.tensor([[START, *best.words]]))
        logs = torch.log_softmax(logits[0], 1)
        result["log_probability"] = float(logs[range(len(logs)), [*best.words, END]].sum())
    (folder / "captions.json").write_text(json.dumps(result, indent=2))
    if name in WITH_TENSORS:
        tensors = {"input": x[0], "map": features[0], "logits": logits[0], "alpha": alpha[0]}
        save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "tensors.safetensors")
    print(name, "|", result["beam_5"]["text"])
