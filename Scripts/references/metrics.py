"""Writes data/references/metrics/: what pycocoevalcap 1.2 gives captions with odd cases.

    NPY_DISABLE_CPU_FEATURES="AVX512F AVX512_SKX X86_V4" python3 Scripts/references/metrics.py

Made with pycocoevalcap 1.2 (pip install pycocoevalcap; it needs Java for METEOR) and NumPy 2.4. On
processors with AVX-512, NumPy has a logarithm of its own that differs from the C library's in the
last bit for some numbers above 9,169; the variable above turns it off, which matters to no number
here.

scores.json has the captions and their scores, meteor.json what METEOR counts in some of them and its
scores from these counts. Self-BLEU is the mean of the BLEU-4 of each caption against all others.

The captions are made here, tokenised as pycocoevalcap's tokenizer leaves them: sentences from a
small grammar, and among them empty ones, single words, repeated words, no-break spaces, two
spellings of one letter, sentences of more than 64 words, and 1 to 12 references.
"""

import json
import random
from pathlib import Path

import numpy as np
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.meteor.meteor import Meteor
from pycocoevalcap.rouge.rouge import Rouge

OUTPUT = Path(__file__).resolve().parents[2] / "data" / "references" / "metrics"
IMAGES = 300

NOUNS = """dog cat horse boy girl man woman child bike ball boat river street beach hill tree bench table
kite surfboard train bus sandwich pizza umbrella crowd dogs children horses players skateboard mountain
1\u00a01/2 caf\u00e9 cafe\u0301 t-shirt o'clock""".replace("\n", " ").split(" ")
ADJECTIVES = "small large brown black white red blue young old wet sunny wooden snowy black-and-white".split()
VERBS = """sits stands runs running riding rides rode jumps jumping looks looking holds holding plays
playing waits waiting walks walking sleeps throwing throws""".split()
PREPOSITIONS = "on in near with beside under over along behind through".split()
DETERMINERS = "a the two some his her".split()


def phrase(rng):
    words = [rng.choice(DETERMINERS)]
    if rng.random() < 0.5:
        words.append(rng.choice(ADJECTIVES))
    return words + [rng.choice(NOUNS)]


def sentence(rng, topic):
    """Words that share a topic's with probability ½, so that n-grams of all lengths match."""
    words = phrase(rng) + [rng.choice(VERBS)]
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        words += [rng.choice(PREPOSITIONS)] + phrase(rng)
    if rng.random() < 0.6:
        cut = rng.randrange(1, len(topic))
        words = topic[:cut] + words[min(cut, len(words) - 1):]
    return words


def image(rng, index):
    topic = phrase(rng) + [rng.choice(VERBS), rng.choice(PREPOSITIONS)] + phrase(rng)
    references = [" ".join(sentence(rng, topic)) for _ in range(rng.choice([1, 2, 5, 5, 5, 5, 6, 12]))]
    candidate = " ".join(sentence(rng, topic))
    odd = index % 25
    if odd == 1:
        candidate = ""
    elif odd == 2:
        candidate = rng.choice(references)
    elif odd == 3:
        candidate = " ".join([topic[0]] * rng.randrange(1, 9))
    elif odd == 4:
        candidate = rng.choice(NOUNS)
    elif odd == 5:
        references[0] = ""
    elif odd == 6:
        candidate, references = "", [""]
    elif odd == 7:
        candidate = " ".join(sum((sentence(rng, topic) for _ in range(rng.randrange(8, 20))), []))
    elif odd == 8:
        references[-1] = " ".join(sum((sentence(rng, topic) for _ in range(rng.randrange(8, 20))), []))
        candidate = " ".join(sum((sentence(rng, topic) for _ in range(rng.randrange(8, 20))), []))
    elif odd == 9:
        references = [candidate] * len(references)
    elif odd == 10:
        candidate = candidate.replace(" ", "  ", 1)
    elif odd == 11:
        candidate = " ".join(rng.sample(candidate.split(" "), len(candidate.split(" "))))
    elif odd == 12:
        candidate = " ".join(candidate.split(" ")[:3])
    elif odd == 13:
        references = [rng.choice(NOUNS) for _ in references]
    return candidate, references


def score(candidates, references):
    """-> {metric: {"corpus": number, "images": [number]}}"""
    results = {i: [c] for i, c in enumerate(candidates)}
    truth = dict(enumerate(references))
    scores = {}
    corpus, images = Bleu(4).compute_score(truth, results, verbose=0)
    for n in range(4):
        scores[f"BLEU-{n + 1}"] = corpus[n], images[n]
    scores["ROUGE-L"] = Rouge().compute_score(truth, results)
    scores["CIDEr-D"] = Cider().compute_score(truth, results)
    return {
        name: {"corpus": float(corpus), "images": [float(s) for s in images]}
        for name, (corpus, images) in scores.items()
    }


def self_bleu(candidates):
    """-> mean, [number]"""
    scores = []
    for i, candidate in enumerate(candidates):
        others = candidates[:i] + candidates[i + 1:]
        scores.append(Bleu(4).compute_score({0: others}, {0: [candidate]}, verbose=0)[1][3][0])
    return {"corpus": float(np.mean(scores)), "images": scores}


def meteor(candidates, references):
    """-> {"statistics": [line], "scores": [number], "corpus": number}"""
    program = Meteor()
    statistics = [program._stat(c, r) for c, r in zip(candidates, references)]
    corpus, scores = program.compute_score(
        dict(enumerate(references)), {i: [c] for i, c in enumerate(candidates)})
    return {"program": "METEOR 1.5", "statistics": statistics, "scores": scores, "corpus": corpus}


def main():
    rng = random.Random(5)
    candidates, references = map(list, zip(*(image(rng, i) for i in range(IMAGES))))
    OUTPUT.mkdir(parents=True, exist_ok=True)
    scores = {
        "program": "pycocoevalcap 1.2",
        "candidates": candidates,
        "references": references,
        "scores": score(candidates, references),
        "self_bleu": self_bleu(candidates),
    }
    some = slice(0, 100)
    for name, content in [("scores", scores), ("meteor", meteor(candidates[some], references[some]))]:
        with open(OUTPUT / f"{name}.json", "w") as file:
            json.dump(content, file, ensure_ascii=False)
            file.write("\n")


if __name__ == "__main__":
    main()
