"""Writes data/references/training/decoders.safetensors: one step's loss and gradients of whole decoders.

    python3 Scripts/references/decoder_training.py

Made with PyTorch 2.15, NumPy and safetensors, in double precision. Parameters are those of
`randomTensor` in Tests/TestSupport/Numbers.swift, seeded 1, 2, … in the order of their names here; regions
have the seed 101, pooled embeddings 102. `embedded` is the decoder with attention that brings the regions to
other sizes first; `regions/embedded` is the gradient of its regions.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from seeded import random_tensor

OUTPUT = Path(__file__).resolve().parents[2] / "data" / "references" / "training" / "decoders.safetensors"
CAPTIONS = [[4, 7, 5], [6, 4, 8, 9, 7], [10], [5, 5, 6, 8]]
IMAGES = [1, 0, 1, 2]
START, END, WORDS = 1, 2, 11
# What is read: the captions, and captions in which some words are others, as in scheduled sampling.
READ = {"": [[START] + words for words in CAPTIONS], "mixed/": [[1, 4, 9, 5], [1, 6, 6, 8, 2, 7], [1, 3], [1, 0, 5, 10, 8]]}
SMOOTHING, PENALTY = 0.1, 0.7
CHANNELS, EMBEDDING, HIDDEN, ATTENTION, REGION_EMBEDDING = 7, 5, 9, 6, 8


def parameters(shapes):
    return {
        name: torch.nn.Parameter(torch.from_numpy(random_tensor(shape, seed)).double())
        for seed, (name, shape) in enumerate(shapes.items(), 1)
    }


def linear(p, name, x):
    return F.linear(x, p[name + ".weight"], p[name + ".bias"])


def cell(p, x, h, c):
    s = F.linear(x, p["decode_step.weight_ih"], p["decode_step.bias_ih"]) + F.linear(h, p["decode_step.weight_hh"])
    i, f, g, o = s.chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def attention(read, size=CHANNELS, first={}):
    p = parameters(first | {
        "embedding.weight": (WORDS, EMBEDDING),
        "attention.encoder_att.weight": (ATTENTION, size), "attention.encoder_att.bias": (ATTENTION,),
        "attention.decoder_att.weight": (ATTENTION, HIDDEN), "attention.decoder_att.bias": (ATTENTION,),
        "attention.full_att.weight": (1, ATTENTION), "attention.full_att.bias": (1,),
        "f_beta.weight": (size, HIDDEN), "f_beta.bias": (size,),
        "decode_step.weight_ih": (4 * HIDDEN, EMBEDDING + size), "decode_step.weight_hh": (4 * HIDDEN, HIDDEN),
        "decode_step.bias_ih": (4 * HIDDEN,),
        "init_h.weight": (HIDDEN, size), "init_h.bias": (HIDDEN,),
        "init_c.weight": (HIDDEN, size), "init_c.bias": (HIDDEN,),
        "fc.weight": (WORDS, HIDDEN), "fc.bias": (WORDS,)})
    regions = torch.from_numpy(random_tensor((3, 4, CHANNELS), 101)).double().requires_grad_()
    p["regions"] = regions
    logits, targets, penalty = [], [], 0
    for words, image, inputs in zip(CAPTIONS, IMAGES, read):
        a = torch.relu(linear(p, "region_embedding", regions[image])) if first else regions[image]
        h, c = (linear(p, name, a.mean(0)[None]) for name in ("init_h", "init_c"))
        keys, sums = linear(p, "attention.encoder_att", a), 0
        for word in inputs:
            scores = linear(p, "attention.full_att", torch.relu(keys + linear(p, "attention.decoder_att", h)))
            alpha = torch.softmax(scores[:, 0], 0)
            context = (alpha[:, None] * a).sum(0)[None] * torch.sigmoid(linear(p, "f_beta", h))
            h, c = cell(p, torch.cat([p["embedding.weight"][word][None], context], 1), h, c)
            logits.append(linear(p, "fc", h))
            sums = sums + alpha
        targets += words + [END]
        penalty = penalty + PENALTY * ((1 - sums) ** 2).mean() / len(CAPTIONS)
    return p, logits, targets, penalty


def embedded(read):
    return attention(read, REGION_EMBEDDING, {
        "region_embedding.weight": (REGION_EMBEDDING, CHANNELS), "region_embedding.bias": (REGION_EMBEDDING,)})


def show_and_tell(read):
    p = parameters({
        "image_embedding.weight": (EMBEDDING, CHANNELS), "image_embedding.bias": (EMBEDDING,),
        "embedding.weight": (WORDS, EMBEDDING),
        "decode_step.weight_ih": (4 * HIDDEN, EMBEDDING), "decode_step.weight_hh": (4 * HIDDEN, HIDDEN),
        "decode_step.bias_ih": (4 * HIDDEN,), "fc.weight": (WORDS, HIDDEN), "fc.bias": (WORDS,)})
    pooled = torch.from_numpy(random_tensor((3, CHANNELS), 102)).double()
    logits, targets = [], []
    for words, image, inputs in zip(CAPTIONS, IMAGES, read):
        h = c = torch.zeros(1, HIDDEN).double()
        h, c = cell(p, linear(p, "image_embedding", pooled[image][None]), h, c)
        for word in inputs:
            h, c = cell(p, p["embedding.weight"][word][None], h, c)
            logits.append(linear(p, "fc", h))
        targets += words + [END]
    return p, logits, targets, torch.zeros(())


kept = {}
for name, decoder, read in [
    (kind + name, decoder, read)
    for kind, read in READ.items() for name, decoder in (("attention", attention), ("embedded", embedded), ("show-and-tell", show_and_tell))]:
    p, logits, targets, penalty = decoder(read)
    words = F.cross_entropy(torch.cat(logits), torch.tensor(targets), label_smoothing=SMOOTHING)
    (words + penalty).backward()
    kept[name + "/loss"] = torch.stack([words, penalty.double()]).detach().float()
    regions = p.pop("regions", None)
    if name == "embedded":
        kept["regions/embedded"] = regions.grad.float().contiguous()
    for key, parameter in p.items():
        gradient = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        kept[f"{name}/{key}"] = gradient.float().contiguous()
save_file(kept, OUTPUT)
