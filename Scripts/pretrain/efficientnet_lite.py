"""EfficientNet-Lite 0, 1 and 2: Mingxing Tan and Quoc V. Le: EfficientNet, 2019, arXiv 1905.11946, as
TensorFlow's tpu repository has it in models/official/efficientnet/lite: no squeeze-and-excitation,
ReLU6, stem and head of the same width in all. Parameters are named as in the PyTorch checkpoints that
encoder.py fetches.
"""
import math
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from torch import nn


class Variant(NamedTuple):
    width: float
    depth: float
    side: int  # of the square images that it was trained on
    dropout: float  # in front of the classifier


VARIANTS = {
    "efficientnet_lite0": Variant(1.0, 1.0, 224, 0.2),
    "efficientnet_lite1": Variant(1.0, 1.1, 240, 0.2),
    "efficientnet_lite2": Variant(1.1, 1.2, 260, 0.3),
}


class Stage(NamedTuple):
    """Of lite 0."""

    repeats: int
    kernel: int
    stride: int  # of its first block
    expansion: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16), Stage(2, 3, 2, 6, 24), Stage(2, 5, 2, 6, 40), Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112), Stage(4, 5, 2, 6, 192), Stage(1, 3, 1, 6, 320),
)
STEM, HEAD, CLASSES = 32, 1280, 1000
EPSILON = 1e-3  # of batch normalisation
MEAN, DEVIATION = 127, 128  # of pixels in [0, 255], in all channels


def rounded(channels: float) -> int:
    """The nearest multiple of 8 that is not more than a tenth smaller."""
    result = max(8, int(channels + 4) // 8 * 8)
    return result + 8 if result < 0.9 * channels else result


def same(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's padding SAME, before and after: where it cannot be even, one more after."""
    total = max(0, (math.ceil(size / stride) - 1) * stride + kernel - size)
    return total // 2, total - total // 2


class Convolution(nn.Conv2d):
    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1):
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=False)

    def forward(self, x):
        kernel, stride = self.kernel_size[0], self.stride[0]
        (top, bottom), (left, right) = (same(int(n), kernel, stride) for n in x.shape[2:])
        padding = (top, left)
        if padding != (bottom, right):
            x, padding = F.pad(x, (left, right, top, bottom)), 0
        return F.conv2d(x, self.weight, None, self.stride, padding, groups=self.groups)


def normalization(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=EPSILON)


class Block(nn.Module):
    """An inverted residual."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int):
        super().__init__()
        hidden = inputs * expansion
        self.expands = expansion > 1
        self.is_residual = stride == 1 and inputs == outputs
        if self.expands:
            self._expand_conv = Convolution(inputs, hidden)
            self._bn0 = normalization(hidden)
        self._depthwise_conv = Convolution(hidden, hidden, kernel, stride, groups=hidden)
        self._bn1 = normalization(hidden)
        self._project_conv = Convolution(hidden, outputs)
        self._bn2 = normalization(outputs)

    def forward(self, x):
        y = F.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = F.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.is_residual else y


class EfficientNetLite(nn.Module):
    """Normalised images [N, 3, H, W] -> logits [N, 1000]."""

    def __init__(self, name: str):
        super().__init__()
        variant = VARIANTS[name]
        self._conv_stem = Convolution(3, STEM, 3, 2)
        self._bn0 = normalization(STEM)
        self._blocks = nn.ModuleList()
        inputs = STEM
        for index, stage in enumerate(STAGES):
            is_scaled = 0 < index < len(STAGES) - 1
            outputs = rounded(variant.width * stage.channels)
            for k in range(math.ceil(variant.depth * stage.repeats) if is_scaled else stage.repeats):
                stride = 1 if k else stage.stride
                self._blocks.append(Block(inputs, outputs, stage.kernel, stride, stage.expansion))
                inputs = outputs
        self._conv_head = Convolution(inputs, HEAD)
        self._bn1 = normalization(HEAD)
        self._dropout = nn.Dropout(variant.dropout)
        self._fc = nn.Linear(HEAD, CLASSES)

    def features(self, x):
        """The last map, [N, 1280, H/32, W/32]."""
        x = F.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return F.relu6(self._bn1(self._conv_head(x)))

    def forward(self, x):
        return self._fc(self._dropout(self.features(x).mean((2, 3))))


def shapes(name: str) -> dict[str, tuple[int, ...]]:
    """Each tensor's of a checkpoint."""
    with torch.device("meta"):
        state = EfficientNetLite(name).state_dict()
    return {k: tuple(v.shape) for k, v in state.items() if not k.endswith("num_batches_tracked")}


def with_weights(name: str, weights: dict[str, torch.Tensor]) -> EfficientNetLite:
    """For inference in single precision; without a classifier where the weights have none.

    Raises ValueError where the weights are not those of this network.
    """
    has_classifier = any(k.startswith("_fc.") for k in weights)
    expected = {k: v for k, v in shapes(name).items() if has_classifier or not k.startswith("_fc.")}
    wrong = expected.items() ^ {k: tuple(v.shape) for k, v in weights.items()}.items()
    if wrong:
        names = sorted({k for k, _ in wrong})
        raise ValueError(f"{len(names)} tensors absent, unknown or of another shape in {name}, first {names[0]}")
    network = EfficientNetLite(name)
    network.load_state_dict({k: v.float() for k, v in weights.items()}, strict=False)
    if not has_classifier:
        network._fc = None
    return network.eval()


def stretched(path, side: int) -> np.ndarray:
    """A photo as uint8 [side, side, 3]: turned upright, stretched to the square, bilinear, antialiased."""
    with Image.open(path) as image:
        image = ImageOps.exif_transpose(image).convert("RGB")
    return np.array(image.resize((side, side), Image.Resampling.BILINEAR))


def normalised(photos: np.ndarray) -> torch.Tensor:
    """uint8 [N, H, W, 3] -> [N, 3, H, W]."""
    return ((torch.from_numpy(photos).float() - MEAN) / DEVIATION).permute(0, 3, 1, 2)
