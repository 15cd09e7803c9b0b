"""CIDEr-D and BLEU of captions given as lists of words or of word numbers."""
import math
from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np

Words = Sequence[Hashable]


def ngrams(words: Words) -> Counter:
    """Counts of the n-grams, n = 1 … 4."""
    return Counter(tuple(words[i:i + n]) for n in range(1, 5) for i in range(len(words) - n + 1))


class CiderD:
    """CIDEr-D with n = 4, sigma = 6 (Vedantam et al. 2014, arXiv 1411.5726), document frequencies from
    the references given: photo → captions. Perfect is 10."""

    def __init__(self, references: dict[str, list[Words]]):
        grams = ({g for words in captions for g in ngrams(words)} for captions in references.values())
        self.documents = Counter(g for photo in grams for g in photo)
        self.log_photos = math.log(max(2, len(references)))
        self.references = references
        self.vectors: dict[str, list] = {}

    def vector(self, words: Words) -> tuple[list[dict], list[float], int]:
        """-> tf-idf by n, norm by n, number of bigrams (the length that the penalty compares)."""
        weights, squares = [{} for _ in range(4)], [0.0] * 4
        for gram, count in ngrams(words).items():
            n = len(gram) - 1
            weights[n][gram] = count * (self.log_photos - math.log(max(1, self.documents[gram])))
            squares[n] += weights[n][gram] ** 2
        return weights, [math.sqrt(s) for s in squares], max(0, len(words) - 1)

    def score(self, photo: str, words: Words) -> float:
        if photo not in self.vectors:
            self.vectors[photo] = [self.vector(caption) for caption in self.references[photo]]
        weights, norms, length = self.vector(words)
        total = 0.0
        for reference, reference_norms, reference_length in self.vectors[photo]:
            penalty = math.exp(-(length - reference_length) ** 2 / (2 * 6 ** 2))
            for n in range(4):
                dot = sum(min(w, reference[n].get(g, 0.0)) * reference[n].get(g, 0.0)
                          for g, w in weights[n].items())
                if norms[n] and reference_norms[n]:
                    total += penalty * dot / (norms[n] * reference_norms[n])
        return 10 * total / 4 / len(self.vectors[photo])


def bleu(candidates: list[Words], references: list[list[Words]]) -> list[float]:
    """Corpus BLEU-1 … BLEU-4 with the closest reference length (Papineni et al. 2002)."""
    matched, proposed, length, closest = np.zeros(4), np.zeros(4), 0, 0
    for words, captions in zip(candidates, references):
        most = Counter()
        for caption in captions:
            most |= ngrams(caption)
        for gram, count in ngrams(words).items():
            matched[len(gram) - 1] += min(count, most[gram])
        proposed += [max(0, len(words) - n) for n in range(4)]
        length += len(words)
        closest += min((abs(len(c) - len(words)), len(c)) for c in captions)[1]
    brevity = min(1.0, math.exp(1 - closest / max(1, length)))
    precision = np.log(np.maximum(matched, 1e-9) / np.maximum(proposed, 1))
    return [brevity * math.exp(precision[:n].mean()) for n in range(1, 5)]
