"""Games of rewarded tokens: ScratchGAN's and RankGAN's losses and the gradients of all parameters.

Written with functions of PyTorch and plain loops, after arXiv 1905.09922 and 1705.11001. Parameters
carry gansmith's names.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F

from fixture_file import Draw, array, write
from fixture_layers import Values
from fixture_sequences import cnn_features, cnn_parameters

LENGTH, BATCH, VOCABULARY, END = 5, 3, 7, 1
EMBEDDING, HIDDEN, PLACES = 3, 4, 8
L2, DISCOUNT, DECAY = 0.03, 0.23, 0.08
CONVOLUTIONS, REFERENCES, GAMMA = [(1, 3), (2, 4), (4, 2)], 2, 1.7


def _tokens(draw: Draw, rows: int = BATCH, ended: bool = False) -> torch.Tensor:
    """[T,N]; where they have ended, the first sequence ends after two tokens and the second after four."""
    tokens = (draw.normal(LENGTH, rows).abs() * 4).long().clamp(max=VOCABULARY - 1)
    tokens[tokens == END] = END + 1
    if ended:
        tokens[2:, 0] = END
        tokens[4:, 1] = END
    return tokens


def _trained(p: Values) -> Values:
    for value in p.values():
        value.requires_grad_()
    return p


def _with_gradients(p: Values) -> Values:
    return {f"params/{k}": v for k, v in p.items()} | {f"gradients/{k}": v.grad for k, v in p.items()}


def _share(right: torch.Tensor) -> torch.Tensor:
    return right.double().mean().reshape(1)


def _places() -> torch.Tensor:
    """Eight sines and cosines of each place, [T,8]."""
    rows = []
    for t in range(LENGTH):
        angles = [t / 10_000 ** (k / 3) for k in range(4)]
        rows.append([math.sin(a) for a in angles] + [math.cos(a) for a in angles])
    return torch.tensor(rows, dtype=torch.float64)


def _judge_steps(p: Values, tokens: torch.Tensor) -> torch.Tensor:
    """A logit after each token, [T,N]."""
    rows = tokens.shape[1]
    h = c = torch.zeros(rows, HIDDEN, dtype=torch.float64)
    logits = []
    for token, place in zip(tokens, _places(), strict=True):
        x = torch.cat([p["embedding/weight"][token], place.expand(rows, PLACES)], 1)
        x = F.linear(x, p["input/weight"], p["input/bias"])
        sums = F.linear(x, p["lstm/inputWeight"]) + F.linear(h, p["lstm/hiddenWeight"])
        gates = F.layer_norm(sums, (4 * HIDDEN,), p["lstm/scale"], p["lstm/bias"])
        i, f, g, o = gates.chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        logits.append(F.linear(h, p["out/weight"], p["out/bias"]).squeeze(1))
    return torch.stack(logits)


def _discriminator(draw: Draw) -> Values:
    n = draw.normal
    p = _trained(
        {
            "embedding/weight": n(VOCABULARY, EMBEDDING),
            "input/weight": n(HIDDEN, EMBEDDING + PLACES, std=0.5),
            "input/bias": n(HIDDEN, std=0.5),
            "lstm/inputWeight": n(4 * HIDDEN, HIDDEN),
            "lstm/hiddenWeight": n(4 * HIDDEN, HIDDEN),
            "lstm/scale": n(4 * HIDDEN, mean=1, std=0.2),
            "lstm/bias": n(4 * HIDDEN, std=0.3),
            "out/weight": n(1, HIDDEN),
            "out/bias": n(1),
        }
    )
    real, fake = _tokens(draw), _tokens(draw)
    on_real, on_fake = _judge_steps(p, real), _judge_steps(p, fake)
    judge = F.binary_cross_entropy_with_logits
    loss = judge(on_real, torch.ones_like(on_real)) + judge(on_fake, torch.zeros_like(on_fake))
    loss = loss + L2 / 2 * sum(value.square().sum() for value in p.values())
    loss.backward()
    values = {"real": real, "fake": fake, "logits": on_real, "loss": loss.reshape(1)}
    values |= {"realAccuracy": _share(on_real > 0), "fakeAccuracy": _share(on_fake < 0)}
    return values | _with_gradients(p)


def _log_probabilities(p: Values, tokens: torch.Tensor) -> torch.Tensor:
    """log p(token | tokens before it), [T,N]; token 0 is read before the first."""
    lstm = nn.LSTM(EMBEDDING, HIDDEN).double()
    read = torch.cat([torch.zeros_like(tokens[:1]), tokens[:-1]])
    names = {"weight_ih_l0": "inputWeight", "weight_hh_l0": "hiddenWeight"}
    names |= {"bias_ih_l0": "inputBias", "bias_hh_l0": "hiddenBias"}
    own = {theirs: p[f"lstm/{ours}"] for theirs, ours in names.items()}
    hidden, _ = torch.func.functional_call(lstm, own, (F.embedding(read, p["embedding/weight"]),))
    logits = F.linear(hidden, p["out/weight"], p["out/bias"])
    return logits.log_softmax(2).gather(2, tokens.unsqueeze(2)).squeeze(2)


def _policy(draw: Draw, ended: bool) -> Values:
    n = draw.normal
    p = _trained(
        {
            "embedding/weight": n(VOCABULARY, EMBEDDING),
            "lstm/inputWeight": n(4 * HIDDEN, EMBEDDING),
            "lstm/hiddenWeight": n(4 * HIDDEN, HIDDEN),
            "lstm/inputBias": n(4 * HIDDEN),
            "lstm/hiddenBias": n(4 * HIDDEN),
            "out/weight": n(VOCABULARY, HIDDEN),
            "out/bias": n(VOCABULARY),
        }
    )
    tokens = _tokens(draw, ended=ended)
    rewards = 2 * n(LENGTH, BATCH).sigmoid() - 1
    old = n(1, std=0.1)
    drawn = torch.ones(LENGTH, BATCH, dtype=torch.float64)
    if ended:
        drawn[3:, 0] = 0
    returns = torch.zeros(LENGTH, BATCH, dtype=torch.float64)
    for t in range(LENGTH):
        for s in range(t, LENGTH):
            returns[t] += DISCOUNT ** (s - t) * rewards[s] * drawn[s]
    baseline = DECAY * old + (1 - DECAY) * returns[drawn > 0].mean()
    advantages = (returns - baseline) * drawn
    loss = -(advantages * _log_probabilities(p, tokens)).sum() / drawn.sum()
    loss.backward()
    values = {"tokens": tokens, "rewards": rewards, "old": old, "baseline": baseline}
    values |= {"advantages": advantages, "loss": loss.reshape(1)}
    return values | _with_gradients(p)


def _log_ranks(ranked: torch.Tensor, others: torch.Tensor, by: torch.Tensor) -> torch.Tensor:
    """log R of each of `ranked` [N,F] among itself and `others`, by references: [N]."""
    scores = []
    for s in ranked:
        shares = []
        for u in by:
            among = torch.cat([s.unsqueeze(0), others])
            cosines = F.cosine_similarity(among, u.unsqueeze(0), dim=1)
            shares.append((GAMMA * cosines).softmax(0)[0])
        scores.append(torch.stack(shares).mean().log())
    return torch.stack(scores)


def _ranker(draw: Draw) -> Values:
    p = _trained(cnn_parameters(draw, VOCABULARY, EMBEDDING, CONVOLUTIONS))
    real, fake, by = _tokens(draw), _tokens(draw), _tokens(draw, REFERENCES)
    widths = [width for width, _ in CONVOLUTIONS]
    on_real, on_fake, on_by = (cnn_features(p, x, widths) for x in (real, fake, by))
    of_real = _log_ranks(on_real, on_fake, on_by)
    of_fake = _log_ranks(on_fake, on_real, on_by)
    loss = -(of_real.mean() - of_fake.mean())
    loss.backward()
    average = math.log(1 / (BATCH + 1))
    values = {"real": real, "fake": fake, "references": by, "loss": loss.reshape(1)}
    values |= {"realRanks": of_real, "fakeRanks": of_fake}
    values |= {"realAccuracy": _share(of_real > average), "fakeAccuracy": _share(of_fake < average)}
    return values | _with_gradients(p)


def make_sequence_rewards() -> None:
    draw = Draw(500_000)
    cases = {
        "discriminator": _discriminator(draw),
        "policy": _policy(draw, ended=False),
        "ended": _policy(draw, ended=True),
        "ranker": _ranker(draw),
    }
    tensors = {f"{name}/{k}": array(v) for name, values in cases.items() for k, v in values.items()}
    description = {
        "torch": torch.__version__,
        "shape": {"vocabulary": VOCABULARY, "length": LENGTH, "batch": BATCH, "end": END},
        "discriminator": {"embedding": EMBEDDING, "hidden": HIDDEN, "l2": L2},
        "policy": {
            **{"embedding": EMBEDDING, "hidden": HIDDEN},
            **{"discount": DISCOUNT, "baselineDecay": DECAY},
        },
        "ranker": {
            **{"embedding": EMBEDDING, "references": REFERENCES, "gamma": GAMMA},
            "convolutions": [{"width": w, "filters": f} for w, f in CONVOLUTIONS],
        },
        "names": {
            name: [k.removeprefix("params/") for k in values if k.startswith("params/")]
            for name, values in cases.items()
        },
    }
    write("sequence-rewards", tensors, description)
