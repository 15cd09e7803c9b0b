"""A captioner's bundle in PyTorch: an EfficientNet-Lite, and the decoder of Show, Attend and Tell (Xu et
al. 2015, arXiv 1502.03044) with soft attention and the sigmoid gate."""

import json
import sys
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pretrain"))

from efficientnet_lite import HEAD, with_weights  # noqa: E402


class AttentionDecoder(nn.Module):
    def __init__(self, channels, words, embedding, hidden, attention, region_embedding):
        super().__init__()
        self.region_embedding = nn.Linear(channels, region_embedding) if region_embedding else None
        channels = region_embedding or channels
        self.attention = nn.ModuleDict({
            "encoder_att": nn.Linear(channels, attention), "decoder_att": nn.Linear(hidden, attention),
            "full_att": nn.Linear(attention, 1)})
        self.embedding = nn.Embedding(words, embedding)
        self.decode_step = nn.LSTMCell(embedding + channels, hidden)
        self.init_h, self.init_c = nn.Linear(channels, hidden), nn.Linear(channels, hidden)
        self.f_beta = nn.Linear(hidden, channels)
        self.fc = nn.Linear(hidden, words)

    def seen(self, regions):
        """The encoder's regions [P, C] -> those that are attended to."""
        return F.relu(self.region_embedding(regions)) if self.region_embedding else regions

    def start(self, regions):
        """regions [P, C] -> the state of one caption that is to begin, h and c [1, H]."""
        mean = regions.mean(0, keepdim=True)
        return self.init_h(mean), self.init_c(mean)

    def step(self, regions, tokens, state):
        """The next word after the last ones of N captions, tokens [N] -> state, logits [N, V], attention
        weights [N, P]."""
        query = self.attention["decoder_att"](state[0])[:, None]
        scores = self.attention["full_att"](F.relu(self.attention["encoder_att"](regions) + query))
        weights = torch.softmax(scores.squeeze(2), 1)
        context = weights @ regions * torch.sigmoid(self.f_beta(state[0]))
        h, c = self.decode_step(torch.cat([self.embedding(tokens), context], 1), state)
        return (h, c), self.fc(h), weights


class Hypothesis(NamedTuple):
    score: float  # log probability a word, the end counted
    tokens: list[int]  # without start and end


class Captioner:
    def __init__(self, folder):
        self.config = json.loads((folder / "config.json").read_text())
        weights = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}

        def part(prefix):
            return {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}

        self.encoder = with_weights(self.config["encoder"]["architecture"], part("encoder."))
        sizes, self.vocabulary = self.config["decoder"], self.config["vocabulary"]
        state = part("decoder.")
        if sizes.get("biases", 2) == 1:  # the sum of PyTorch's two
            state["decode_step.bias_hh"] = torch.zeros_like(state["decode_step.bias_ih"])
        self.decoder = AttentionDecoder(
            HEAD, self.vocabulary["size"], sizes["embedding"], sizes["hidden"], sizes["attention"],
            sizes.get("region_embedding"))
        self.decoder.load_state_dict(state)
        self.decoder.eval()
        words = (folder / self.vocabulary["file"]).read_text(encoding="utf8").split("\n")
        self.words = words[:self.vocabulary["size"]]

    def normalised(self, image):
        """A Pillow image -> what the encoder reads, [3, H, W]."""
        preprocessing = self.config["preprocessing"]
        pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
        pixels = pixels.view(image.height, image.width, 3).permute(2, 0, 1) * preprocessing["scale"]
        mean, std = (torch.tensor(preprocessing[k])[:, None, None] for k in ("mean", "std"))
        return (pixels - mean) / std

    def beam_search(self, regions, width):
        """regions [P, C] -> up to `width` finished captions, best first.

        A caption that no end closed within the greatest length is given only where there is no other.
        """
        regions = self.decoder.seen(regions)
        start, end = self.vocabulary["start"], self.vocabulary["end"]
        length = self.config["decoding"]["maximum_length"]
        state, beams, scores, finished = self.decoder.start(regions), [[]], torch.zeros(1), []
        for count in range(1, length + 1):
            tokens = torch.tensor([beam[-1] if beam else start for beam in beams])
            state, logits, _ = self.decoder.step(regions, tokens, state)
            steps = torch.log_softmax(logits, 1)
            steps[:, [self.vocabulary[k] for k in ("pad", "start", "unknown")]] = -torch.inf
            best, places = (scores[:, None] + steps).flatten().topk(2 * width)
            kept = []
            for rank, (score, place) in enumerate(zip(best.tolist(), places.tolist())):
                beam, token = divmod(place, steps.shape[1])
                if token != end:
                    kept.append((score, beam, token))
                elif rank < width:
                    finished.append(Hypothesis(score / count, beams[beam]))
            kept = kept[:width]
            beams = [beams[beam] + [token] for _, beam, token in kept]
            if len(finished) >= width:
                break
            scores = torch.tensor([score for score, _, _ in kept])
            state = tuple(part[[beam for _, beam, _ in kept]] for part in state)
        if not finished:
            finished.append(Hypothesis(float(scores[0]) / length, beams[0]))
        return sorted(finished, reverse=True)[:width]

    def forced(self, regions, tokens):
        """The steps of one caption: logits [T, V] and attention weights [T, P]."""
        regions = self.decoder.seen(regions)
        state, logits, weights = self.decoder.start(regions), [], []
        for token in tokens:
            state, scores, alpha = self.decoder.step(regions, torch.tensor([token]), state)
            logits.append(scores[0])
            weights.append(alpha[0])
        return torch.stack(logits), torch.stack(weights)
