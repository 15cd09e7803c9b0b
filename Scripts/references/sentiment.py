"""Writes data/references/sentiment: logits, losses and gradients of the text networks by PyTorch.

    python3 Scripts/references/sentiment.py

Made with PyTorch 2.15, NumPy and safetensors, in double precision, with PyTorch's own LSTM over packed
sequences. Parameters are those of `randomTensor` in Tests/TestSupport/Numbers.swift, with seeds 1, 2
and so on in the order in which the networks visit their parameters. `bundled.json` holds probabilities of the
bundled model.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

from seeded import random_tensor

OUTPUT = Path(__file__).resolve().parents[2] / "data" / "references" / "sentiment"
WORDS, BUCKETS, EMBEDDING, HIDDEN, HEADS, CLASSES = 12, 8, 5, 4, 3, 3
# Unknown word i is ~i; the last has no pieces.
WINDOWS = [[3, -1, 5], [1, 2, 3, -2, 7], [11, -3], [4, 4, 9, 10]]
PIECES = [[1, 3, 5], [2, 2], []]
GROUPS, LABELS = [0, 0, 1, 2], [2, 0, 1]
results = {}


def encoder_shapes(layers, directions):
    yield "embedding.words.weight", (WORDS, EMBEDDING)
    yield "embedding.pieces.weight", (BUCKETS, EMBEDDING)
    inputs = EMBEDDING
    for layer in range(layers):
        for direction in directions:
            name = f"lstm.{layer}.{direction}."
            yield name + "weight_ih", (4 * HIDDEN, inputs)
            yield name + "weight_hh", (4 * HIDDEN, HIDDEN)
            yield name + "bias_ih", (4 * HIDDEN,)
        inputs = HIDDEN * len(directions)


def parameters(shapes):
    return {
        name: torch.nn.Parameter(torch.from_numpy(random_tensor(shape, seed)).double())
        for seed, (name, shape) in enumerate(shapes, start=1)
    }


def vector(p, token):
    if token >= 0:
        return p["embedding.words.weight"][token]
    pieces = PIECES[~token]
    if not pieces:
        return torch.zeros(EMBEDDING, dtype=torch.float64)
    return p["embedding.pieces.weight"][pieces].mean(0)


def encode(p, windows, layers, directions):
    """States of each window, [steps, hidden · directions]."""
    rows = [torch.stack([vector(p, token) for token in window]) for window in windows]
    for layer in range(layers):
        lstm = torch.nn.LSTM(
            rows[0].shape[1], HIDDEN, bidirectional=len(directions) == 2, dtype=torch.float64
        )
        names, values = [], []
        for direction, suffix in zip(directions, ("", "_reverse")):
            for name in ("weight_ih", "weight_hh", "bias_ih"):
                names.append(f"{name}_l0{suffix}")
                values.append(p[f"lstm.{layer}.{direction}.{name}"])
            names.append(f"bias_hh_l0{suffix}")
            values.append(torch.zeros(4 * HIDDEN, dtype=torch.float64))
        packed = pack_sequence(rows, enforce_sorted=False)
        output, _ = torch.func.functional_call(lstm, dict(zip(names, values)), (packed,))
        padded, lengths = pad_packed_sequence(output)
        rows = [padded[:length, index] for index, length in enumerate(lengths.tolist())]
    return rows


def voting(p, states):
    """Of one group's states, [rows, size]."""
    weights = torch.softmax(states @ p["head.attention.score.weight"].T, 0)
    votes = states @ p["head.attention.vote.weight"].T + p["head.attention.vote.bias"]
    return (weights[:, :, None] * votes.view(-1, HEADS, CLASSES)).sum((0, 1))


def keep(name, loss, logits, p):
    loss.backward()
    results[f"{name}/logits"] = logits.detach().float().contiguous()
    results[f"{name}/loss"] = loss.detach().float().reshape(1)
    for key, value in p.items():
        results[f"{name}/{key}"] = value.grad.float().contiguous()


def attention():
    """The loss of texts with smoothing 0.05, and 0.3 of that of windows with smoothing 0.2."""
    directions = ("forward", "reverse")
    size = HIDDEN * 2
    p = parameters([
        *encoder_shapes(1, directions),
        ("head.attention.score.weight", (HEADS, size)),
        ("head.attention.vote.weight", (HEADS * CLASSES, size)),
        ("head.attention.vote.bias", (HEADS * CLASSES,)),
    ])
    rows = encode(p, WINDOWS, 1, directions)
    logits = torch.stack([
        voting(p, torch.cat([row for row, own in zip(rows, GROUPS) if own == group]))
        for group in range(3)
    ])
    single = torch.stack([voting(p, row) for row in rows])
    loss = F.cross_entropy(logits, torch.tensor(LABELS), label_smoothing=0.05)
    windows = F.cross_entropy(single[:2], torch.tensor([2, 2]), label_smoothing=0.2)
    keep("attention", loss + 0.3 * windows, logits, p)


def last():
    """Two layers that read forwards and backwards; the last states decide."""
    directions = ("forward", "reverse")
    size = HIDDEN * 2
    p = parameters([
        *encoder_shapes(2, directions),
        ("head.output.weight", (CLASSES, size)),
        ("head.output.bias", (CLASSES,)),
    ])
    rows = encode(p, WINDOWS, 2, directions)
    ends = torch.stack([torch.cat([row[-1, :HIDDEN], row[0, HIDDEN:]]) for row in rows])
    single = ends @ p["head.output.weight"].T + p["head.output.bias"]
    logits = torch.stack([(single[0] + single[1]) / 2, single[2], single[3]])
    keep("last", F.cross_entropy(logits, torch.tensor(LABELS)), logits, p)


def sampled_softmax():
    """Words of counts 1 to 7, of which 5, 2, 2 and 4 were drawn."""
    counts, drawn, targets = torch.arange(1, 8).double(), [5, 2, 2, 4], [2, 0, 6, 5, 2]
    table = torch.nn.Parameter(torch.from_numpy(random_tensor((7, EMBEDDING), 1)).double())
    bias = torch.nn.Parameter(torch.from_numpy(random_tensor((7,), 2)).double())
    states = torch.nn.Parameter(torch.from_numpy(random_tensor((5, EMBEDDING), 3)).double())
    q = counts**0.75 / (counts**0.75).sum()
    logits = states @ table.T + bias - torch.log(q * len(drawn))
    rows = []
    for row, target in enumerate(targets):
        others = [logits[row, word] for word in drawn if word != target]
        rows.append(torch.logsumexp(torch.stack([logits[row, target], *others]), 0) - logits[row, target])
    loss = torch.stack(rows).mean()
    (0.5 * loss).backward()
    results["sampled/loss"] = loss.detach().float().reshape(1)
    for name, value in (("table", table), ("bias", bias), ("states", states)):
        results[f"sampled/{name}"] = value.grad.float().contiguous()


def bundled():
    """The bundled model's probabilities of texts that stand here as their words, all but one known."""
    folder = OUTPUT.parents[1] / "models" / "sentiment"
    weights = {k: v.double() for k, v in load_file(folder / "model.safetensors").items()}
    configuration = json.loads((folder / "config.json").read_text())
    words = (folder / "vocabulary.txt").read_text().split("\n")[:-1]
    network = configuration["network"]
    texts = [
        "not terrible , it 's great", "i expected to hate it , but i loved every minute .", "the table",
        "this is hardly a masterpiece", "an utterly flimdubious film", "a man stands next to a bus .",
    ]
    answers = []
    for text in texts:
        tokens = text.split()
        rows = []
        for word in tokens:
            if word in words:
                rows.append(weights["embedding.words.weight"][words.index(word)])
            else:
                rows.append(weights["embedding.pieces.weight"][pieces(word, network["buckets"])].mean(0))
        lstm = torch.nn.LSTM(network["embedding"], network["hidden"], bidirectional=True, dtype=torch.float64)
        values = {}
        for direction, suffix in (("forward", ""), ("reverse", "_reverse")):
            for name in ("weight_ih", "weight_hh", "bias_ih"):
                values[f"{name}_l0{suffix}"] = weights[f"lstm.0.{direction}.{name}"]
            values[f"bias_hh_l0{suffix}"] = torch.zeros(4 * network["hidden"], dtype=torch.float64)
        states, _ = torch.func.functional_call(lstm, values, (torch.stack(rows),))
        attention = torch.softmax(states @ weights["head.attention.score.weight"].T, 0)
        votes = states @ weights["head.attention.vote.weight"].T + weights["head.attention.vote.bias"]
        votes = votes.view(len(tokens), network["heads"], -1)
        logits = (attention[:, :, None] * votes).sum((0, 1))
        known = sum(word in words for word in tokens) / len(tokens)
        scaled = logits * known / configuration["temperature"]
        answers.append({"text": text, "probabilities": torch.softmax(scaled, 0).tolist()})
    (OUTPUT / "bundled.json").write_text(json.dumps(answers, indent=1) + "\n")


def pieces(word, buckets):
    """FNV-1a of all runs of 3 to 5 characters of <word>."""
    marked, result = f"<{word}>", []
    for length in (3, 4, 5):
        for start in range(len(marked) - length + 1):
            value = 2166136261
            for byte in marked[start : start + length].encode():
                value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
            result.append(value % buckets)
    return result


attention()
last()
sampled_softmax()
OUTPUT.mkdir(parents=True, exist_ok=True)
save_file(results, OUTPUT / "networks.safetensors")
bundled()
