#!/usr/bin/env bash
# pycocoevalcap 1.2 with NumPy 2.4.6: the last bits of a CIDEr score depend on the processor. The
# score's weights are numpy.log(number of images) − numpy.log(document frequency); on processors with
# AVX-512, NumPy takes a logarithm of its own that differs from the C library's in the last bit for
# 8 of the first 200,000 whole numbers, 9,170 the first of them. So two people score the same 9,170
# captions, with the same packages, and some captions get different numbers.
#
# Seen: 4,393 of 9,170 scores differ, in the last digit or two.
#
# Wanted: equal numbers. What claims to be bit-exact must say which logarithm it has.
# Needs a processor with AVX-512 to show; elsewhere the script says so and ends.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

grep -q avx512_skx /proc/cpuinfo || grep -q avx512dq /proc/cpuinfo || {
  echo "no AVX-512 here: nothing to see"
  exit 0
}
python3 -m venv venv
venv/bin/pip install -q numpy==2.4.6 pycocoevalcap==1.2

cat >score.py <<'P'
from pycocoevalcap.cider.cider import Cider

count = 9170
words = ["dog", "cat", "boat", "tree", "house", "hill", "car", "child", "bird", "road", "lamp"]

def text(i):
    return f"a {words[i % 11]} near a {words[i // 11 % 11]} and a {words[i // 121 % 11]}"

references = {i: [text(i), text(7 * i + 3)] for i in range(count)}
results = {i: [text(i + i % 3)] for i in range(count)}
_, scores = Cider().compute_score(references, results)
for score in scores:
    print(repr(float(score)))
P
venv/bin/python score.py >with.txt
NPY_DISABLE_CPU_FEATURES="AVX512_SKX X86_V4" venv/bin/python score.py >without.txt 2>/dev/null
differing=$(paste with.txt without.txt | awk -F'\t' '$1 != $2' | wc -l)
echo "captions with another score: $differing of $(wc -l <with.txt), such as"
paste with.txt without.txt | awk -F'\t' '$1 != $2 && shown++ < 2'
[ "$differing" -gt 0 ]

cat >logs.py <<'P'
import math
import numpy

print([n for n in range(1, 100_001) if float(numpy.log(float(n))) != math.log(n)])
P
echo "where NumPy's log is not the C library's, up to 100,000:"
venv/bin/python logs.py | tee with.txt
NPY_DISABLE_CPU_FEATURES="AVX512_SKX X86_V4" venv/bin/python logs.py 2>/dev/null | tee without.txt
[ "$(cat with.txt)" = "[9170, 19143, 94869]" ]
[ "$(cat without.txt)" = "[]" ]
