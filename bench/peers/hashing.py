"""Numbers made from counters, so that Python and TypeScript start from the same bits.

All arithmetic on hashes is unsigned 32-bit, wrapping.

    mix(x):   x ^= x >> 16;  x *= 0x85ebca6b;  x ^= x >> 13;  x *= 0xc2b2ae35;  x ^= x >> 16
    hash(t, i) = mix(mix(i + 0x9e3779b9) ^ mix(t + 0x85ebca6b))

`t` numbers the tensor, `i` the element in row-major order. In double precision:

    uniform(t, i, bound) = (hash(t, i) / 2^32 - 0.5) * 2 * bound
    normal(t, i)         = sqrt(-2 ln((hash(t, 2i) + 0.5) / 2^32)) * cos(2 pi hash(t, 2i+1) / 2^32)

Values are rounded to float32 at the very end. `uniform` is bit-exact everywhere; `normal` is
exact up to the last bit of `log` and `cos`, which rounding to float32 nearly always hides.
"""

from __future__ import annotations

import math

import numpy as np


def _mix(x: np.ndarray) -> np.ndarray:
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x85EBCA6B)
    x = x ^ (x >> np.uint32(13))
    x = x * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def hash32(tensor: int, index: np.ndarray) -> np.ndarray:
    """hash(tensor, index), elementwise over `index` (uint32)."""
    with np.errstate(over="ignore"):
        key = _mix(np.array([(tensor + 0x85EBCA6B) & 0xFFFFFFFF], dtype=np.uint32))
        return _mix(_mix(index.astype(np.uint32) + np.uint32(0x9E3779B9)) ^ key)


def uniform(tensor: int, shape: tuple[int, ...], bound: float) -> np.ndarray:
    """float64 values in [-bound, bound)."""
    index = np.arange(math.prod(shape), dtype=np.uint32)
    return ((hash32(tensor, index) / 2.0**32 - 0.5) * 2 * bound).reshape(shape)


def normal(tensor: int, shape: tuple[int, ...], mean: float = 0.0, std: float = 1.0) -> np.ndarray:
    """float64 values from N(mean, std), mean + std * normal(t, i)."""
    index = np.arange(math.prod(shape), dtype=np.uint32) * np.uint32(2)
    radius = np.sqrt(-2 * np.log((hash32(tensor, index) + 0.5) / 2.0**32))
    angle = 2 * math.pi * (hash32(tensor, index + np.uint32(1)) / 2.0**32)
    return (mean + std * (radius * np.cos(angle))).reshape(shape)


def integers(tensor: int, count: int, below: int) -> np.ndarray:
    """`count` integers floor(hash(t, i) * below / 2^32) in [0, below)."""
    values = hash32(tensor, np.arange(count, dtype=np.uint32)).astype(np.uint64)
    return ((values * np.uint64(below)) >> np.uint64(32)).astype(np.int64)


def initial_value(entry: dict, index: int) -> np.ndarray:
    """A float32 tensor from a parameter entry `{shape, init, bound | mean, std | value}`."""
    shape = tuple(entry["shape"])
    if entry["init"] == "uniform":
        return uniform(index, shape, entry["bound"]).astype(np.float32)
    if entry["init"] == "normal":
        return normal(index, shape, entry["mean"], entry["std"]).astype(np.float32)
    if entry["init"] == "constant":
        return np.full(shape, entry["value"], dtype=np.float32)
    raise ValueError(f"unknown init {entry['init']!r}, expected uniform, normal or constant")
