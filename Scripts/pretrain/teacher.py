"""The teacher: an ImageNet MobileNetV2 without its classifier, batch norm folded into the convolutions.

python teacher.py mobilenet_v2.pth teacher.npz     from torchvision's checkpoint
"""
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from networks import mixed_precision, normalised

STRIDES = (1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1)


class MobileNetV2(nn.Module):
    """Sandler et al. 2018 (arXiv 1801.04381). Normalised photos [N, 3, H, W] -> [N, 1280, H/32, W/32].

    The file holds `stem`, `block0` … `block16` with `conv0` (expansion), `conv1` (depthwise), `conv2`
    (projection), and `last`, each with `.weight` and `.bias`.
    """

    channels = 1280

    def __init__(self, path: Path):
        super().__init__()
        with np.load(path, allow_pickle=False) as arrays:
            for key in arrays.files:
                value = torch.from_numpy(arrays[key].astype(np.float32))
                self.register_buffer(key.replace(".", "_"), value)

    def convolution(self, x, key, stride=1, padding=0, groups=1):
        weight, bias = getattr(self, key + "_weight"), getattr(self, key + "_bias")
        return F.conv2d(x, weight, bias, stride, padding, 1, groups)

    def forward(self, x):
        x = F.relu6(self.convolution(x, "stem", 2, 1))
        for k, stride in enumerate(STRIDES):
            y = x
            if hasattr(self, f"block{k}_conv0_weight"):
                y = F.relu6(self.convolution(y, f"block{k}_conv0"))
            y = F.relu6(self.convolution(y, f"block{k}_conv1", stride, 1, y.shape[1]))
            y = self.convolution(y, f"block{k}_conv2")
            x = x + y if stride == 1 and x.shape == y.shape else y
        return F.relu6(self.convolution(x, "last"))


class Teacher:
    """Photos uint8 [N, S, S, 3] -> maps float32 [N, S/32, S/32, 1280], by the fastest means at hand."""

    def __init__(self, path: Path, side: int, device: torch.device):
        self.device = device
        self.network = MobileNetV2(path).to(device, memory_format=torch.channels_last).eval()
        self.session = onnx_session(self.network, side) if device.type == "cpu" else None

    @torch.no_grad()
    def __call__(self, photos: np.ndarray) -> np.ndarray:
        x = normalised(torch.from_numpy(photos), self.device)
        if self.session is not None:
            y = torch.from_numpy(self.session.run(None, {"x": x.contiguous().numpy()})[0])
        else:
            with mixed_precision(self.device):
                y = self.network(x)
        return y.float().permute(0, 2, 3, 1).cpu().numpy()


def onnx_session(network: MobileNetV2, side: int):
    """The same network in ONNX Runtime, several times as fast on a CPU; None if it is not installed."""
    try:
        import onnx
        import onnxruntime
        from onnx import TensorProto, helper, numpy_helper
    except ImportError:
        return None
    nodes, constants = [], [
        numpy_helper.from_array(np.float32(0), "zero"), numpy_helper.from_array(np.float32(6), "six")]

    def convolution(x, key, stride=1, padding=0, groups=1, relu6=True):
        for part in ("weight", "bias"):
            value = getattr(network, f"{key}_{part}").contiguous().numpy()
            constants.append(numpy_helper.from_array(value, f"{key}_{part}"))
        nodes.append(helper.make_node(
            "Conv", [x, f"{key}_weight", f"{key}_bias"], [key],
            strides=[stride] * 2, pads=[padding] * 4, group=groups))
        if not relu6:
            return key
        nodes.append(helper.make_node("Clip", [key, "zero", "six"], [key + "_relu6"]))
        return key + "_relu6"

    channels = lambda key: getattr(network, key + "_weight").shape[0]
    x, width = convolution("x", "stem", 2, 1), channels("stem")
    for k, stride in enumerate(STRIDES):
        y = convolution(x, f"block{k}_conv0") if hasattr(network, f"block{k}_conv0_weight") else x
        y = convolution(y, f"block{k}_conv1", stride, 1, channels(f"block{k}_conv1"))
        y = convolution(y, f"block{k}_conv2", relu6=False)
        if stride == 1 and channels(f"block{k}_conv2") == width:
            nodes.append(helper.make_node("Add", [x, y], [f"block{k}"]))
            y = f"block{k}"
        x, width = y, channels(f"block{k}_conv2")
    y = convolution(x, "last")
    graph = helper.make_graph(
        nodes, "teacher",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, side, side])],
        [helper.make_tensor_value_info(y, TensorProto.FLOAT, ["n", 1280, side // 32, side // 32])],
        constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # shared cores
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def fold(checkpoint: Path, path: Path) -> None:
    """torchvision's `mobilenet_v2` checkpoint -> the file that MobileNetV2 reads."""
    state, arrays = torch.load(checkpoint, map_location="cpu", weights_only=True), {}

    def convolution(key, weights, norm):
        gain = state[norm + ".weight"] / (state[norm + ".running_var"] + 1e-5).sqrt()
        arrays[key + ".weight"] = state[weights + ".weight"] * gain[:, None, None, None]
        arrays[key + ".bias"] = state[norm + ".bias"] - state[norm + ".running_mean"] * gain

    convolution("stem", "features.0.0", "features.0.1")
    for k in range(len(STRIDES)):
        block = f"features.{k + 1}.conv"
        first = 0 if block + ".3.weight" in state else 1  # the first block does not expand
        for part in range(first, 2):
            place = f"{block}.{part - first}"
            convolution(f"block{k}.conv{part}", place + ".0", place + ".1")
        convolution(f"block{k}.conv2", f"{block}.{2 - first}", f"{block}.{3 - first}")
    convolution("last", "features.18.0", "features.18.1")
    np.savez(path, **{key: value.numpy() for key, value in arrays.items()})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    fold(Path(sys.argv[1]), Path(sys.argv[2]))
