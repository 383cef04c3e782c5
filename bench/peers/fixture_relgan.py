"""RelGAN (ICLR 2019) with functions of PyTorch: a step of the relational memory, the scores of the
discriminator, and both moves of the game for given noise, each with the gradients of all it reads.

Everything is written from the formulas, one row a sequence, one slot after another; parameters carry
gansmith's names. The memory is arXiv 1806.01822's: queries, keys and values are normalised together,
queries are scaled by (3 x head size)^-1/2, the forget gate has a bias of 1.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

from fixture_file import Draw, array, write
from fixture_layers import Values

LAYERS = 2


def memory_parameters(draw: Draw, width: int, size: int) -> Values:
    n = draw.normal
    p = {
        "input/weight": n(size, width, std=0.5),
        "input/bias": n(size, std=0.1),
        "attention/weight": n(3 * size, size, std=0.5),
        "inputGates/weight": n(2 * size, size, std=0.5),
        "memoryGates/weight": n(2 * size, size, std=0.5),
    }
    for i in range(LAYERS):
        p |= {f"mlp{i}/weight": n(size, size, std=0.5), f"mlp{i}/bias": n(size, std=0.1)}
    for name, features in (("attention", 3 * size), ("attended", size), ("mlp", size)):
        p |= {f"{name}Norm/scale": n(features, mean=1, std=0.2)}
        p |= {f"{name}Norm/bias": n(features, std=0.1)}
    return p


def _norm(p: Values, name: str, x: torch.Tensor) -> torch.Tensor:
    return F.layer_norm(x, x.shape[-1:], p[f"{name}/scale"], p[f"{name}/bias"], 1e-5)


def memory_step(p: Values, x: torch.Tensor, memory: torch.Tensor, heads: int) -> torch.Tensor:
    """x [N,I], memory [N,S,M] -> [N,S,M]."""
    rows, slots, size = memory.shape
    key = size // heads
    row = F.linear(x, p["input/weight"], p["input/bias"])
    everything = torch.cat([memory, row.unsqueeze(1)], 1)
    asked = _norm(p, "attentionNorm", F.linear(everything, p["attention/weight"]))
    q, k, v = (
        part.reshape(rows, slots + 1, heads, key).transpose(1, 2) for part in asked.split(size, -1)
    )
    weights = ((q * (3 * key) ** -0.5) @ k.transpose(-1, -2)).softmax(-1)
    mixed = (weights @ v).transpose(1, 2).reshape(rows, slots + 1, size)
    seen = _norm(p, "attendedNorm", everything + mixed)
    thought = seen
    for i in range(LAYERS):
        thought = F.linear(
            thought.relu() if i else thought, p[f"mlp{i}/weight"], p[f"mlp{i}/bias"]
        )
    fresh = _norm(p, "mlpNorm", seen + thought)[:, :slots]
    gates = F.linear(memory.tanh(), p["memoryGates/weight"])
    gates = gates + F.linear(row, p["inputGates/weight"]).unsqueeze(1)
    enter, keep = gates.split(size, -1)
    return enter.sigmoid() * fresh.tanh() + (keep + 1).sigmoid() * memory


def judge_parameters(
    draw: Draw, vocabulary: int, options: dict, widths: list[tuple[int, int]]
) -> Values:
    n = draw.normal
    part = options["embedding"] // options["representations"]
    total = sum(filters for _, filters in widths)
    p = {"embedding/weight": n(vocabulary, options["embedding"])}
    for width, filters in widths:
        p |= {f"conv{width}/weight": n(filters, width * part), f"conv{width}/bias": n(filters)}
    p |= {f"highway/{name}/weight": n(total, total, std=0.5) for name in ("transform", "gate")}
    p |= {"features/weight": n(options["features"], total), "features/bias": n(options["features"])}
    return p | {"out/weight": n(1, options["features"]), "out/bias": n(1)}


def judge(p: Values, x: torch.Tensor, representations: int, widths: list[int]) -> torch.Tensor:
    """Distributions [T,N,V] -> scores [N,S]: each small vector through the same convolutions."""
    steps, rows, _ = x.shape
    vectors = (x @ p["embedding/weight"]).reshape(steps, rows * representations, -1)
    series = vectors.permute(1, 2, 0)
    pooled = []
    for width in widths:
        weight = p[f"conv{width}/weight"].reshape(-1, width, series.shape[1]).transpose(1, 2)
        pooled.append(F.conv1d(series, weight, p[f"conv{width}/bias"]).relu().amax(2))
    h = torch.cat(pooled, 1)
    g = F.linear(h, p["highway/transform/weight"]).relu()
    t = F.linear(h, p["highway/gate/weight"]).sigmoid()
    h = F.linear(t * g + (1 - t) * h, p["features/weight"], p["features/bias"])
    return F.linear(h, p["out/weight"], p["out/bias"]).reshape(rows, representations)


def relaxed(
    p: Values,
    uniform: torch.Tensor,
    beta: float,
    *,
    heads: int,
    slots: int,
    start: int,
    end: int | None,
) -> torch.Tensor:
    """Uniform numbers [T,N,V] -> softmax(beta (o + g)) [T,N,V] of a whole generation."""
    length, rows, vocabulary = uniform.shape
    memory_of = {k.removeprefix("memory/"): v for k, v in p.items() if k.startswith("memory/")}
    size = memory_of["attention/weight"].shape[1]
    memory = torch.eye(slots, size, dtype=uniform.dtype).expand(rows, slots, size)
    token = torch.full((rows,), start)
    ended = torch.zeros(rows, dtype=torch.bool)
    soft = []
    for t in range(length):
        memory = memory_step(memory_of, p["embedding/weight"][token], memory, heads)
        logits = F.linear(memory.reshape(rows, -1), p["out/weight"], p["out/bias"])
        disturbed = logits - torch.log(1e-10 - torch.log(uniform[t] + 1e-10))
        drawn = (beta * disturbed).softmax(1)
        token = disturbed.argmax(1)
        if end is not None:
            certain = F.one_hot(torch.tensor(end), vocabulary).to(drawn.dtype)
            drawn = torch.where(ended[:, None], certain, drawn)
            token = torch.where(ended, end, token)
            ended = ended | (token == end)
        soft.append(drawn)
    return torch.stack(soft)


def _slopes(total: torch.Tensor, values: Values) -> Values:
    grads = torch.autograd.grad(total, list(values.values()))
    return {f"gradients/{key}": grad for key, grad in zip(values, grads, strict=True)}


def _clipped(slopes: Values, clip: float) -> Values:
    norm = torch.sqrt(sum(g.square().sum() for g in slopes.values()))
    return {key: g * min(1.0, clip / norm.item()) for key, g in slopes.items()}


def _wanted(values: Values) -> Values:
    for value in values.values():
        value.requires_grad_()
    return values


def _memory_cases(draw: Draw, tensors: Values) -> list[dict]:
    cases = []
    for name, slots, heads, key in (("one slot", 1, 2, 3), ("three slots", 3, 2, 2)):
        rows, width, size = 4, 5, heads * key
        p = _wanted(memory_parameters(draw, width, size))
        x = {"x": draw.normal(rows, width), "memory": draw.normal(rows, slots, size)}
        _wanted(x)
        after = memory_step(p, x["x"], x["memory"], heads)
        cotangent = draw.normal(*after.shape)
        values = {"cotangent": cotangent, "after": after} | x
        values |= {f"params/{key}": value for key, value in p.items()}
        values |= _slopes((after * cotangent).sum(), x | p)
        tensors |= {f"{name}/{key}": value for key, value in values.items()}
        options = {"heads": heads, "headSize": key, "layers": LAYERS}
        cases.append({"name": name, "options": options, "slots": slots, "names": list(p)})
    return cases


VOCABULARY = 7
JUDGES: tuple[tuple[str, int, dict, tuple[tuple[int, int], ...]], ...] = (
    ("small", 6, {"embedding": 4, "representations": 4, "features": 3}, ((2, 3), (3, 2), (9, 2))),
    ("pairs", 5, {"embedding": 6, "representations": 3, "features": 2}, ((1, 2), (5, 3))),
)


def _judge_cases(draw: Draw, tensors: Values) -> list[dict]:
    cases = []
    for name, length, options, convolutions in JUDGES:
        rows = 3
        fitting = [(width, filters) for width, filters in convolutions if width <= length]
        p = _wanted(judge_parameters(draw, VOCABULARY, options, fitting))
        soft = _wanted({"soft": draw.normal(length, rows, VOCABULARY).softmax(2)})
        # The last tokens are equal, so that a filter may have several equal largest responses.
        tokens = (draw.normal(length, rows).abs() * 4).long().clamp(max=VOCABULARY - 1)
        tokens[-3:] = 1
        inputs = {"soft": soft["soft"], "hard": F.one_hot(tokens, VOCABULARY).double()}
        widths = [width for width, _ in fitting]
        values: Values = {"tokens": tokens, "soft": soft["soft"]}
        values |= {f"params/{key}": value for key, value in p.items()}
        for kind, x in inputs.items():
            scores = judge(p, x, options["representations"], widths)
            cotangent = draw.normal(*scores.shape)
            read = (soft if kind == "soft" else {}) | p
            of = {"scores": scores, "cotangent": cotangent}
            of |= _slopes((scores * cotangent).sum(), read)
            values |= {f"{kind}/{key}": value for key, value in of.items()}
        tensors |= {f"{name}/{key}": value for key, value in values.items()}
        described = [{"width": width, "filters": filters} for width, filters in convolutions]
        cases.append(
            {
                "name": name,
                "options": options | {"convolutions": described, "dropout": 0},
                "shape": {"vocabulary": VOCABULARY, "length": length},
                "names": list(p),
            }
        )
    return cases


def _game_cases(draw: Draw, tensors: Values) -> list[dict]:
    cases = []
    for name, slots, end, beta, clip in (
        ("full sequences", 1, None, 1.5, 1e6),
        ("with ends", 2, 1, 4.0, 0.05),
    ):
        rows, length, width, heads, key = 6, 5, 3, 2, 2
        size = heads * key
        options = {"embedding": 4, "representations": 2, "features": 3}
        fitting = [(2, 3), (3, 2)]
        g = {"embedding/weight": draw.normal(VOCABULARY, width)}
        g |= {f"memory/{k}": v for k, v in memory_parameters(draw, width, size).items()}
        g |= {"out/weight": draw.normal(VOCABULARY, slots * size), "out/bias": draw.normal(VOCABULARY)}
        d = judge_parameters(draw, VOCABULARY, options, fitting)
        _wanted(g), _wanted(d)
        real = (draw.normal(length, rows).abs() * 4).long().clamp(max=VOCABULARY - 1)
        uniform = (draw.positive(length, rows, VOCABULARY) - 0.5).clamp(max=1 - 2**-24)
        soft = relaxed(g, uniform, beta, heads=heads, slots=slots, start=0, end=end)
        parts, widths = options["representations"], [2, 3]
        on_real = judge(d, F.one_hot(real, VOCABULARY).double(), parts, widths)
        on_fake = judge(d, soft, parts, widths)
        g_loss = F.softplus(on_real - on_fake).mean()
        d_loss = F.softplus(on_fake - on_real).mean()
        values = {"real": real, "uniform": uniform, "beta": torch.tensor([beta]).double()}
        values |= {f"params/generator/{k}": v for k, v in g.items()}
        values |= {f"params/discriminator/{k}": v for k, v in d.items()}
        for player, loss, network, p in (
            ("g", g_loss, "generator", g),
            ("d", d_loss, "discriminator", d),
        ):
            slopes = torch.autograd.grad(loss, list(p.values()), retain_graph=True)
            clipped = _clipped(dict(zip(p, slopes, strict=True)), clip)
            values |= {f"{player}/loss": loss.reshape(1)}
            values |= {f"{player}/gradients/{network}/{k}": v for k, v in clipped.items()}
        values |= {"d/realScore": on_real.mean().reshape(1)}
        values |= {"d/fakeScore": on_fake.mean().reshape(1)}
        tensors |= {f"{name}/{key}": value for key, value in values.items()}
        cases.append(
            {
                "name": name,
                "shape": {"vocabulary": VOCABULARY, "length": length, "start": 0}
                | ({} if end is None else {"end": end}),
                "generator": {
                    **{"embedding": width, "heads": heads, "headSize": key},
                    **{"slots": slots, "layers": LAYERS, "dropout": 0},
                },
                "discriminator": options
                | {"convolutions": [{"width": w, "filters": f} for w, f in fitting], "dropout": 0},
                **{"batch": rows, "clip": clip},
            }
        )
    return cases


def make_relgan() -> None:
    draw = Draw(500_000)
    tensors: Values = {}
    description = {
        "torch": torch.__version__,
        "memory": _memory_cases(draw, tensors),
        "judges": _judge_cases(draw, tensors),
        "games": _game_cases(draw, tensors),
    }
    write("relgan", {key: array(value) for key, value in tensors.items()}, description)
