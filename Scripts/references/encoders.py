"""Writes data/references/encoders: what torchvision's networks, and the EfficientNet-Lites of
Scripts/pretrain, make of a seeded random image.

    python3 Scripts/references/encoders.py [NAME ...]

Made with PyTorch 2.15, torchvision 0.29, NumPy and safetensors; EfficientNet-Lites in double precision,
the others in single. The weights, statistics of batch
normalisation included, are those of Sources/Tensors/SeededWeights.swift; the images those of
`randomTensor` in Tests/TestSupport/Numbers.swift. Each file holds, for each size HxW,

- HxW/map: at most 1024 elements, evenly spaced, of the last feature map [channels, height, width]
- HxW/norm: [1], the Euclidean norm of the whole map
- HxW/grid: [2], its height and width
- HxW/embedding: at most 1024 elements, evenly spaced
- HxW/logits
"""

import sys
from pathlib import Path

import numpy as np
import torch
import torchvision
from safetensors.numpy import save_file

from seeded import random_tensor, weight

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pretrain"))

from efficientnet_lite import VARIANTS, EfficientNetLite  # noqa: E402

SEED = 20140904
IMAGE_SEED = 5
# MobileNetV2's linear projections double the variance under these weights, and with values far
# beyond ReLU6's limits the network turns chaotic: PyTorch in single precision is 2e-5 away from
# PyTorch in double precision. Greater variances in its batch normalisation calm it. So it is with the
# EfficientNet-Lites, which are up to 8e-5 away without, and 2e-6 with them.
VARIANCE_FACTORS = {"mobilenet_v2": 1.5} | dict.fromkeys(VARIANTS, 1.6)
OUTPUT = Path(__file__).resolve().parents[2] / "data" / "references" / "encoders"


class LeNet5(torch.nn.Module):
    """As described in Sources/Captioning/Encoders/LeNet5.swift."""

    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 6, 5)
        self.conv2 = torch.nn.Conv2d(6, 16, 5)
        self.fc1 = torch.nn.Linear(400, 120)
        self.fc2 = torch.nn.Linear(120, 84)
        self.fc3 = torch.nn.Linear(84, 10)

    def outputs(self, x):
        x = torch.nn.functional.avg_pool2d(torch.tanh(self.conv1(x)), 2)
        x = torch.nn.functional.avg_pool2d(torch.tanh(self.conv2(x)), 2)
        embedding = torch.tanh(self.fc2(torch.tanh(self.fc1(x.flatten(1)))))
        return x, embedding, self.fc3(embedding)


def outputs(network, x):
    """The last feature map, the embedding and the logits."""
    if isinstance(network, LeNet5):
        return network.outputs(x)
    if isinstance(network, EfficientNetLite):
        features = network.features(x)
        embedding = features.mean((2, 3))
        return features, embedding, network._fc(embedding)
    kept = {}

    def keep(name):
        def hook(module, inputs, output):
            kept[name] = inputs[0] if name == "pooled" else output

        return hook

    if isinstance(network, torchvision.models.SqueezeNet):
        network.features.register_forward_hook(keep("map"))
        logits = network(x)
        return kept["map"], kept["map"].mean((2, 3)), logits
    if isinstance(network, torchvision.models.MobileNetV2):
        network.features.register_forward_hook(keep("map"))
        network.classifier.register_forward_hook(keep("pooled"))
        logits = network(x)
        return kept["map"], kept["pooled"], logits
    network.avgpool.register_forward_hook(keep("pooled"))
    if isinstance(network, (torchvision.models.VGG, torchvision.models.AlexNet)):
        # The last but one layer with weights, and its activation; clone, as the latter is in place.
        last = max(i for i, m in enumerate(network.classifier) if isinstance(m, torch.nn.Linear))
        network.classifier[last].register_forward_pre_hook(
            lambda module, inputs: kept.update(embedding=inputs[0].clone())
        )
    else:
        network.avgpool.register_forward_hook(
            lambda module, inputs, output: kept.update(embedding=output.flatten(1))
        )
    logits = network(x)
    return kept["pooled"], kept["embedding"], logits


def sample(values, limit=1024):
    values = values.reshape(-1)
    count = min(limit, values.size)
    return np.ascontiguousarray(values[np.arange(count) * values.size // count])


MODELS = torchvision.models
NETWORKS = {name: getattr(MODELS, name) for name in (
    "alexnet mobilenet_v2 resnet18 resnet34 resnet50 resnet101 resnet152 squeezenet1_0 "
    "squeezenet1_1 vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn").split()}
NETWORKS["lenet5"] = LeNet5
NETWORKS |= {name: lambda name=name: EfficientNetLite(name) for name in VARIANTS}
for name in ("googlenet", "inception_v3"):
    make = getattr(MODELS, name)
    NETWORKS[name] = lambda make=make: make(aux_logits=False, init_weights=False)
    NETWORKS[name + "-transform_input"] = lambda make=make: make(
        aux_logits=False, init_weights=False, transform_input=True)


@torch.no_grad()
def main():
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or sorted(NETWORKS):
        torch.set_default_device("meta")
        network = NETWORKS[name]()
        torch.set_default_device("cpu")
        state = {
            key: torch.from_numpy(weight(key, value.shape, SEED))
            for key, value in network.state_dict().items()
            if not key.endswith("num_batches_tracked")
        }
        for key in state:
            if key.endswith("running_var"):
                state[key] *= VARIANCE_FACTORS.get(name, 1)
        network.load_state_dict(state, strict=False, assign=True)
        network.eval()
        if name in VARIANTS:
            network.double()
        side = VARIANTS[name].side if name in VARIANTS else 299 if name.startswith("inception") else 224
        sizes = [(32, 32)] if name == "lenet5" else [(side, side), (193, 227)]
        channels = 1 if name == "lenet5" else 3
        golden = {}
        for height, width in sizes:
            x = torch.from_numpy(random_tensor((1, channels, height, width), IMAGE_SEED))
            x = x.to(next(network.parameters()).dtype)
            features, embedding, logits = (v[0].numpy().copy() for v in outputs(network, x))
            size = f"{height}x{width}/"
            golden[size + "map"] = sample(features)
            golden[size + "norm"] = np.array([np.linalg.norm(features.astype(np.float64))],
                                             dtype=np.float32)
            golden[size + "grid"] = np.array(features.shape[1:], dtype=np.float32)
            golden[size + "embedding"] = sample(embedding)
            golden[size + "logits"] = logits
            print(f"{name} {size} map {features.shape} zero {np.mean(features == 0):.2f}",
                  f"deviation {features.std():.3g} across regions "
                  f"{features.std((1, 2)).mean():.3g};",
                  f"embedding {embedding.shape} zero {np.mean(embedding == 0):.2f}",
                  f"deviation {embedding.std():.3g}; logits deviation {logits.std():.3g}",
                  f"zero {np.mean(logits == 0):.2f}", flush=True)
        golden = {key: np.ascontiguousarray(value, np.float32) for key, value in golden.items()}
        save_file(golden, OUTPUT / f"{name}.safetensors")


main()
