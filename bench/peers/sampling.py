"""Sequences drawn from an LSTM, for torch_worker.py to time, and how a token is drawn.

`sampling_case(width, sequences)` is an entry of cases.CASES. The numbers that are drawn are of each side's
own making, so step(i) gives a figure of the distribution: the mean token as a share of the vocabulary.
Parameter i is normal(i, shape, 0, sqrt(32 / width)): of width 32 it is SeqGAN's oracle.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from safetensors.numpy import load_file
from torch.nn import functional as F

from hashing import normal

TIME, VOCABULARY = 20, 5000
BLOCK = 100
Values = dict[str, torch.Tensor]
Step = Callable[[int], list[float]]
Draw = Callable[[torch.Tensor], torch.Tensor]


def generator_shapes(width: int) -> dict[str, tuple[int, ...]]:
    """By gansmith's names."""
    return {
        "generator/embedding/weight": (VOCABULARY, width),
        "generator/lstm/inputWeight": (4 * width, width),
        "generator/lstm/inputBias": (4 * width,),
        "generator/lstm/hiddenWeight": (4 * width, width),
        "generator/lstm/hiddenBias": (4 * width,),
        "generator/out/weight": (VOCABULARY, width),
        "generator/out/bias": (VOCABULARY,),
    }


def _multinomial(logits: torch.Tensor) -> torch.Tensor:
    return torch.multinomial(logits.softmax(1), 1).squeeze(1)


def _race(logits: torch.Tensor) -> torch.Tensor:
    """The largest p / q with q exponential: argmax of logits + Gumbel noise, without logarithms."""
    return (logits.softmax(1) / torch.empty_like(logits).exponential_()).argmax(1)


def _search(logits: torch.Tensor) -> torch.Tensor:
    """Where a uniform number falls among the running sums."""
    running = logits.softmax(1).cumsum_(1)
    wanted = torch.rand(len(logits), 1) * running[:, -1:]
    return torch.searchsorted(running, wanted, right=True).squeeze(1).clamp_(max=VOCABULARY - 1)


def _blocks(logits: torch.Tensor) -> torch.Tensor:
    """As _search, among the sums of blocks first, and then in one block."""
    rows = len(logits)
    p = logits.softmax(1).view(rows, -1, BLOCK)
    sums = p.sum(2)
    running = sums.cumsum(1)
    wanted = torch.rand(rows, 1) * running[:, -1:]
    block = torch.searchsorted(running, wanted, right=True).clamp_(max=VOCABULARY // BLOCK - 1)
    rest = wanted - (running.gather(1, block) - sums.gather(1, block))
    inside = p[torch.arange(rows), block.squeeze(1)].cumsum(1)
    place = torch.searchsorted(inside, rest, right=True).clamp_(max=BLOCK - 1)
    return (block * BLOCK + place).squeeze(1)


DRAWS: dict[str, Draw] = {
    "multinomial": _multinomial,
    "race": _race,
    "search": _search,
    "blocks": _blocks,
}


def tokens_after(p: Values, hidden: torch.Tensor, draw: Draw, rows: int) -> torch.Tensor:
    """Hidden vectors [N,H] -> tokens [N], `rows` at a time: their logits stay in the cache."""
    weight, bias = p["out/weight"].t(), p["out/bias"]
    drawn = [draw(torch.addmm(bias, some, weight)) for some in hidden.split(rows)]
    return torch.cat(drawn) if len(drawn) > 1 else drawn[0]


def cell(p: Values, table: torch.Tensor, token: torch.Tensor, state) -> tuple:
    """One LSTM step; `table` has the input's share of the gates for every token, biases included."""
    hidden, memory = state
    gates = torch.addmm(table[token], hidden, p["lstm/hiddenWeight"].t())
    i, f, g, o = gates.chunk(4, 1)
    memory = f.sigmoid() * memory + i.sigmoid() * g.tanh()
    return o.sigmoid() * memory.tanh(), memory


def input_table(p: Values) -> torch.Tensor:
    bias = p["lstm/inputBias"] + p["lstm/hiddenBias"]
    return torch.addmm(bias, p["embedding/weight"], p["lstm/inputWeight"].t())


def _sampling(width: int, sequences: int, *, chunk: int, draw: str, rows: int = 0, compiled=False):
    how = torch.compile(DRAWS[draw]) if compiled else DRAWS[draw]

    def some(p: Values, table: torch.Tensor, count: int) -> torch.Tensor:
        token = torch.zeros(count, dtype=torch.long)
        state = (torch.zeros(count, width), torch.zeros(count, width))
        tokens = []
        for _ in range(TIME):
            state = cell(p, table, token, state)
            token = tokens_after(p, state[0], how, rows or count)
            tokens.append(token)
        return torch.stack(tokens)

    def build(weights: str | None) -> Step:
        arrays = load_file(weights) if weights else {}
        p = {}
        for i, (name, shape) in enumerate(generator_shapes(width).items()):
            array = arrays[name] if weights else normal(i, shape, 0, math.sqrt(32 / width))
            p[name.removeprefix("generator/")] = torch.from_numpy(array.astype("float32"))

        @torch.no_grad()
        def step(index: int) -> list[float]:
            table = input_table(p)
            tokens = [some(p, table, chunk) for _ in range(sequences // chunk)]
            return [torch.cat(tokens, 1).double().mean().item() / VOCABULARY]

        return step

    return build


def _plain(width: int, sequences: int):
    """nn.Embedding, nn.LSTM a token at a time, nn.Linear, softmax, multinomial; 100 sequences at a time."""

    def build(weights: str | None) -> Step:
        arrays = load_file(weights) if weights else {}
        values = [
            torch.from_numpy(
                (arrays[name] if weights else normal(i, shape, 0, math.sqrt(32 / width))).astype(
                    "float32"
                )
            )
            for i, (name, shape) in enumerate(generator_shapes(width).items())
        ]
        lstm = torch.nn.LSTM(width, width)
        embedding, w_ih, b_ih, w_hh, b_hh, out, out_bias = values
        with torch.no_grad():
            for own, value in zip(lstm.parameters(), (w_ih, w_hh, b_ih, b_hh), strict=True):
                own.copy_(value)

        @torch.no_grad()
        def step(index: int) -> list[float]:
            total = 0.0
            for _ in range(sequences // 100):
                token, state = torch.zeros(1, 100, dtype=torch.long), None
                for _ in range(TIME):
                    hidden, state = lstm(F.embedding(token, embedding), state)
                    p = F.linear(hidden[0], out, out_bias).softmax(1)
                    token = torch.multinomial(p, 1).view(1, 100)
                    total += token.sum().item()
            return [total / (sequences * TIME * VOCABULARY)]

        return step

    return build


def sampling_case(width: int, sequences: int) -> dict:
    def variant(**options):
        return _sampling(width, sequences, **options)

    return {
        "timed": f"{sequences} sequences of 20 tokens at temperature 1 from embedding, LSTM and projection "
        f"to 5000 tokens, embedding = hidden = {width}; every side draws its own numbers: for losses the "
        "mean token as a share of the vocabulary",
        "variants": {
            "blocks-100": variant(draw="blocks", chunk=100),
            "blocks-500-by-100": variant(draw="blocks", chunk=500, rows=100),
            "search-100": variant(draw="search", chunk=100),
            "compile-blocks-100": variant(draw="blocks", chunk=100, compiled=True),
            "race-100": variant(draw="race", chunk=100),
            "multinomial-100": variant(draw="multinomial", chunk=100),
            "plain": _plain(width, sequences),
        },
    }
