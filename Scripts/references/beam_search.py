"""Writes data/references/decoding/beam_search.json: what the bundled model's training code finds.

    python3 Scripts/references/beam_search.py

Made with PyTorch 2.15 and NumPy. The search is the one that the bundled model was trained and
scored with, run on small tables instead of a network: the next token depends on the last one only,
with the logits 4 * `randomTensor([V, V], seed)` of Tests/TestSupport/Numbers.swift, whose row
`start` begins a caption.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

from seeded import random_tensor

OUTPUT = Path(__file__).resolve().parents[2] / "data" / "references" / "decoding"
VOCABULARY, LENGTH = 12, 9
PAD, START, END, UNKNOWN = 0, 1, 2, 3


def beam_search(logits, width, average):
    """-> score, tokens of the best caption"""
    token = torch.full((width,), START)
    scores = torch.full((width,), -1e9)
    scores[0] = 0
    sequences = torch.zeros(width, 0, dtype=torch.long)
    finished = []
    for t in range(LENGTH):
        log_probability = F.log_softmax(logits[token], 1)
        log_probability[:, [PAD, START, UNKNOWN]] = -1e9
        top, index = (scores[:, None] + log_probability).view(-1).topk(2 * width)
        beam, word = index // VOCABULARY, index % VOCABULARY
        new_scores = torch.full((width,), -1e9)
        source = torch.zeros(width, dtype=torch.long)
        words = torch.zeros(width, dtype=torch.long)
        kept = 0
        for j in range(2 * width):
            if int(word[j]) == END:
                if j < width and top[j] > -1e8:
                    score = float(top[j]) / (t + 1 if average else 1)
                    finished.append((score, sequences[beam[j]].tolist()))
            elif kept < width:
                new_scores[kept], source[kept], words[kept] = top[j], beam[j], word[j]
                kept += 1
        sequences = torch.cat([sequences[source], words[:, None]], 1)
        token, scores = words, new_scores
        if len(finished) >= width:
            break
    if not finished:
        finished.append((float(scores[0]) / (LENGTH if average else 1), sequences[0].tolist()))
    return max(finished)


def main():
    cases = []
    for seed in range(1, 26):
        logits = torch.from_numpy(random_tensor((VOCABULARY, VOCABULARY), seed)) * 4
        for width in (1, 2, 3, 5, 8):
            for average in (True, False):
                score, tokens = beam_search(logits, width, average)
                case = dict(seed=seed, width=width, penalty="average" if average else "none")
                cases.append(case | dict(tokens=tokens, score=score))
    OUTPUT.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case) for case in cases)
    (OUTPUT / "beam_search.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
