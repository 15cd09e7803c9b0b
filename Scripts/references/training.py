"""Writes data/references/training: PyTorch's gradients of each layer, and its optimizers' steps.

    python3 Scripts/references/training.py

Made with PyTorch 2.15, NumPy and safetensors, in double precision. Inputs and parameters are those of
`randomTensor` in Tests/TestSupport/Numbers.swift, with the seeds that stand in the calls of `t`; the
gradients of the outputs, too. `layers.safetensors` holds for each layer its outputs and the gradients
of its inputs and parameters, `optimizers.safetensors` the parameters after ten steps.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_sequence

from seeded import random_tensor

OUTPUT = Path(__file__).resolve().parents[2] / "data" / "references" / "training"
layers = {}


def t(shape, seed):
    return torch.from_numpy(random_tensor(shape, seed)).double()


def p(shape, seed):
    return torch.nn.Parameter(t(shape, seed))


def keep(name, **tensors):
    for key, value in tensors.items():
        layers[f"{name}/{key}"] = value.detach().float().contiguous()


def linear():
    x, weight, bias = p((5, 7), 1), p((3, 7), 2), p((3,), 3)
    y = F.linear(x, weight, bias)
    y.backward(t((5, 3), 4))
    keep("linear", output=y, input=x.grad, weight=weight.grad, bias=bias.grad)


def embedding():
    weight = p((6, 5), 1)
    F.embedding(torch.tensor([4, 1, 4, 0, 4]), weight).backward(t((5, 5), 2))
    keep("embedding", weight=weight.grad)


LENGTHS = [3, 5, 1, 4]
BATCH_SIZES = torch.tensor([4, 3, 3, 2, 1])
ORDER = [1, 3, 0, 2]


def lstm(reverse, hidden=9):
    """Hidden 9 meets the kernels' remainders, 33 their whole vectors as well."""
    rows = 4 * hidden
    cell = torch.nn.LSTM(6, hidden, bidirectional=reverse, dtype=torch.float64)
    suffix = "_reverse" if reverse else ""
    parameters = {name: getattr(cell, f"{name}_l0{suffix}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    parameters["weight_ih"].data, parameters["weight_hh"].data = t((rows, 6), 1), t((rows, hidden), 2)
    parameters["bias_ih"].data, parameters["bias_hh"].data = t((rows,), 3), torch.zeros(rows).double()
    x, h, c = p((13, 6), 4), p((4, hidden), 5), p((4, hidden), 6)
    order = torch.tensor(ORDER)
    packed = PackedSequence(x, BATCH_SIZES, order, torch.argsort(order))
    state = [torch.stack([torch.zeros_like(s), s]) if reverse else s[None] for s in (h, c)]
    y, final = cell(packed, state)
    output = y.data[:, hidden:] if reverse else y.data
    final = [s[-1] for s in final]
    torch.autograd.backward([output, *final], [t((13, hidden), 7), t((4, hidden), 8), t((4, hidden), 9)])
    keep(
        f"lstm{'-reverse' if reverse else ''}-{hidden}", output=output, final_hidden=final[0], final_cell=final[1],
        input=x.grad, initial_hidden=h.grad, initial_cell=c.grad, weight_ih=parameters["weight_ih"].grad,
        weight_hh=parameters["weight_hh"].grad, bias_ih=parameters["bias_ih"].grad)


def maxout():
    """The cell of ruotianluo's FCModel.py over four steps of three sequences, from zeros."""
    hidden = 9
    weight_ih, weight_hh, bias, x = p((45, 6), 1), p((45, hidden), 2), p((45,), 3), p((12, 6), 4)
    h = c = torch.zeros(3, hidden).double()
    outputs = []
    for step in range(4):
        s = F.linear(x[3 * step:3 * step + 3], weight_ih, bias) + F.linear(h, weight_hh)
        i, f, o = torch.sigmoid(s[:, :3 * hidden]).chunk(3, 1)
        g = torch.max(s[:, 3 * hidden:4 * hidden], s[:, 4 * hidden:])
        c = f * c + i * g
        h = o * torch.tanh(c)
        outputs.append(h)
    y = torch.cat(outputs)
    y.backward(t((12, hidden), 5))
    keep("maxout", output=y, input=x.grad, weight_ih=weight_ih.grad, weight_hh=weight_hh.grad, bias_ih=bias.grad)


def cross_entropy():
    targets = torch.tensor([2, -100, 0, 36, 11])
    for smoothing in (0.0, 0.1):
        logits = torch.nn.Parameter(4 * t((5, 37), 1))
        loss = F.cross_entropy(logits, targets, label_smoothing=smoothing)
        loss.backward()
        keep(f"cross-entropy-{smoothing}", loss=loss[None], logits=logits.grad)
        x, weight, bias = p((5, 8), 2), p((37, 8), 3), p((37,), 4)
        loss = F.cross_entropy(F.linear(x, weight, bias), targets, label_smoothing=smoothing)
        loss.backward()
        keep(f"linear-cross-entropy-{smoothing}", loss=loss[None], input=x.grad, weight=weight.grad, bias=bias.grad)


def attention_lstm(name, activation, gate, images):
    """Steps of the decoder of Xu et al. over the sentences of LENGTHS, three regions of seven channels each."""
    channels, size, hidden, words = 7, 6, 9, 5
    encoder_att, decoder_att = [p((size, channels), 1), p((size,), 2)], [p((size, hidden), 3), p((size,), 4)]
    score, f_beta = p((1, size), 5), [p((channels, hidden), 6), p((channels,), 7)]
    weight_ih, weight_hh, bias = p((36, words + channels), 8), p((36, hidden), 9), p((36,), 10)
    x, regions = p((13, words), 11), p((max(images) + 1, 3, channels), 12)
    h0, c0 = p((4, hidden), 13), p((4, hidden), 14)
    order = torch.tensor(ORDER)
    a = regions[torch.tensor(images)][order]
    keys = F.linear(a, *encoder_att)
    h, c, outputs, weights = h0[order], c0[order], [], []
    start = 0
    for n in BATCH_SIZES.tolist():
        e = F.linear(activation(keys[:n] + F.linear(h[:n], *decoder_att)[:, None]), score)[:, :, 0]
        alpha = torch.softmax(e, 1)
        context = (alpha[:, :, None] * a[:n]).sum(1)
        if gate:
            context = context * torch.sigmoid(F.linear(h[:n], *f_beta))
        s = F.linear(torch.cat([x[start:start + n], context], 1), weight_ih, bias) + F.linear(h[:n], weight_hh)
        i, f, g, o = s.chunk(4, 1)
        c = torch.sigmoid(f) * c[:n] + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        outputs.append(h)
        weights.append(alpha)
        start += n
    output, alpha = torch.cat(outputs), torch.cat(weights)
    torch.autograd.backward([output, alpha], [t((13, hidden), 15), t((13, 3), 16)])
    kept = {
        "output": output, "alpha": alpha, "words": x.grad, "regions": regions.grad, "initial_hidden": h0.grad,
        "initial_cell": c0.grad, "attention.encoder_att.weight": encoder_att[0].grad,
        "attention.encoder_att.bias": encoder_att[1].grad, "attention.decoder_att.weight": decoder_att[0].grad,
        "attention.decoder_att.bias": decoder_att[1].grad, "attention.full_att.weight": score.grad,
        "decode_step.weight_ih": weight_ih.grad, "decode_step.weight_hh": weight_hh.grad,
        "decode_step.bias_ih": bias.grad}
    if gate:
        kept.update({"f_beta.weight": f_beta[0].grad, "f_beta.bias": f_beta[1].grad})
    keep("attention-lstm-" + name, **kept)


def maps(tensor):
    """[batch, height, width, channels] as PyTorch has it; and the way back."""
    return tensor.permute(0, 3, 1, 2)


def rows(tensor):
    return tensor.permute(0, 2, 3, 1)


CONVOLUTIONS = {
    # inputs, outputs, kernel, and what PyTorch calls the rest
    "3x3": (5, 6, (3, 3), dict(padding=1)),
    "wide": (20, 18, (3, 3), dict(padding=1)),
    "1x1": (5, 6, (1, 1), {}),
    "strided": (5, 6, (3, 3), dict(stride=2, padding=1)),
    "1x1-strided": (5, 6, (1, 1), dict(stride=2)),
    "uneven": (5, 6, (5, 2), dict(stride=(2, 1), padding=(2, 0))),
    "dilated": (5, 6, (3, 2), dict(dilation=(2, 3), padding=1)),
    "over-padded": (5, 6, (1, 1), dict(padding=1)),
    "grouped": (6, 4, (3, 3), dict(padding=1, groups=2)),
    "grouped-strided": (6, 4, (3, 3), dict(stride=2, padding=1, groups=2)),
    "depthwise": (5, 5, (3, 3), dict(padding=1, groups=5)),
    "depthwise-strided": (5, 5, (3, 3), dict(stride=2, padding=1, groups=5)),
}


def convolutions():
    for name, (inputs, outputs, kernel, rest) in CONVOLUTIONS.items():
        x = p((2, 9, 8, inputs), 1)
        weight, bias = p((outputs, inputs // rest.get("groups", 1), *kernel), 2), p((outputs,), 3)
        y = F.conv2d(maps(x), weight, bias, **rest)
        y.backward(maps(t(tuple(rows(y).shape), 4)))
        keep("convolution-" + name, output=rows(y), input=x.grad, weight=weight.grad, bias=bias.grad)


def poolings():
    kinds = {
        "max": lambda x: F.max_pool2d(x, 3, 2, 1),
        "max-ceil": lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True),
        "average": lambda x: F.avg_pool2d(x, 3, 2, 1),
        "average-without-padding": lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False),
        "adaptive": lambda x: F.adaptive_avg_pool2d(x, (3, 5)),
        "global": lambda x: F.adaptive_avg_pool2d(x, 1),
        "response": lambda x: F.local_response_norm(x, 4, 0.5, 0.75, 2.0),
    }
    for name, pool in kinds.items():
        x = p((2, 9, 8, 5), 1)
        y = pool(maps(x))
        y.backward(maps(t(tuple(rows(y).shape), 2)))
        keep("pooling2d-" + name, output=rows(y), input=x.grad)


def batch_normalization():
    for training in (True, False):
        x, residual, weight, bias = p((3, 4, 5, 6), 1), p((3, 4, 5, 6), 2), p((6,), 3), p((6,), 4)
        mean, variance = t((6,), 5), t((6,), 6) + 1.5
        y = F.batch_norm(maps(x), mean, variance, weight, bias, training, momentum=0.1, eps=1e-3)
        y = F.relu(y + maps(residual))
        y.backward(maps(t((3, 4, 5, 6), 7)))
        keep(
            f"batch-normalization-{'training' if training else 'frozen'}", output=rows(y), input=x.grad,
            residual=residual.grad, weight=weight.grad, bias=bias.grad, running_mean=mean, running_var=variance)


def activations():
    for name, function in (("relu", F.relu), ("relu6", F.relu6), ("tanh", torch.tanh), ("sigmoid", torch.sigmoid)):
        x = torch.nn.Parameter(8 * t((4, 9), 1))
        y = function(x)
        y.backward(t((4, 9), 2))
        keep(f"activation-{name}", output=y, input=x.grad)


def optimizers():
    """Ten steps of each on a linear layer, with random gradients."""
    result = {}
    kinds = {
        "sgd": lambda w: torch.optim.SGD(w, lr=0.05, weight_decay=0.01),
        "momentum": lambda w: torch.optim.SGD(w, lr=0.05, momentum=0.9, weight_decay=0.01),
        "nesterov": lambda w: torch.optim.SGD(w, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
        "adam": lambda w: torch.optim.Adam(w, lr=0.05, weight_decay=0.01),
        "adamw": lambda w: torch.optim.AdamW(w, lr=0.05, betas=(0.8, 0.99), weight_decay=0.1),
    }
    for name, make in kinds.items():
        weight, bias = p((3, 7), 1), p((3,), 2)
        optimizer = make([weight, bias])
        for step in range(10):
            weight.grad, bias.grad = t((3, 7), 100 + step), t((3,), 200 + step)
            optimizer.step()
        result[f"{name}/weight"], result[f"{name}/bias"] = weight, bias
    table = torch.nn.Embedding(6, 5, sparse=True, dtype=torch.float64)
    table.weight.data = t((6, 5), 1)
    optimizer = torch.optim.SparseAdam(table.parameters(), lr=0.05)
    for step in range(10):
        optimizer.zero_grad()
        table(torch.tensor([step % 3, 4, step % 3])).backward(t((3, 5), 100 + step))
        optimizer.step()
    result["sparse-adam/weight"] = table.weight
    save_file({k: v.detach().float().contiguous() for k, v in result.items()}, OUTPUT / "optimizers.safetensors")


OUTPUT.mkdir(parents=True, exist_ok=True)
linear()
embedding()
for hidden in (9, 33):
    lstm(False, hidden)
    lstm(True, hidden)
maxout()
cross_entropy()
activations()
attention_lstm("gate", torch.relu, True, [0, 1, 2, 3])
attention_lstm("tanh", torch.tanh, False, [1, 0, 1, 1])
convolutions()
poolings()
batch_normalization()
optimizers()
save_file(layers, OUTPUT / "layers.safetensors")
