"""One fixture: a safetensors file with the numbers and a JSON file that explains them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

from hashing import normal, uniform

FOLDER = Path(__file__).resolve().parents[2] / "test/fixtures"


def array(tensor: torch.Tensor) -> np.ndarray:
    return np.ascontiguousarray(tensor.detach().numpy())


def _readable(value: object, indent: str = "") -> str:
    """JSON with objects spread over lines, but lists and objects of plain values on one line."""
    inner = indent + " "
    if isinstance(value, dict) and any(isinstance(v, (dict, list)) for v in value.values()):
        rows = [f"{inner}{json.dumps(k)}: {_readable(v, inner)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(v, (dict, list)) for v in value):
        return "[\n" + ",\n".join(inner + _readable(v, inner) for v in value) + f"\n{indent}]"
    return json.dumps(value)


def write(name: str, tensors: dict[str, np.ndarray], description: dict) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    if tensors:
        file = FOLDER / f"{name}.safetensors"
        save_file(tensors, file)
        file.chmod(0o644)
    (FOLDER / f"{name}.json").write_text(_readable(description) + "\n")


class Draw:
    """Seeded float64 test values; every call uses up the next tensor number."""

    def __init__(self, first: int):
        self.next = first

    def normal(self, *shape: int, mean: float = 0.0, std: float = 1.0) -> torch.Tensor:
        self.next += 1
        return torch.from_numpy(normal(self.next, shape, mean, std))

    def positive(self, *shape: int) -> torch.Tensor:
        self.next += 1
        return torch.from_numpy(uniform(self.next, shape, 0.5) + 1.0)
