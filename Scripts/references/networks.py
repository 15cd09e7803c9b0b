"""Writes data/references/training: PyTorch's gradients of whole networks, and its losses as a ResNet-18
with a decoder with attention learns a batch.

    python3 Scripts/references/networks.py

Made with PyTorch 2.15, torchvision 0.29, NumPy and safetensors, in double precision. Parameters are those
of Sources/Tensors/SeededWeights.swift; images and gradients of outputs those of `randomTensor` in
Tests/TestSupport/Numbers.swift. `networks.safetensors` holds for each network

- NAME/map: at most 1024 elements, evenly spaced, of the last feature map [batch, regions, channels]
- NAME/norms: the norm of each parameter's gradient, by sorted checkpoint keys
- NAME/samples: of each, at most 16 elements, evenly spaced, after one another
- NAME/statistics: of all running statistics after the step, by sorted keys, samples after one another

and `fine-tuning.safetensors` the losses of ten steps by each optimizer.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
import torchvision
from safetensors.torch import save_file
from torch import nn

from seeded import random_tensor, weight

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pretrain"))

from efficientnet_lite import EfficientNetLite  # noqa: E402

OUTPUT = Path(__file__).resolve().parents[2] / "data" / "references" / "training"
SEED = 7
torch.set_default_dtype(torch.float64)


def t(shape, seed):
    return torch.from_numpy(random_tensor(shape, seed)).double()


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride > 1:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (self.downsample(x) if self.downsample else x))


class ResNet18(nn.Module):
    """torchvision's, of any width, without the classifier."""

    def __init__(self, width):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        for stage in range(4):
            inputs, outputs = width << max(0, stage - 1), width << stage
            setattr(self, f"layer{stage + 1}", nn.Sequential(
                Block(inputs, outputs, 2 if stage else 1), Block(outputs, outputs, 1)))

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


def calm(module, *normalisations):
    """A network with its normalisations in front of ReLU6, whose names end so, changed so that they stay within its
    limits. Where values lie at a limit, rounding decides about the gradient: under seeded parameters alone, PyTorch's
    gradients of MobileNetV2 in single precision are 1e-2 away from those in double precision."""
    for name, value in module.named_parameters():
        if value.dim() == 1 and name.endswith(tuple(n + ".weight" for n in normalisations)):
            value.data *= 0.3
        if value.dim() == 1 and name.endswith(tuple(n + ".bias" for n in normalisations)):
            value.data += 3
    return module


def seeded(module):
    """The module with seeded parameters, in training."""
    for name, value in module.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            value.copy_(torch.from_numpy(weight(name, tuple(value.shape), SEED)))
    return module.train()


def sample(tensor, limit=16):
    values = tensor.detach().reshape(-1)
    count = min(limit, len(values))
    return values[torch.arange(count) * len(values) // count]


def gradients(network, forward, images):
    """What one step leaves of the gradients."""
    y = forward(images).permute(0, 2, 3, 1).flatten(1, 2)
    y.backward(t(tuple(y.shape), 2))
    parameters = [p.grad for _, p in sorted(network.named_parameters()) if p.grad is not None]
    statistics = [b for name, b in sorted(network.named_buffers()) if "running" in name]
    result = {
        "map": sample(y, 1024), "norms": torch.stack([g.norm() for g in parameters]),
        "samples": torch.cat([sample(g) for g in parameters])}
    if statistics:
        result["statistics"] = torch.cat([sample(s) for s in statistics])
    return result


class Captioner(nn.Module):
    """Xu et al.'s decoder, named as in Sources/Captioning/Decoders/AttentionDecoder.swift, on a narrow ResNet-18."""

    def __init__(self, width=8, size=12, hidden=16, words=20):
        super().__init__()
        channels = 8 * width
        self.encoder = ResNet18(width)
        self.attention = nn.ModuleDict({
            "encoder_att": nn.Linear(channels, size), "decoder_att": nn.Linear(hidden, size),
            "full_att": nn.Linear(size, 1)})
        self.embedding = nn.Embedding(words, size)
        self.decode_step = nn.LSTMCell(size + channels, hidden)
        self.f_beta = nn.Linear(hidden, channels)
        self.init_h, self.init_c = nn.Linear(channels, hidden), nn.Linear(channels, hidden)
        self.fc = nn.Linear(hidden, words)

    def forward(self, images, ids):
        """Logits, step by step."""
        a = self.encoder(images).flatten(2).transpose(1, 2)
        keys = self.attention["encoder_att"](a)
        h, c = self.init_h(a.mean(1)), self.init_c(a.mean(1))
        logits = []
        for tokens in ids:
            e = self.attention["full_att"](F.relu(keys + self.attention["decoder_att"](h)[:, None]))
            context = (torch.softmax(e, 1) * a).sum(1) * torch.sigmoid(self.f_beta(h))
            h, c = self.decode_step(torch.cat([self.embedding(tokens), context], 1), (h, c))
            logits.append(self.fc(h))
        return torch.cat(logits)


def losses(make):
    """Of ten steps on four images with a sentence of six words each, after the start token 1."""
    model = Captioner()
    seeded(model)
    # Our cell has one bias.
    model.decode_step.bias_hh.data.zero_()
    model.decode_step.bias_hh.requires_grad_(False)
    optimizer = make(p for p in model.parameters() if p.requires_grad)
    images = t((4, 3, 64, 64), 3)
    ids = torch.tensor([[1] * 4] + [[(3 * n + s * (n + 1)) % 20 for n in range(4)] for s in range(1, 7)])
    result = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images, ids[:-1]), ids[1:].flatten())
        loss.backward()
        optimizer.step()
        result.append(loss.detach())
    return torch.stack(result)


def gradient_goldens():
    kept = {}
    network = seeded(ResNet18(8))
    kept["resnet18-narrow"] = gradients(network, network, t((4, 3, 64, 64), 1))
    network = calm(seeded(torchvision.models.mobilenet_v2()), ".1")
    kept["mobilenet_v2"] = gradients(network, network.features, t((2, 3, 96, 96), 1))
    # Its convolutions of stride 2 meet even and odd sides.
    network = calm(seeded(EfficientNetLite("efficientnet_lite0")), "_bn0", "_bn1")
    kept["efficientnet_lite0"] = gradients(network, network.features, t((2, 3, 90, 90), 1))
    network = seeded(torchvision.models.squeezenet1_1())
    kept["squeezenet1_1"] = gradients(network, network.features, t((2, 3, 64, 64), 1))
    save_file(
        {f"{name}/{key}": value.detach().float().contiguous() for name, values in kept.items()
         for key, value in values.items()}, OUTPUT / "networks.safetensors")


def loss_goldens():
    optimizers = {
        "adam": lambda p: torch.optim.Adam(p, lr=2e-3),
        "momentum": lambda p: torch.optim.SGD(p, lr=0.005, momentum=0.9),
    }
    found = {name: losses(make) for name, make in optimizers.items()}
    for name, values in found.items():
        print(name, [f"{v:.4f}" for v in values.tolist()])
    save_file({name: values.float() for name, values in found.items()}, OUTPUT / "fine-tuning.safetensors")


if __name__ == "__main__":
    OUTPUT.mkdir(parents=True, exist_ok=True)
    gradient_goldens()
    loss_goldens()
