#!/usr/bin/env python3
"""Write sentences whose wording decides whether they praise or blame.

A classifier that learns from reviews learns which words are kind; it seldom sees enough of "not bad",
"could have been great" or "dull at first, but I loved it" to learn how such words are turned round. This
program writes those sentences from polarity.grammar (its head explains the notation), as a table with the
heading "sentence<TAB>label": 1 praises, 0 blames. The sentences are distinct, half of them praise, and the
same seed gives the same table.

    python3 Scripts/sentiment/polarity_sentences.py --count 24000 --seed 1 --output polarity.tsv
"""

import argparse
import random
import re
import sys
from collections import defaultdict
from pathlib import Path

HEADING = re.compile(r"([a-z]+)([+-]?)(?: (\w+))?:$")
CHOICE = re.compile(r"\(([^()]*)\)")
SYMBOL = re.compile(r"\{([+\-!]?)([a-z]+)(?: (\w+))?\}")
WEIGHT = re.compile(r"\s\*(\d+)$")
AGREEMENT = re.compile(r"~([phs])|<([^>]+)>")
SOUNDS_LIKE_CONSONANT = ("us", "uni", "one")

PRONOUNS = {"it": {"s": ["it"], "p": ["they"], "h": ["he", "she"]},
            "them": {"s": ["it"], "p": ["them"], "h": ["him", "her"]},
            "its": {"s": ["its"], "p": ["their"], "h": ["his", "her"]}}


class Grammar:
    """The alternatives and their weights by symbol, sign and topic, and the forms of irregular verbs."""

    def __init__(self, text):
        self.rules = defaultdict(list)
        self.verbs = {}
        key = None
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            if heading := HEADING.match(line):
                key = heading.groups(default="")
            elif key is None or not line.startswith(" "):
                raise ValueError(f"not a heading or an alternative: {line}")
            elif key[0] == "verb":
                base, *forms = line.split()
                self.verbs[base] = forms
            else:
                self.rules[key] += map(weighted, re.split(r"\|(?![^(]*\))", line))

    def alternatives(self, name, sign, topic):
        """What a symbol may become in a sentence of this sign and topic: all that suits both."""
        keys = dict.fromkeys((name, s, t) for s in ("", sign) for t in ("", topic))
        found = [item for key in keys for item in self.rules.get(key, [])]
        if not found:
            raise ValueError(f"nothing to put for {name} (sign {sign}, topic {topic})")
        return found

    def conjugate(self, base, number, past):
        """The form of a verb in the third person; `number` is "p" for the plural."""
        if base in self.verbs:
            return self.verbs[base][2 * past + (number == "p")]
        stem = base[:-1] + "i" if re.search(r"[^aeiou]y$", base) else base
        if past:
            return base + "d" if base.endswith("e") else stem + "ed"
        if number == "p":
            return base
        return stem + ("es" if stem != base or base.endswith(("s", "sh", "ch", "x", "o")) else "s")


def weighted(alternative):
    """An alternative and its weight, 1 unless it ends with `*` and a number."""
    alternative = alternative.strip()
    weight = WEIGHT.search(alternative)
    return (alternative[:weight.start()], int(weight[1])) if weight else (alternative, 1)


class Expander:
    """Writes one sentence after the other; all of its choices come from one random generator."""

    def __init__(self, grammar, seed):
        self.grammar = grammar
        self.random = random.Random(seed)
        self.used = set()
        self.topics = [text for text, _ in grammar.alternatives("topic", "", "")]

    def sentence(self, label):
        """A sentence that praises (1) or blames (0)."""
        self.used = set()
        text = self.symbol("sentence", "-+"[label], self.random.choice(self.topics))
        return self.style(tidy(self.agree(text)))

    def symbol(self, name, sign, topic):
        """One of a symbol's alternatives, expanded; no word list gives the same word twice a sentence."""
        alternatives = self.grammar.alternatives(name, sign, topic)
        fresh = [item for item in alternatives if item[0] not in self.used] or alternatives
        text = self.random.choices([text for text, _ in fresh], [weight for _, weight in fresh])[0]
        if not re.search(r"[{(]", text):
            self.used.add(text)
        return self.expand(text, sign, topic)

    def expand(self, text, sign, topic):
        """Settles the choices in parentheses, then the symbols in braces, from left to right."""
        while CHOICE.search(text):
            text = CHOICE.sub(lambda match: self.random.choice(match[1].split("|")), text)
        signs = {"": sign, "!": "+" if sign == "-" else "-", "+": "+", "-": "-"}
        return SYMBOL.sub(lambda match: self.symbol(match[2], signs[match[1]], match[3] or topic), text)

    def agree(self, text):
        """Verbs and pronouns take the number of the subject before them, and all verbs one tense."""
        number, past, person = "s", self.random.random() < 0.5, self.random.random()

        def replacement(match):
            nonlocal number
            if match[1]:
                number = match[1]
                return ""
            if forms := PRONOUNS.get(match[2]):
                return forms[number][int(person * len(forms[number]))]
            base, *negation = match[2].split()
            return self.grammar.conjugate(base, number, past) + ("n't" if negation else "")

        return AGREEMENT.sub(replacement, text)

    def style(self, text):
        """Short forms written out or not, and the many ways in which people begin and end a sentence."""
        if self.random.random() < 0.35:
            text = text.replace("can't", "cannot").replace("won't", "will not").replace("n't", " not")
        elif self.random.random() < 0.03:
            text = text.replace("n't", "nt")
        if self.random.random() < 0.4:
            text = re.sub(r"(?<!as )(?<!than )\b(it|that) is(?= [a-z])", r"\1's", text)
            text = re.sub(r"(?<!as )(?<!than )\bthey are(?= [a-z])", "they're", text)
        if text[-1] not in ".!?":
            text += self.random.choices([".", "", "!", "!!", "..."], [70, 17, 10, 1, 2])[0]
        if self.random.random() < 0.15:
            return text.lower()
        return re.sub(r"(^|[.!?] )([a-z])", lambda match: match[1] + match[2].upper(), text)


def tidy(text):
    """Single spaces, none before punctuation, and "an" where the next word asks for it."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" ([,.;:!?])", r"\1", text)
    return re.sub(r"\b(a|A) ((?:[aeiou]|hon)\w*)", with_article, text)


def with_article(match):
    """The word after "an", or after "a" where its first sound is a consonant ("a useful lamp")."""
    article, word = match.groups()
    return f"{article} {word}" if word.startswith(SOUNDS_LIKE_CONSONANT) and word != "uninspired" \
        else f"{article}n {word}"


def key(sentence):
    """What two sentences share that differ in capital letters and punctuation alone; emoji count."""
    return re.sub(r"[^\w:/+\u2600-\U0001FAFF]+", " ", sentence.lower()).strip()


def table(grammar, count, seed):
    """`count` distinct sentences with their labels, as many of each label as of the other, shuffled."""
    expander, rows, seen = Expander(grammar, seed), [], set()
    attempts = 0
    while len(rows) < count:
        attempts += 1
        if attempts > 100 * count + 1000:
            raise ValueError(f"the grammar has too few sentences: {len(rows)} of {count}")
        label = len(rows) % 2
        sentence = expander.sentence(label)
        if key(sentence) not in seen:
            seen.add(key(sentence))
            rows.append((sentence, label))
    expander.random.shuffle(rows)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=24000, help="how many sentences (default 24000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random choices (default 1)")
    parser.add_argument("--grammar", type=Path, default=Path(__file__).with_name("polarity.grammar"))
    parser.add_argument("--output", type=Path, help="the table to write (default: standard output)")
    options = parser.parse_args()
    rows = table(Grammar(options.grammar.read_text(encoding="utf-8")), options.count, options.seed)
    text = "".join(f"{sentence}\t{label}\n" for sentence, label in [("sentence", "label"), *rows])
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
