#!/usr/bin/env bash
# vaderSentiment 3.3.2, made for social media: a heart as phones type it, thumbs and a smiley before a
# full stop say nothing to it. It replaces emoji by their descriptions and looks those words up: the red
# heart U+2764 becomes “red heart”, but phones write U+2764 U+FE0F, and since the text is taken
# character by character, U+FE0F stays on the word “heart”, which is then unknown; 👍 and 👎 become “thumbs up” and “thumbs down”, words that
# its lexicon lacks. Punctuation is not taken off tokens whose rest is two characters or less, so that
# “:).” and “:D!” are looked up as they stand.
#
# Seen (compound): ❤ +0.64, ❤️ 0; 👍 0, 👎 0; “My results :)” +0.46, “My results :).” 0; and since “no”
# stands for itself, “no 👍” is negative, −0.30.
#
# Wanted: feelings that are the same scored the same. Who measures against VADER takes off U+FE0F and
# sets smileys apart.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q vaderSentiment==3.3.2

cat >compound.py <<'P'
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

scores = SentimentIntensityAnalyzer()
seen = {}
for text in ("\u2764", "\u2764\ufe0f", "I \u2764\ufe0f it", "\U0001F44D", "\U0001F44E", "My results :)", "My results :).",
             "My results :D", "My results :D!", "no \U0001F44D"):
    seen[text] = scores.polarity_scores(text)["compound"]
    print(f"{seen[text]:+.2f}  {text}")
assert seen["\u2764"] > 0.6 and seen["\u2764\ufe0f"] == seen["I \u2764\ufe0f it"] == 0
assert seen["\U0001F44D"] == seen["\U0001F44E"] == 0
assert seen["My results :)"] > 0.4 and seen["My results :)."] == 0
assert seen["My results :D"] > 0.6 and seen["My results :D!"] == 0
assert seen["no \U0001F44D"] < 0
P
venv/bin/python compound.py
