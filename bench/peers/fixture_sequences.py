"""The move of a discriminator of sequences: its loss and the gradients of all its parameters.

SeqGAN's networks (arXiv 1609.05473, appendix) written with functions of PyTorch: real and fake pass
one after the other, filters are conv1d's, the maximum is taken after relu. Parameters carry gansmith's
names. Sequences end in equal tokens, so that a filter may have several equal largest responses.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

from fixture_file import Draw, array, write
from fixture_layers import Values

Convolutions = list[tuple[int, int]]

# (name, length, widths and filters, l2)
CASES: tuple[tuple[str, int, tuple[tuple[int, int], ...], float], ...] = (
    ("seqgan", 7, ((1, 3), (2, 4), (3, 2), (7, 3)), 0.2),
    ("narrow", 4, ((2, 5), (9, 2)), 0.0),
)
BATCH, VOCABULARY, EMBEDDING = 3, 11, 4


def _tokens(draw: Draw, length: int, last: int) -> torch.Tensor:
    """[T,N] with `last` at the end: two of them in the first sequence, four in the second."""
    tokens = (draw.normal(length, BATCH).abs() * 5).long().clamp(max=VOCABULARY - 1)
    tokens[-2:, 0] = last
    tokens[-4:, 1] = last
    return tokens


def cnn_features(p: Values, tokens: torch.Tensor, widths: list[int]) -> torch.Tensor:
    """What the convolutions see: tokens [T,N] -> [N,F]."""
    x = F.embedding(tokens.T, p["embedding/weight"]).transpose(1, 2)
    pooled = []
    for width in widths:
        weight = p[f"conv{width}/weight"].reshape(-1, width, x.shape[1]).transpose(1, 2)
        pooled.append(F.conv1d(x, weight, p[f"conv{width}/bias"]).relu().max(2).values)
    h = torch.cat(pooled, 1)
    g = F.linear(h, p["highway/transform/weight"], p["highway/transform/bias"]).relu()
    t = (F.linear(h, p["highway/gate/weight"], p["highway/gate/bias"]) - 2).sigmoid()
    return t * g + (1 - t) * h


def cnn_parameters(draw: Draw, vocabulary: int, size: int, fitting: Convolutions) -> Values:
    n = draw.normal
    features = sum(filters for _, filters in fitting)
    p = {"embedding/weight": n(vocabulary, size)}
    for width, filters in fitting:
        p[f"conv{width}/weight"] = n(filters, width * size, std=0.3)
        p[f"conv{width}/bias"] = n(filters, std=0.1)
    for part in ("highway/transform", "highway/gate"):
        p[f"{part}/weight"] = n(features, features, std=0.5)
        p[f"{part}/bias"] = n(features, std=0.1)
    return p


def _judge(p: Values, tokens: torch.Tensor, widths: list[int]) -> torch.Tensor:
    return F.linear(cnn_features(p, tokens, widths), p["out/weight"], p["out/bias"])


def make_sequences() -> None:
    draw = Draw(400_000)
    n = draw.normal
    tensors, cases = {}, []
    for name, length, convolutions, l2 in CASES:
        fitting = [(width, filters) for width, filters in convolutions if width <= length]
        features = sum(filters for _, filters in fitting)
        real, fake = _tokens(draw, length, 1), _tokens(draw, length, 2)
        p = cnn_parameters(draw, VOCABULARY, EMBEDDING, fitting)
        p |= {"out/weight": n(1, features), "out/bias": n(1)}
        for value in p.values():
            value.requires_grad_()
        on_real, on_fake = (_judge(p, x, [w for w, _ in fitting]) for x in (real, fake))
        judge = F.binary_cross_entropy_with_logits
        loss = judge(on_real, torch.ones_like(on_real)) + judge(on_fake, torch.zeros_like(on_fake))
        loss = loss + l2 / 2 * (p["out/weight"].square().sum() + p["out/bias"].square().sum())
        loss.backward()
        values = {"real": real, "fake": fake, "loss": loss.reshape(1)}
        values |= {"realAccuracy": (on_real > 0).double().mean().reshape(1)}
        values |= {"fakeAccuracy": (on_fake < 0).double().mean().reshape(1)}
        for key, value in p.items():
            values |= {f"params/{key}": value, f"gradients/{key}": value.grad}
        tensors |= {f"{name}/{key}": array(value) for key, value in values.items()}
        cases.append(
            {
                "name": name,
                "options": {
                    "embedding": EMBEDDING,
                    "convolutions": [{"width": w, "filters": f} for w, f in convolutions],
                    "dropout": 0,
                },
                "shape": {"vocabulary": VOCABULARY, "length": length},
                "phase": {"length": length, "batch": BATCH, "l2": l2},
                "names": list(p),
            }
        )
    write("sequences", tensors, {"torch": torch.__version__, "cases": cases})
