"""The random numbers of Sources/Tensors/SeededRandom.swift and SeededWeights.swift, in NumPy."""

import numpy as np


def uniform(seed, count):
    """The first `count` numbers in [0, 1) of SplitMix64 from `seed`."""
    golden = np.uint64(0x9E3779B97F4A7C15)
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * golden
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float32) * np.float32(2**-24)


def random_tensor(shape, seed):
    """`randomTensor` of Tests/TestSupport/Numbers.swift: uniform in [-1, 1)."""
    return uniform(seed, int(np.prod(shape))).reshape(shape) * np.float32(2) - np.float32(1)


def weight(name, shape, seed):
    """The element values that `SeededWeights(seed:)` gives the tensor `name`."""
    scale, offset = np.float32(0.2), np.float32(-0.1)
    if len(shape) >= 2:
        bound = np.sqrt(np.float32(6) / np.float32(max(1, int(np.prod(shape[1:])))))
        scale, offset = np.float32(2) * bound, -bound
    elif name.endswith("running_var") or name.endswith("weight"):
        scale, offset = np.float32(1), np.float32(0.5)
    values = offset + scale * uniform(seed ^ _fnv1a(name), int(np.prod(shape)))
    return values.reshape(shape)


def _fnv1a(name):
    result = 0xCBF29CE484222325
    for byte in name.encode():
        result = ((result ^ byte) * 0x100000001B3) % 2**64
    return result
