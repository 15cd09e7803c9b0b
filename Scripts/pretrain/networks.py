"""The captioner in PyTorch: encoder and decoder, with the parameter names of the exported bundle.

`encoder.*` is named as torchvision's ResNet, `decoder.*` as the usual PyTorch version of Show, Attend
and Tell.
"""
import torch
import torch.nn.functional as F
from torch import nn

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, for RGB in [0, 1]


def normalised(photos: torch.Tensor, device: torch.device) -> torch.Tensor:
    """uint8 or float [N, H, W, 3] in [0, 255] -> float [N, 3, H, W], channels last in memory."""
    mean, std = (torch.tensor(v, device=device) * 255 for v in (MEAN, STD))
    return ((photos.to(device).float() - mean) / std).permute(0, 3, 1, 2)


def mixed_precision(device: torch.device) -> torch.autocast:
    """bfloat16 where it is faster: on an accelerator."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type != "cpu")


class BasicBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """Residual network of basic blocks, no classifier (He et al. 2015, arXiv 1512.03385).

    Normalised photos [N, 3, H, W] -> [N, 8 · width, H/32, W/32].
    """

    def __init__(self, layers=(2, 2, 2, 2), width: int = 64):
        super().__init__()
        self.layers, self.width = list(layers), width
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = width
        for level, count in enumerate(layers):
            outputs = width << level
            blocks = [
                BasicBlock(outputs if k else inputs, outputs, 2 if k == 0 and level else 1)
                for k in range(count)
            ]
            setattr(self, f"layer{level + 1}", nn.Sequential(*blocks))
            inputs = outputs
        self.channels = inputs
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


class Attention(nn.Module):
    """Additive attention of one decoder state over the regions (Bahdanau et al. 2014, arXiv 1409.0473)."""

    def __init__(self, channels: int, hidden: int, size: int):
        super().__init__()
        self.encoder_att = nn.Linear(channels, size)
        self.decoder_att = nn.Linear(hidden, size)
        self.full_att = nn.Linear(size, 1)


class AttentionDecoder(nn.Module):
    """Show, Attend and Tell with soft attention and the sigmoid gate (Xu et al. 2015, arXiv 1502.03044)."""

    def __init__(self, channels: int, vocabulary: int, embedding=256, hidden=512, attention=256,
                 dropout=0.5):
        super().__init__()
        self.attention = Attention(channels, hidden, attention)
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.decode_step = nn.LSTMCell(embedding + channels, hidden)
        self.init_h = nn.Linear(channels, hidden)
        self.init_c = nn.Linear(channels, hidden)
        self.f_beta = nn.Linear(hidden, channels)
        self.fc = nn.Linear(hidden, vocabulary)
        self.dropout = nn.Dropout(dropout)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        nn.init.uniform_(self.fc.weight, -0.1, 0.1)
        nn.init.zeros_(self.fc.bias)

    def start(self, regions):
        """regions [N, P, C] -> h [N, H], c [N, H], projected regions [N, P, A]."""
        mean = regions.mean(1)
        return self.init_h(mean), self.init_c(mean), self.attention.encoder_att(regions)

    def step(self, regions, projected, embedded, h, c):
        """One word: embedded [N, E] -> h [N, H], c [N, H], attention weights [N, P]."""
        query = self.attention.decoder_att(h)[:, None]
        weights = F.softmax(self.attention.full_att(F.relu(projected + query)).squeeze(2), 1)
        context = torch.einsum("np,npc->nc", weights, regions) * torch.sigmoid(self.f_beta(h))
        h, c = self.decode_step(torch.cat([embedded, context], 1), (h, c))
        return h, c, weights

    def forward(self, regions, tokens):
        """regions [N, P, C], tokens [N, T] -> logits [N, T, V], attention weights [N, T, P]."""
        h, c, projected = self.start(regions)
        embedded = self.dropout(self.embedding(tokens))
        hidden, weights = [], []
        for t in range(tokens.shape[1]):
            h, c, w = self.step(regions, projected, embedded[:, t], h, c)
            hidden.append(h)
            weights.append(w)
        return self.fc(self.dropout(torch.stack(hidden, 1))), torch.stack(weights, 1)
