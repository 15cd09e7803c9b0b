"""Beam search, as `caption` does it."""
from typing import NamedTuple

import torch
import torch.nn.functional as F

from captions import END, PAD, START, UNKNOWN
from networks import AttentionDecoder


class Hypothesis(NamedTuple):
    score: float  # log probability a word, <end> counted
    words: list[int]  # without <start> and <end>


@torch.no_grad()
def beam_search(decoder: AttentionDecoder, regions: torch.Tensor, width: int = 5,
                length: int = 20) -> list[list[Hypothesis]]:
    """regions [N, P, C] -> for each photo up to `width` finished captions, best first.

    A caption that no <end> closed within `length` words is given only where there is no other.
    """
    count, device = len(regions), regions.device
    repeat = lambda t: t.repeat_interleave(width, 0)
    h, c, projected = map(repeat, decoder.start(regions))
    regions = repeat(regions)
    tokens = torch.full((count * width,), START, device=device)
    scores = torch.full((count, width), -1e9, device=device)
    scores[:, 0] = 0
    open_beams = [[[] for _ in range(width)] for _ in range(count)]
    finished: list[list[Hypothesis]] = [[] for _ in range(count)]
    for step in range(1, length + 1):
        h, c, _ = decoder.step(regions, projected, decoder.embedding(tokens), h, c)
        log_probability = F.log_softmax(decoder.fc(h).float(), 1)
        log_probability[:, [PAD, START, UNKNOWN]] = -1e9
        vocabulary = log_probability.shape[1]
        totals = (scores.view(-1, 1) + log_probability).view(count, width * vocabulary)
        best, index = (t.tolist() for t in totals.topk(2 * width, 1))
        beams, words, new_scores = [], [], []
        for photo in range(count):
            kept = []
            for rank, (total, i) in enumerate(zip(best[photo], index[photo])):
                beam, word = divmod(i, vocabulary)
                if word != END:
                    kept.append((beam, word, total))
                elif rank < width:
                    finished[photo].append(Hypothesis(total / step, open_beams[photo][beam]))
            kept = kept[:width]
            open_beams[photo] = [open_beams[photo][beam] + [word] for beam, word, _ in kept]
            beams += [photo * width + beam for beam, _, _ in kept]
            words += [word for _, word, _ in kept]
            new_scores.append([total for _, _, total in kept])
        if all(len(f) >= width for f in finished):
            break
        source = torch.tensor(beams, device=device)
        h, c = h[source], c[source]
        tokens = torch.tensor(words, device=device)
        scores = torch.tensor(new_scores, device=device)
    for photo in range(count):
        if not finished[photo]:
            total = float(scores[photo, 0])
            finished[photo] = [Hypothesis(total / length, open_beams[photo][0])]
    return [sorted(f, reverse=True)[:width] for f in finished]
