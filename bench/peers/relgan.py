"""One adversarial step of RelGAN (ICLR 2019) at the oracle's sizes, for torch_worker.py to time.

`relgan_case()` is an entry of cases.CASES: {"timed", "variants": {name: (weights | None) -> step}}, and
step(i) plays D five times and G once, each on real sequences and fakes of its own, and gives the six
losses. `weights` is a safetensors file with gansmith's names (generator/memory/input/weight, ..);
without it, parameter i is normal(i, shape, 0, 1 / sqrt(inputs)), norms are ones and biases zeros.

The variants do the same work. "plain" is written as one would write it first. "tuned": real tokens are
looked up instead of multiplied as one-hot vectors, real and fake pass D together, in D's move G keeps
nothing for a gradient, in G's move D's weights have none, filters are small products whose largest
response is found before bias and relu, Adam is fused. "parts" besides lets D judge PART small sequences
at a time, so that what a layer makes of them stays in the cache. "compile-tuned" compiles G and D.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from safetensors.numpy import load_file
from torch.nn import functional as F

from hashing import integers, normal

BATCH, TIME, VOCABULARY = 64, 20, 5000
EMBEDDING, HEADS, HEAD, LAYERS = 32, 2, 256, 2
SIZE = HEADS * HEAD
REPRESENTATIONS, FILTERS, WIDTHS, FEATURES = 64, 300, (2, 3, 4, 5), 100
DROPOUT, RATE, CLIP, D_STEPS, POOL = 0.25, 1e-4, 5.0, 5, 4
PART = 512
Values = dict[str, torch.Tensor]
Step = Callable[[int], list[float]]


def _shapes() -> dict[str, tuple[int, ...]]:
    """By gansmith's names; a norm's scale and every bias stand beside their weight."""
    memory = "generator/memory"
    total = FILTERS * len(WIDTHS)
    shapes: dict[str, tuple[int, ...]] = {
        "generator/embedding/weight": (VOCABULARY, EMBEDDING),
        f"{memory}/input/weight": (SIZE, EMBEDDING),
        f"{memory}/input/bias": (SIZE,),
        f"{memory}/inputGates/weight": (2 * SIZE, SIZE),
        f"{memory}/attention/weight": (3 * SIZE, SIZE),
        f"{memory}/memoryGates/weight": (2 * SIZE, SIZE),
    }
    for name, features in (("attention", 3 * SIZE), ("attended", SIZE), ("mlp", SIZE)):
        shapes |= {f"{memory}/{name}Norm/scale": (features,)}
        shapes |= {f"{memory}/{name}Norm/bias": (features,)}
    for i in range(LAYERS):
        shapes |= {f"{memory}/mlp{i}/weight": (SIZE, SIZE), f"{memory}/mlp{i}/bias": (SIZE,)}
    shapes |= {"generator/out/weight": (VOCABULARY, SIZE), "generator/out/bias": (VOCABULARY,)}
    shapes |= {"discriminator/embedding/weight": (VOCABULARY, REPRESENTATIONS)}
    for width in WIDTHS:
        shapes |= {f"discriminator/conv{width}/weight": (FILTERS, width)}
        shapes |= {f"discriminator/conv{width}/bias": (FILTERS,)}
    shapes |= {
        "discriminator/highway/transform/weight": (total, total),
        "discriminator/highway/gate/weight": (total, total),
        "discriminator/features/weight": (FEATURES, total),
        "discriminator/features/bias": (FEATURES,),
        "discriminator/out/weight": (1, FEATURES),
        "discriminator/out/bias": (1,),
    }
    return shapes


def _initial(index: int, name: str, shape: tuple[int, ...]) -> torch.Tensor:
    if name.endswith("/bias"):
        return torch.zeros(shape)
    if name.endswith("/scale"):
        return torch.ones(shape)
    inputs = VOCABULARY if "/embedding/" in name else shape[1]
    return torch.from_numpy(normal(index, shape, 0, 1 / math.sqrt(inputs)).astype("float32"))


def load_parameters(weights: str | None) -> Values:
    arrays = load_file(weights) if weights else {}
    return {
        name: (
            torch.from_numpy(arrays[name].reshape(shape)) if weights else _initial(i, name, shape)
        ).requires_grad_()
        for i, (name, shape) in enumerate(_shapes().items())
    }


def _under(p: Values, scope: str) -> Values:
    return {k.removeprefix(f"{scope}/"): v for k, v in p.items() if k.startswith(f"{scope}/")}


def _norm(p: Values, name: str, x: torch.Tensor) -> torch.Tensor:
    return F.layer_norm(x, x.shape[-1:], p[f"{name}/scale"], p[f"{name}/bias"])


def memory_step(p: Values, x: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
    """A relational memory core of one slot (arXiv 1806.01822): x [N,E], memory [N,M] -> [N,M]."""
    row = F.linear(x, p["input/weight"], p["input/bias"])
    both = torch.stack([memory, row], 1)
    asked = _norm(p, "attentionNorm", F.linear(both, p["attention/weight"]))
    q, k, v = asked.view(-1, 2, 3, HEADS, HEAD).unbind(2)
    # One slot asks: the scores of both rows are [N,2,heads].
    scores = (q[:, :1] * k).sum(-1) * (3 * HEAD) ** -0.5
    mixed = (scores.softmax(1).unsqueeze(-1) * v).sum(1).reshape(-1, SIZE)
    seen = _norm(p, "attendedNorm", memory + mixed)
    thought = seen
    for i in range(LAYERS):
        thought = F.linear(
            thought.relu() if i else thought, p[f"mlp{i}/weight"], p[f"mlp{i}/bias"]
        )
    fresh = _norm(p, "mlpNorm", seen + thought).tanh()
    gates = F.linear(memory.tanh(), p["memoryGates/weight"])
    enter, keep = (gates + F.linear(row, p["inputGates/weight"])).chunk(2, 1)
    return enter.sigmoid() * fresh + (keep + 1).sigmoid() * memory


def generate(p: Values, beta: float) -> torch.Tensor:
    """A batch of relaxed sequences [T,N,V]: softmax(beta (o + g)); what is read is the hard token."""
    memory_of = _under(p, "memory")
    memory = torch.zeros(BATCH, SIZE)
    memory[:, 0] = 1
    token = torch.zeros(BATCH, dtype=torch.long)
    soft = []
    for _ in range(TIME):
        memory = memory_step(memory_of, F.embedding(token, p["embedding/weight"]), memory)
        logits = F.linear(memory, p["out/weight"], p["out/bias"])
        # -log of an exponential number is a Gumbel one.
        disturbed = logits - torch.empty_like(logits).exponential_().log_()
        token = disturbed.detach().argmax(1)
        soft.append((beta * disturbed).softmax(1))
    return torch.stack(soft)


def _head(p: Values, h: torch.Tensor) -> torch.Tensor:
    g = F.linear(h, p["highway/transform/weight"]).relu()
    t = F.linear(h, p["highway/gate/weight"]).sigmoid()
    h = F.dropout(torch.lerp(h, g, t), DROPOUT, training=True)
    h = F.linear(h, p["features/weight"], p["features/bias"])
    return F.linear(h, p["out/weight"], p["out/bias"])


def _plain_scores(p: Values, x: torch.Tensor) -> torch.Tensor:
    """Distributions [T,N,V] -> scores [N S,1]."""
    image = (x @ p["embedding/weight"]).transpose(0, 1).unsqueeze(1)
    pooled = []
    for width in WIDTHS:
        weight = p[f"conv{width}/weight"].view(FILTERS, 1, width, 1)
        h = F.conv2d(image, weight, p[f"conv{width}/bias"]).relu()
        pooled.append(F.max_pool2d(h, (TIME - width + 1, 1)).squeeze(2))
    h = torch.cat(pooled, 1).transpose(1, 2)
    return _head(p, h.reshape(-1, FILTERS * len(WIDTHS)))


def _tuned_scores(p: Values, vectors: torch.Tensor) -> torch.Tensor:
    """Vectors [T,N,S] -> scores [N S,1]."""
    return _series_scores(p, vectors.reshape(TIME, -1))


def _scores_in_parts(p: Values, vectors: torch.Tensor) -> torch.Tensor:
    parts = vectors.reshape(TIME, -1).split(PART, 1)
    return torch.cat([_series_scores(p, part) for part in parts])


def _series_scores(p: Values, series: torch.Tensor) -> torch.Tensor:
    pooled = []
    for width in WIDTHS:
        windows = torch.stack([series[k : k + TIME - width + 1] for k in range(width)], 2)
        most = (windows @ p[f"conv{width}/weight"].t()).max(0).values
        pooled.append(most.add(p[f"conv{width}/bias"]).relu())
    return _head(p, torch.cat(pooled, 1))


def relgan_step(
    weights: str | None, *, tuned: bool = True, parts: bool = False, compiled: bool = False
) -> Step:
    p = load_parameters(weights)
    g, d = _under(p, "generator"), _under(p, "discriminator")
    g_values, d_values = list(g.values()), list(d.values())
    flags = {"fused": True} if tuned else {"foreach": False}
    g_adam, d_adam = (torch.optim.Adam(values, lr=RATE, **flags) for values in (g_values, d_values))
    write = generate
    judge = _scores_in_parts if parts else _tuned_scores if tuned else _plain_scores
    if compiled:
        write, judge = torch.compile(write), torch.compile(judge)
    reals = [
        torch.from_numpy(integers(3000 + i, TIME * BATCH, VOCABULARY)).view(TIME, BATCH)
        for i in range(POOL)
    ]

    def vectors(x: torch.Tensor) -> torch.Tensor:
        if x.dtype == torch.long:
            return F.embedding(x, d["embedding/weight"])
        return x @ d["embedding/weight"]

    def scores(real: torch.Tensor, fake: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if not tuned:
            return judge(d, F.one_hot(real, VOCABULARY).float()), judge(d, fake)
        both = judge(d, torch.cat([vectors(real), vectors(fake)], 1))
        return both.chunk(2)

    def move(adam: torch.optim.Adam, values: list[torch.Tensor], loss: torch.Tensor) -> float:
        adam.zero_grad(set_to_none=True)
        loss.backward(inputs=values)
        torch.nn.utils.clip_grad_norm_(values, CLIP, foreach=tuned)
        adam.step()
        return loss.item()

    def d_move(real: torch.Tensor) -> float:
        with torch.set_grad_enabled(not tuned):
            fake = write(g, 1.0).detach()
        on_real, on_fake = scores(real, fake)
        return move(d_adam, d_values, F.softplus(on_fake - on_real).mean())

    def g_move(real: torch.Tensor) -> float:
        if not tuned:
            on_real, on_fake = scores(real, write(g, 1.0))
            return move(g_adam, g_values, F.softplus(on_real - on_fake).mean())
        for value in d_values:
            value.requires_grad_(False)
        with torch.no_grad():
            on_real = judge(d, vectors(real))
        on_fake = judge(d, vectors(write(g, 1.0)))
        loss = move(g_adam, g_values, F.softplus(on_real - on_fake).mean())
        for value in d_values:
            value.requires_grad_(True)
        return loss

    def step(index: int) -> list[float]:
        batches = [reals[(index * (D_STEPS + 1) + i) % POOL] for i in range(D_STEPS + 1)]
        return [*(d_move(real) for real in batches[:-1]), g_move(batches[-1])]

    return step


def relgan_case() -> dict:
    def variant(**options) -> Callable[[str | None], Step]:
        return lambda weights: relgan_step(weights, **options)

    return {
        "timed": "batch 64, T=20, vocabulary 5000, relational memory 1 x 2 x 256, 64 representations "
        "x (2,3,4,5 x 300 filters): 5 moves of D and one of G, relativistic loss, noise, clipping, "
        "Adam; all losses read",
        "variants": {
            "plain": variant(tuned=False),
            "tuned": variant(),
            "parts": variant(parts=True),
            "compile-tuned": variant(compiled=True),
        },
    }
