"""The likelihood of sequences by a decoder of the GPT kind, and the gradients of all its parameters.

Written with functions of PyTorch: one sequence after another, heads by scaled_dot_product_attention,
cross entropy of the tokens up to each sequence's first end. Parameters carry gansmith's names.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

from fixture_file import Draw, array, write
from fixture_layers import Values

# (name, width, layers, heads, tied, end)
CASES: tuple[tuple[str, int, int, int, bool, int | None], ...] = (
    ("two-blocks", 8, 2, 2, True, 1),
    ("own-projection", 6, 1, 3, False, None),
)
BATCH, LENGTH, VOCABULARY, START, EXPANSION = 3, 6, 9, 0, 2


def _norm(p: Values, path: str, x: torch.Tensor) -> torch.Tensor:
    return F.layer_norm(x, x.shape[-1:], p[f"{path}/scale"], p[f"{path}/bias"], 1e-5)


def _linear(p: Values, path: str, x: torch.Tensor) -> torch.Tensor:
    return F.linear(x, p[f"{path}/weight"], p[f"{path}/bias"])


def _logits(p: Values, tokens: torch.Tensor, layers: int, heads: int, tied: bool) -> torch.Tensor:
    """One sequence [T] -> [T,V]."""
    read = torch.cat([torch.tensor([START]), tokens[:-1]])
    x = F.embedding(read, p["embedding/weight"]) + p["place/weight"]
    for i in range(layers):
        at = f"block{i}"
        parts = _linear(p, f"{at}/attention/input", _norm(p, f"{at}/norm1", x)).chunk(3, -1)
        q, k, v = (part.unflatten(-1, (heads, -1)).transpose(0, 1) for part in parts)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + _linear(p, f"{at}/attention/out", seen.transpose(0, 1).flatten(1))
        wide = F.gelu(_linear(p, f"{at}/expand", _norm(p, f"{at}/norm2", x)))
        x = x + _linear(p, f"{at}/contract", wide)
    weight = p["embedding/weight"] if tied else p["out/weight"]
    return F.linear(_norm(p, "norm", x), weight, p["out/bias"])


def _parameters(draw: Draw, width: int, layers: int, tied: bool) -> Values:
    n = draw.normal
    p = {"embedding/weight": n(VOCABULARY, width), "place/weight": n(LENGTH, width)}
    shapes = {
        "attention/input": (3 * width, width),
        "attention/out": (width, width),
        "expand": (EXPANSION * width, width),
        "contract": (width, EXPANSION * width),
    }
    for i in range(layers):
        for part, shape in shapes.items():
            p[f"block{i}/{part}/weight"] = n(*shape, std=0.4)
            p[f"block{i}/{part}/bias"] = n(shape[0], std=0.1)
    norms = [f"block{i}/norm{k}" for i in range(layers) for k in (1, 2)]
    for norm in [*norms, "norm"]:
        p |= {f"{norm}/scale": 1 + n(width, std=0.2), f"{norm}/bias": n(width, std=0.1)}
    if not tied:
        p["out/weight"] = n(VOCABULARY, width)
    return p | {"out/bias": n(VOCABULARY)}


def make_decoders() -> None:
    draw = Draw(500_000)
    tensors, cases = {}, []
    for name, width, layers, heads, tied, end in CASES:
        p = {key: value.detach() for key, value in _parameters(draw, width, layers, tied).items()}
        for value in p.values():
            value.requires_grad_()
        tokens = (draw.normal(LENGTH, BATCH).abs() * 4).long().clamp(2, VOCABULARY - 1)
        if end is not None:
            tokens[2:, 0] = end
            tokens[5:, 1] = end
        losses = []
        for sequence in tokens.T:
            stops = [t for t, token in enumerate(sequence.tolist()) if token == end]
            count = stops[0] + 1 if stops else LENGTH
            logits = _logits(p, sequence, layers, heads, tied)[:count]
            losses.append(F.cross_entropy(logits, sequence[:count], reduction="none"))
        loss = torch.cat(losses).mean()
        loss.backward()
        values = {"tokens": tokens, "loss": loss.reshape(1)}
        for key, value in p.items():
            values |= {f"params/{key}": value, f"gradients/{key}": value.grad}
        tensors |= {f"{name}/{key}": array(value) for key, value in values.items()}
        options = {"width": width, "layers": layers, "heads": heads, "tied": tied}
        cases.append(
            {
                "name": name,
                "options": options | {"expansion": EXPANSION, "dropout": 0},
                "shape": {"vocabulary": VOCABULARY, "length": LENGTH, "start": START}
                | ({} if end is None else {"end": end}),
                "batch": BATCH,
                "names": list(p),
            }
        )
    write("decoders", tensors, {"torch": torch.__version__, "cases": cases})
