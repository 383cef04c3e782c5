"""One step of SeqGAN's generator (AAAI 2017) at the published sizes, for torch_worker.py to time.

`seqgan_case()` is an entry of cases.CASES. A step draws 64 sequences and, from each of their 19
beginnings, 16 ends, asks D about all of them, takes each place's mean off its rewards and plays one step of
policy gradient. What is drawn is of each side's own making, so step(i) gives the mean reward.
Parameter i is normal(i, shape, 0, ..) by gansmith's names; D's embedding is uniform, its biases are 0.1.

"plain" draws and judges a rollout at a time, as one would write it first. The tuned ones draw all
beginnings' ends in one batch that grows with every token, and judge them in chunks: filters are matrix
products whose largest response is found before bias and relu, the highway's two are one. "compile-tuned"
compiles D besides.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from safetensors.numpy import load_file
from torch.nn import functional as F

from hashing import normal, uniform
from sampling import DRAWS, TIME, VOCABULARY, cell, generator_shapes, input_table, tokens_after

BATCH, ROLLOUTS = 64, 16
HIDDEN, VECTOR, RATE, CLIP = 32, 64, 1e-3, 5.0
FILTERS = {1: 100, 2: 200, 3: 200, 4: 200, 5: 200} | dict.fromkeys(range(6, 11), 100)
FILTERS |= {15: 160, 20: 160}
FEATURES = sum(FILTERS.values())
Values = dict[str, torch.Tensor]
Step = Callable[[int], list[float]]


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes = generator_shapes(HIDDEN)
    shapes |= {"discriminator/embedding/weight": (VOCABULARY, VECTOR)}
    for width, filters in FILTERS.items():
        shapes |= {f"discriminator/conv{width}/weight": (filters, width * VECTOR)}
        shapes |= {f"discriminator/conv{width}/bias": (filters,)}
    for name in ("transform", "gate"):
        shapes |= {f"discriminator/highway/{name}/weight": (FEATURES, FEATURES)}
        shapes |= {f"discriminator/highway/{name}/bias": (FEATURES,)}
    shapes |= {"discriminator/out/weight": (1, FEATURES), "discriminator/out/bias": (1,)}
    return shapes


def _initial(index: int, name: str, shape: tuple[int, ...]) -> torch.Tensor:
    if name == "discriminator/embedding/weight":
        values = uniform(index, shape, 1)
    elif "/highway/" in name:
        values = normal(index, shape, 0, 1 / math.sqrt(FEATURES) if len(shape) > 1 else 0)
    elif name.startswith("discriminator/") and name.endswith("/bias"):
        return torch.full(shape, 0.1)
    else:
        values = normal(index, shape, 0, 0.1)
    return torch.from_numpy(values.astype("float32"))


def load_parameters(weights: str | None, scope: str) -> Values:
    arrays = load_file(weights) if weights else {}
    return {
        name.removeprefix(f"{scope}/"): torch.from_numpy(arrays[name])
        if weights
        else _initial(i, name, shape)
        for i, (name, shape) in enumerate(_shapes().items())
        if name.startswith(f"{scope}/")
    }


# D: tokens [N,T] -> the probability [N] that they are real.


def _plain_probabilities(d: Values, tokens: torch.Tensor) -> torch.Tensor:
    image = F.embedding(tokens, d["embedding/weight"]).unsqueeze(1)
    pooled = []
    for width, filters in FILTERS.items():
        weight = d[f"conv{width}/weight"].view(filters, 1, width, VECTOR)
        h = F.conv2d(image, weight, d[f"conv{width}/bias"]).relu().squeeze(3)
        pooled.append(F.max_pool1d(h, TIME - width + 1).squeeze(2))
    h = torch.cat(pooled, 1)
    g = F.linear(h, d["highway/transform/weight"], d["highway/transform/bias"]).relu()
    t = (F.linear(h, d["highway/gate/weight"], d["highway/gate/bias"]) - 2).sigmoid()
    return F.linear(t * g + (1 - t) * h, d["out/weight"], d["out/bias"]).sigmoid().squeeze(1)


def _windows(d: Values, tokens: torch.Tensor) -> list[torch.Tensor]:
    """Each width's filters as a product with overlapping windows of [T,N,E], then the maximum."""
    vectors = d["embedding/weight"][tokens.t()]
    pooled = []
    for width in FILTERS:
        places = TIME - width + 1
        shifted = [vectors[k : k + places] for k in range(width)]
        windows = torch.cat(shifted, 2) if width > 1 else vectors
        pooled.append((windows @ d[f"conv{width}/weight"].t()).amax(0))
    return pooled


def _conv1d(d: Values, tokens: torch.Tensor) -> list[torch.Tensor]:
    vectors = d["embedding/weight"][tokens].transpose(1, 2).contiguous()
    return [F.conv1d(vectors, d[f"conv{width}/kernel"]).amax(2) for width in FILTERS]


RESPONSES = {"windows": _windows, "conv1d": _conv1d}


def prepared(d: Values) -> Values:
    """D's weights in the forms that the tuned variants want; made once, as D stands still."""
    ready = {
        f"conv{width}/kernel": d[f"conv{width}/weight"]
        .view(filters, width, VECTOR)
        .transpose(1, 2)
        .contiguous()
        for width, filters in FILTERS.items()
    }
    names = ("highway/transform", "highway/gate")
    both = torch.cat([d[f"{name}/weight"] for name in names])
    bias = torch.cat([d["highway/transform/bias"], d["highway/gate/bias"] - 2])
    biases = torch.cat([d[f"conv{width}/bias"] for width in FILTERS])
    return d | ready | {"both/weight": both.t(), "both/bias": bias, "biases": biases}


def _tuned_probabilities(d: Values, tokens: torch.Tensor, responses) -> torch.Tensor:
    h = torch.cat(responses(d, tokens), 1).add_(d["biases"]).relu_()
    g, t = torch.addmm(d["both/bias"], h, d["both/weight"]).chunk(2, 1)
    h = torch.lerp(h, g.relu_(), t.sigmoid_())
    return F.linear(h, d["out/weight"], d["out/bias"]).sigmoid().squeeze(1)


# G: its sequences and the ends of their beginnings.


def _rollouts(g: Values, draw, rows: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Sequences [N,T], ends [T-1,rollouts,N,T]; at step t, t groups of ends have begun."""
    table = input_table(g)
    group = BATCH * ROLLOUTS
    token = torch.zeros(BATCH, dtype=torch.long)
    state = (torch.zeros(BATCH, HIDDEN), torch.zeros(BATCH, HIDDEN))
    ends = torch.empty(TIME - 1, group, TIME, dtype=torch.long)
    sequences = torch.empty(BATCH, TIME, dtype=torch.long)
    for t in range(TIME):
        state = cell(g, table, token, state)
        token = tokens_after(g, state[0], draw, rows)
        sequences[:, t] = token[:BATCH]
        ends[:t, :, t] = token[BATCH:].view(t, group)
        fresh = token[:BATCH].repeat(ROLLOUTS)
        ends[t:, :, t] = fresh
        token = torch.cat([token, fresh])
        state = tuple(torch.cat([x, x[:BATCH].repeat(ROLLOUTS, 1)]) for x in state)
    return sequences, ends


def _tuned_rewards(g: Values, d: Values, judge, draw, rows: int, chunk: int):
    sequences, ends = _rollouts(g, draw, rows)
    everything = torch.cat([sequences, ends.view(-1, TIME)])
    scores = torch.cat([judge(d, some) for some in everything.split(chunk)])
    begun = scores[BATCH:].view(TIME - 1, ROLLOUTS, BATCH).mean(1)
    return sequences, torch.cat([begun, scores[None, :BATCH]])


def _plain_rewards(g: Values, d: Values):
    def drawn(beginning: torch.Tensor) -> torch.Tensor:
        """[N,p] -> [N,T]."""
        tokens = beginning
        read = F.pad(beginning, (1, 0))
        state = None
        for t in range(TIME):
            vectors = F.embedding(read[:, t], g["embedding/weight"])
            gates = F.linear(vectors, g["lstm/inputWeight"], g["lstm/inputBias"])
            hidden, memory = state or (torch.zeros(BATCH, HIDDEN), torch.zeros(BATCH, HIDDEN))
            gates = gates + F.linear(hidden, g["lstm/hiddenWeight"], g["lstm/hiddenBias"])
            i, f, c, o = gates.chunk(4, 1)
            memory = f.sigmoid() * memory + i.sigmoid() * c.tanh()
            state = (o.sigmoid() * memory.tanh(), memory)
            if t >= beginning.shape[1]:
                p = F.linear(state[0], g["out/weight"], g["out/bias"]).softmax(1)
                tokens = torch.cat([tokens, torch.multinomial(p, 1)], 1)
                read = F.pad(tokens, (1, 0))
        return tokens

    sequences = drawn(torch.zeros(BATCH, 0, dtype=torch.long))
    rewards = torch.zeros(TIME, BATCH)
    for p in range(1, TIME):
        for _ in range(ROLLOUTS):
            rewards[p - 1] += _plain_probabilities(d, drawn(sequences[:, :p])) / ROLLOUTS
    rewards[-1] = _plain_probabilities(d, sequences)
    return sequences, rewards


def seqgan_step(
    weights: str | None,
    *,
    tuned: bool = True,
    responses: str = "windows",
    chunk: int = 256,
    draw: str = "blocks",
    rows: int = 128,
    compiled: bool = False,
) -> Step:
    g, d = load_parameters(weights, "generator"), load_parameters(weights, "discriminator")
    lstm = torch.nn.LSTM(HIDDEN, HIDDEN)
    with torch.no_grad():
        names = ("inputWeight", "hiddenWeight", "inputBias", "hiddenBias")
        for own, name in zip(lstm.parameters(), names, strict=True):
            own.copy_(g[f"lstm/{name}"])
            g[f"lstm/{name}"] = own.data
    trained = [g["embedding/weight"], g["out/weight"], g["out/bias"]]
    trained = [x.requires_grad_() for x in trained] + list(lstm.parameters())
    adam = torch.optim.Adam(trained, lr=RATE, **({"fused": True} if tuned else {"foreach": False}))

    def judge(d: Values, tokens: torch.Tensor) -> torch.Tensor:
        return _tuned_probabilities(d, tokens, RESPONSES[responses])

    if compiled:
        judge = torch.compile(judge)
    ready = prepared(d)

    def step(index: int) -> list[float]:
        with torch.no_grad():
            if tuned:
                tokens, rewards = _tuned_rewards(g, ready, judge, DRAWS[draw], rows, chunk)
            else:
                tokens, rewards = _plain_rewards(g, d)
        advantages = rewards - rewards.mean(1, keepdim=True)
        read = F.pad(tokens[:, :-1], (1, 0)).t()
        hidden, _ = lstm(F.embedding(read, g["embedding/weight"]))
        logits = F.linear(hidden, g["out/weight"], g["out/bias"]).flatten(0, 1)
        nll = F.cross_entropy(logits, tokens.t().flatten(), reduction="none")
        adam.zero_grad(set_to_none=True)
        (nll * advantages.flatten()).mean().backward()
        torch.nn.utils.clip_grad_norm_(trained, CLIP, foreach=tuned)
        adam.step()
        return [rewards.mean().item()]

    return step


def seqgan_case() -> dict:
    def variant(**options) -> Callable[[str | None], Step]:
        return lambda weights: seqgan_step(weights, **options)

    return {
        "timed": "batch 64, T=20, vocabulary 5000, embedding = hidden = 32; D 1720 filters of 12 widths and "
        "a highway: 64 sequences and 16 ends from each of 19 beginnings drawn and judged, baseline, "
        "policy gradient, clipping, Adam; every side draws its own numbers: for losses the mean reward",
        "variants": {
            "tuned": variant(),
            "tuned-conv1d": variant(responses="conv1d", chunk=1024),
            "tuned-search": variant(draw="search"),
            "compile-tuned": variant(compiled=True),
            "tuned-multinomial": variant(draw="multinomial"),
            "plain": variant(tuned=False),
        },
    }
