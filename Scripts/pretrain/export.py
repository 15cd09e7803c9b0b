"""A checkpoint -> a bundle folder that `caption --model FOLDER` opens, weights in float16.

python export.py captioner.pt OUT [--name NAME]
python export.py encoder.pt OUT --decoder BUNDLE     encoder of the checkpoint, decoder of a bundle
"""
import argparse
import json
from pathlib import Path

import bundles
from files import load_checkpoint
from networks import AttentionDecoder, ResNet


def export(checkpoint: Path, folder: Path, name: str, decoder_of: Path | None = None,
           provenance: dict | None = None) -> None:
    state = load_checkpoint(checkpoint)
    encoder = ResNet(state["layers"], state["width"])
    encoder.load_state_dict(state["encoder"])
    if decoder_of:
        decoder, words = bundles.read_decoder(decoder_of)
        if decoder.attention.encoder_att.in_features != encoder.channels:
            raise SystemExit(f"{decoder_of}: its decoder is for another width than {checkpoint}")
    elif "decoder" in state:
        words = state["words"]
        decoder = AttentionDecoder(encoder.channels, len(words), *state["sizes"])
        decoder.load_state_dict(state["decoder"])
    else:
        raise SystemExit(f"{checkpoint}: holds no decoder; name a bundle with --decoder")
    bundles.write(folder, name, encoder, state["side"], decoder, words, state.get("scores", {}),
                  provenance or {})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--name", default="embedded")
    parser.add_argument("--decoder", type=Path, help="bundle whose decoder to take")
    parser.add_argument("--provenance", type=json.loads, default={}, help="a JSON object")
    a = parser.parse_args()
    export(a.checkpoint, a.out, a.name, a.decoder, a.provenance)
