"""A model bundle of `caption`: config.json, model.safetensors in float16, vocabulary.txt."""
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from files import replace, save_json
from networks import MEAN, STD, AttentionDecoder, ResNet


def read_weights(folder: Path, prefix: str) -> dict[str, torch.Tensor]:
    """The tensors whose names begin with `prefix`, without it, as float32."""
    tensors = load_file(folder / "model.safetensors")
    return {k[len(prefix):]: v.float() for k, v in tensors.items() if k.startswith(prefix)}


def read_encoder(folder: Path) -> ResNet:
    config = json.loads((folder / "config.json").read_text())["encoder"]
    if config["architecture"] != "resnet" or config["block"] != "basic":
        raise SystemExit(f"{folder}: its encoder is not a ResNet of basic blocks")
    encoder = ResNet(config["layers"], config["width"])
    # The counters of batch norm are not in a bundle; all else must be.
    absent, unknown = encoder.load_state_dict(read_weights(folder, "encoder."), strict=False)
    absent = [name for name in absent if not name.endswith("num_batches_tracked")]
    if absent or unknown:
        raise SystemExit(f"{folder}/model.safetensors: absent {absent}, unknown {unknown}")
    return encoder


def read_decoder(folder: Path) -> tuple[AttentionDecoder, list[str]]:
    """-> decoder, words."""
    config = json.loads((folder / "config.json").read_text())
    sizes = config["decoder"]
    words = (folder / config["vocabulary"]["file"]).read_text(encoding="utf8").split("\n")
    words = words[:config["vocabulary"]["size"]]
    decoder = AttentionDecoder(config["encoder"]["channels"], len(words), sizes["embedding"],
                               sizes["hidden"], sizes["attention"])
    weights = read_weights(folder, "decoder.")
    if sizes.get("biases", 2) == 1:  # the sum of PyTorch's two
        weights["decode_step.bias_hh"] = torch.zeros_like(weights["decode_step.bias_ih"])
    decoder.load_state_dict(weights)
    return decoder, words


def write(folder: Path, name: str, encoder: ResNet, side: int, decoder: AttentionDecoder,
          words: list[str], scores: dict, provenance: dict) -> None:
    """A folder that `caption --model FOLDER` opens."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"encoder.{k}": v for k, v in encoder.state_dict().items()
               if not k.endswith("num_batches_tracked")}
    tensors |= {f"decoder.{k}": v for k, v in decoder.state_dict().items()}
    tensors = {k: v.detach().cpu().half().contiguous() for k, v in tensors.items()}
    wrong = [k for k, v in tensors.items() if not v.isfinite().all()]
    if wrong:
        raise SystemExit(f"not finite in float16: {', '.join(wrong)}")
    replace(folder / "model.safetensors", lambda path: save_file(tensors, path, {"format": "pt"}))
    (folder / "model.safetensors").chmod(0o644)
    (folder / "vocabulary.txt").write_text("\n".join(words) + "\n", encoding="utf8")
    save_json(folder / "config.json", {
        "format": 1, "name": name, "kind": "captioner",
        "encoder": {
            "architecture": "resnet", "block": "basic", "layers": encoder.layers,
            "width": encoder.width, "channels": encoder.channels, "output": "map",
            "batch_norm_epsilon": encoder.bn1.eps,
        },
        "preprocessing": {
            "width": side, "height": side, "geometry": "stretch", "resample": "bilinear",
            "antialias": True, "color": "rgb", "scale": 1 / 255, "mean": MEAN, "std": STD,
        },
        "decoder": {
            "architecture": "attention", "embedding": decoder.embedding.embedding_dim,
            "hidden": decoder.decode_step.hidden_size,
            "attention": decoder.attention.full_att.in_features, "attention_activation": "relu",
            "gate": True, "gate_order": "ifgo", "initial_state": "mean",
        },
        "vocabulary": {
            "file": "vocabulary.txt", "size": len(words), "pad": 0, "start": 1, "end": 2,
            "unknown": 3, "tokenizer": "words",
        },
        "decoding": {
            "beam_width": 5, "maximum_length": 20, "length_penalty": "average",
            "never_emit": ["<pad>", "<start>", "<unk>"],
        },
        "scores": scores, "provenance": provenance,
    })
