"""Writes data/references/decoders: the logits of 20 steps of each kind of decoder.

    python3 Scripts/references/decoders.py

Made with PyTorch 2.15, NumPy and safetensors, in double precision. The weights are those of
Sources/Tensors/SeededWeights.swift, the features those of `randomTensor` in
Tests/TestSupport/Numbers.swift. `decoders.json` lists the decoders with their configurations, sizes
and the tokens that are read after the start token; `decoders.safetensors` holds for each decoder

- NAME/logits [20, vocabulary]
- NAME/alpha [20, regions], with attention

Where a cell is PyTorch's, its module computes it; the others are written as their source does.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from seeded import random_tensor, uniform, weight

OUTPUT = Path(__file__).resolve().parents[2] / "data" / "references" / "decoders"
SEED, REGION_SEED, POOLED_SEED, TOKEN_SEED = 1502, 3, 4, 5
# Odd sizes, so that every kernel meets its remainder.
CHANNELS, REGIONS, VOCABULARY, EMBEDDING, HIDDEN, ATTENTION = 19, 6, 101, 17, 37, 13
START = 1

SIZES = dict(embedding=EMBEDDING, hidden=HIDDEN)
ATTENTION_DEFAULTS = dict(architecture="attention", attention=ATTENTION, **SIZES)
SHOW_AND_TELL_DEFAULTS = dict(architecture="show-and-tell", **SIZES)

DECODERS = {
    # The bundled model and sgrvinod's tutorial.
    "attention": dict(
        ATTENTION_DEFAULTS, attention_activation="relu", gate=True, gate_order="ifgo",
        initial_state="mean"),
    "attention-tanh-without-gate": dict(
        ATTENTION_DEFAULTS, attention_activation="tanh", gate=False),
    # The authors' Theano code and neuraltalk2 stack the gates i f o g.
    "attention-ifog": dict(ATTENTION_DEFAULTS, gate_order="ifog", biases=1),
    "attention-tensorflow": dict(ATTENTION_DEFAULTS, gate_order="ijfo", biases=1, forget_bias=1.0),
    "attention-keras-without-bias": dict(ATTENTION_DEFAULTS, gate_order="ifco", biases=0),
    # ruotianluo's att2in2.
    "attention-maxout": dict(
        ATTENTION_DEFAULTS, attention_activation="tanh", gate=False, gate_order="ifogg",
        initial_state="zero", region_embedding=23, embedding_activation="relu"),
    # yunjey's tutorial.
    "show-and-tell-norm": dict(SHOW_AND_TELL_DEFAULTS, image_norm=True, start_input=False),
    # im2txt.
    "show-and-tell-tensorflow": dict(
        SHOW_AND_TELL_DEFAULTS, image_bias=False, gate_order="ijfo", biases=1, forget_bias=1.0),
    # ruotianluo's fc and show_tell.
    "show-and-tell-maxout": dict(
        SHOW_AND_TELL_DEFAULTS, gate_order="ifogg", embedding_activation="relu"),
    "show-and-tell-without-bias": dict(SHOW_AND_TELL_DEFAULTS, biases=0),
}


def w(name, *shape):
    return torch.from_numpy(weight(name, shape, SEED)).double()


def linear(name, inputs, outputs, bias=True):
    layer = torch.nn.Linear(inputs, outputs, bias=bias).double()
    layer.weight.data = w(name + ".weight", outputs, inputs)
    if bias:
        layer.bias.data = w(name + ".bias", outputs)
    return layer


def make_cell(configuration, inputs):
    """-> step(x, h, c) -> h, c"""
    order = configuration.get("gate_order", "ifgo")
    biases = configuration.get("biases", 2)
    rows = len(order) * HIDDEN
    weight_ih = w("decode_step.weight_ih", rows, inputs)
    weight_hh = w("decode_step.weight_hh", rows, HIDDEN)
    bias_ih = w("decode_step.bias_ih", rows) if biases > 0 else torch.zeros(rows).double()
    bias_hh = w("decode_step.bias_hh", rows) if biases > 1 else torch.zeros(rows).double()
    if order == "ifgo":
        cell = torch.nn.LSTMCell(inputs, HIDDEN).double()
        cell.weight_ih.data, cell.weight_hh.data = weight_ih, weight_hh
        cell.bias_ih.data, cell.bias_hh.data = bias_ih, bias_hh
        return lambda x, h, c: cell(x, (h, c))

    def step(x, h, c):
        sums = F.linear(x, weight_ih, bias_ih) + F.linear(h, weight_hh, bias_hh)
        if order == "ifogg":  # ruotianluo, FCModel.py
            i, f, o = torch.sigmoid(sums[:, : 3 * HIDDEN]).chunk(3, 1)
            g = torch.max(sums[:, 3 * HIDDEN : 4 * HIDDEN], sums[:, 4 * HIDDEN :])
            c = f * c + i * g
            return o * torch.tanh(c), c
        if order == "ijfo":  # TensorFlow, BasicLSTMCell
            i, j, f, o = sums.chunk(4, 1)
            f = f + configuration["forget_bias"]
        elif order == "ifog":
            i, f, o, j = sums.chunk(4, 1)
        elif order == "ifco":  # Keras, LSTMCell
            i, f, j, o = sums.chunk(4, 1)
        c = c * torch.sigmoid(f) + torch.sigmoid(i) * torch.tanh(j)
        return torch.tanh(c) * torch.sigmoid(o), c

    return step


def run(configuration, regions, pooled, tokens):
    """-> logits [20, vocabulary], alpha [20, regions] or None"""
    embedding = w("embedding.weight", VOCABULARY, EMBEDDING)
    if configuration.get("embedding_activation") == "relu":
        embedding = F.relu(embedding)
    fc = linear("fc", HIDDEN, VOCABULARY)
    h = c = torch.zeros(1, HIDDEN).double()
    logits, alphas = [], []

    if configuration["architecture"] == "show-and-tell":
        step = make_cell(configuration, EMBEDDING)
        has_bias = configuration.get("image_bias", True)
        x = linear("image_embedding", CHANNELS, EMBEDDING, has_bias)(pooled[None])
        if configuration.get("image_norm"):
            norm = torch.nn.BatchNorm1d(EMBEDDING).double().eval()
            norm.weight.data = w("image_norm.weight", EMBEDDING)
            norm.bias.data = w("image_norm.bias", EMBEDDING)
            norm.running_mean = w("image_norm.running_mean", EMBEDDING)
            norm.running_var = w("image_norm.running_var", EMBEDDING)
            x = norm(x)
        h, c = step(x, h, c)
        inputs = [START] + tokens
        if not configuration.get("start_input", True):
            logits.append(fc(h))
            inputs = tokens
        for token in inputs:
            h, c = step(embedding[token][None], h, c)
            logits.append(fc(h))
        return torch.cat(logits), None

    channels = configuration.get("region_embedding", CHANNELS)
    if channels != CHANNELS:
        regions = F.relu(linear("region_embedding", CHANNELS, channels)(regions))
    encoder_att = linear("attention.encoder_att", channels, ATTENTION)
    decoder_att = linear("attention.decoder_att", HIDDEN, ATTENTION)
    full_att = linear("attention.full_att", ATTENTION, 1)
    step = make_cell(configuration, EMBEDDING + channels)
    if configuration.get("initial_state", "mean") == "mean":
        mean = regions.mean(0, keepdim=True)
        h, c = linear("init_h", channels, HIDDEN)(mean), linear("init_c", channels, HIDDEN)(mean)
    act = torch.tanh if configuration.get("attention_activation") == "tanh" else F.relu
    for token in [START] + tokens:
        alpha = F.softmax(full_att(act(encoder_att(regions) + decoder_att(h))), 0)
        context = (alpha * regions).sum(0, keepdim=True)
        if configuration.get("gate", True):
            context = context * torch.sigmoid(linear("f_beta", HIDDEN, channels)(h))
        h, c = step(torch.cat([embedding[token][None], context], 1), h, c)
        logits.append(fc(h))
        alphas.append(alpha.T)
    return torch.cat(logits), torch.cat(alphas)


def main():
    regions = torch.from_numpy(random_tensor((REGIONS, CHANNELS), REGION_SEED)).double()
    pooled = torch.from_numpy(random_tensor((CHANNELS,), POOLED_SEED)).double()
    tokens = [int(u * VOCABULARY) for u in uniform(TOKEN_SEED, 19)]
    tensors = {}
    with torch.no_grad():
        for name, configuration in DECODERS.items():
            logits, alpha = run(configuration, regions, pooled, tokens)
            tensors[name + "/logits"] = logits.float()
            if alpha is not None:
                tensors[name + "/alpha"] = alpha.float().contiguous()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    save_file(tensors, OUTPUT / "decoders.safetensors")
    sizes = dict(
        seed=SEED, region_seed=REGION_SEED, pooled_seed=POOLED_SEED, channels=CHANNELS,
        regions=REGIONS, vocabulary=VOCABULARY, start=START, tokens=tokens, decoders=DECODERS)
    (OUTPUT / "decoders.json").write_text(json.dumps(sizes, indent=1) + "\n")


if __name__ == "__main__":
    main()
