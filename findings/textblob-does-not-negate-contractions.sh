#!/usr/bin/env bash
# TextBlob 0.20.1: “not good” is negative, “isn't good” as positive as “good”. Its analyser turns the
# polarity round after no, not, never and n't, but its own tokenizer makes the three tokens n, ' and t of
# the last, so that it is never seen. Most people write negations so.
#
# Seen: “The food is good” +0.7, “is not good” −0.35, “isn't good”, “wasn't good”, “is n't good” +0.7,
# “I can't recommend it, it isn't good” +0.7.
#
# Wanted: the same sign as with “not”. Who compares with TextBlob writes contractions out first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q textblob==0.20.1

cat >polarity.py <<'P'
from textblob import TextBlob

seen = {}
for text in ("The food is good", "The food is not good", "The food isn't good", "The food wasn't good",
             "The food is n't good", "I can't recommend it, it isn't good"):
    seen[text] = round(TextBlob(text).sentiment.polarity, 2)
    print(f"{seen[text]:+.2f}  {text}")
assert seen["The food is good"] == 0.7
assert seen["The food is not good"] == -0.35
assert seen["The food isn't good"] == seen["The food wasn't good"] == 0.7
assert seen["I can't recommend it, it isn't good"] == 0.7
P
venv/bin/python polarity.py
