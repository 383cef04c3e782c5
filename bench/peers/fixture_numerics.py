"""Optimizer steps, adversarial losses and second-order penalties, all in float64."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.nn.functional import softplus

from fixture_file import Draw, array, write


def make_optimizers() -> None:
    draw = Draw(400_000)
    shapes = {"weight": (3, 4), "bias": (5,)}
    starts = {name: draw.normal(*shape) for name, shape in shapes.items()}
    gradients = [{name: draw.normal(*shape) for name, shape in shapes.items()} for _ in range(5)]
    optim = torch.optim
    kinds: dict[str, tuple[str, dict, Callable]] = {
        "adam": ("adam", {"lr": 0.01, "beta1": 0.5, "beta2": 0.999, "eps": 1e-8},
            lambda p: optim.Adam(p, 0.01, (0.5, 0.999), 1e-8)),
        "adam-default": ("adam", {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
            lambda p: optim.Adam(p)),
        "adam-beta1-zero": ("adam", {"lr": 0.002, "beta1": 0.0, "beta2": 0.99, "eps": 1e-8},
            lambda p: optim.Adam(p, 0.002, (0.0, 0.99))),
        "adamw": ("adamW", {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weightDecay": 0.1},
            lambda p: optim.AdamW(p, 0.01, weight_decay=0.1)),
        "rmsprop": ("rmsProp", {"lr": 0.01, "decay": 0.99, "eps": 1e-8, "momentum": 0},
            lambda p: optim.RMSprop(p, 0.01)),
        "rmsprop-momentum": ("rmsProp", {"lr": 0.01, "decay": 0.9, "eps": 1e-8, "momentum": 0.9},
            lambda p: optim.RMSprop(p, 0.01, alpha=0.9, momentum=0.9)),
        "sgd": ("sgd", {"lr": 0.1, "momentum": 0, "nesterov": False}, lambda p: optim.SGD(p, 0.1)),
        "sgd-momentum": ("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": False},
            lambda p: optim.SGD(p, 0.1, momentum=0.9)),
        "sgd-nesterov": ("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": True},
            lambda p: optim.SGD(p, 0.1, momentum=0.9, nesterov=True)),
    }  # fmt: skip
    tensors = {f"start/{name}": array(value) for name, value in starts.items()}
    for step, values in enumerate(gradients):
        tensors |= {f"gradients/{step}/{name}": array(value) for name, value in values.items()}
    cases = []
    for name, (kind, config, make) in kinds.items():
        params = {key: nn.Parameter(value.clone()) for key, value in starts.items()}
        optimizer = make(params.values())
        for step, values in enumerate(gradients):
            for key, param in params.items():
                param.grad = values[key].clone()
            optimizer.step()
            for key, param in params.items():
                tensors[f"{name}/{step}/{key}"] = array(param).copy()
        cases.append({"name": name, "kind": kind, "config": config})
    write(
        "optimizers",
        tensors,
        {
            "torch": torch.__version__,
            "steps": 5,
            "tensors": "start/P, gradients/STEP/P, and after each step CASE/STEP/P; P: weight, bias",
            "cases": cases,
        },
    )


def _bce(logits: torch.Tensor, target: float) -> torch.Tensor:
    return (target * softplus(-logits) + (1 - target) * softplus(logits)).mean()


Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

LOSSES: dict[str, tuple[str, str, Loss, Loss]] = {
    "minimax": (
        "mean softplus(-real) + mean softplus(fake)",
        "-mean softplus(fake)  (= mean log(1 - sigmoid(fake)))",
        lambda r, f: _bce(r, 1) + _bce(f, 0),
        lambda _r, f: -softplus(f).mean(),
    ),
    "non-saturating": (
        "mean softplus(-real) + mean softplus(fake)",
        "mean softplus(-fake)",
        lambda r, f: _bce(r, 1) + _bce(f, 0),
        lambda _r, f: _bce(f, 1),
    ),
    "article": (
        "(mean softplus(-real) + mean softplus(fake)) / 2",
        "mean softplus(-fake)",
        lambda r, f: (_bce(r, 1) + _bce(f, 0)) / 2,
        lambda _r, f: _bce(f, 1),
    ),
    "label-smoothing-0.9": (
        "mean(.9 softplus(-real) + .1 softplus(real)) + mean softplus(fake)",
        "mean softplus(-fake)",
        lambda r, f: _bce(r, 0.9) + _bce(f, 0),
        lambda _r, f: _bce(f, 1),
    ),
    "label-smoothing-0.9-0.1": (
        "mean(.9 softplus(-real) + .1 softplus(real)) + mean(.1 softplus(-fake) + .9 softplus(fake))",
        "mean softplus(-fake)",
        lambda r, f: _bce(r, 0.9) + _bce(f, 0.1),
        lambda _r, f: _bce(f, 1),
    ),
    "hinge": (
        "mean relu(1 - real) + mean relu(1 + fake)",
        "-mean fake",
        lambda r, f: (1 - r).relu().mean() + (1 + f).relu().mean(),
        lambda _r, f: -f.mean(),
    ),
    "least-squares": (
        "mean((real - 1)^2)/2 + mean(fake^2)/2",
        "mean((fake - 1)^2)/2",
        lambda r, f: ((r - 1) ** 2).mean() / 2 + (f**2).mean() / 2,
        lambda _r, f: ((f - 1) ** 2).mean() / 2,
    ),
    "wasserstein": (
        "mean fake - mean real",
        "-mean fake",
        lambda r, f: f.mean() - r.mean(),
        lambda _r, f: -f.mean(),
    ),
    "relativistic-pairing": (
        "mean softplus(fake - real)",
        "mean softplus(real - fake)",
        lambda r, f: softplus(f - r).mean(),
        lambda r, f: softplus(r - f).mean(),
    ),
    "relativistic-average": (
        "mean softplus(mean(fake) - real) + mean softplus(fake - mean(real))",
        "mean softplus(mean(real) - fake) + mean softplus(real - mean(fake))",
        lambda r, f: softplus(f.mean() - r).mean() + softplus(f - r.mean()).mean(),
        lambda r, f: softplus(r.mean() - f).mean() + softplus(r - f.mean()).mean(),
    ),
}


def make_losses() -> None:
    draw = Draw(410_000)
    logits = {"real": draw.normal(8, 1, std=2.0), "fake": draw.normal(8, 1, std=2.0)}
    tensors = {name: array(value) for name, value in logits.items()}
    cases = []
    for name, (d_formula, g_formula, d_loss, g_loss) in LOSSES.items():
        case = {"name": name, "formulas": {"d": d_formula, "g": g_formula}, "values": {}}
        for player, loss in (("d", d_loss), ("g", g_loss)):
            real, fake = (value.clone().requires_grad_() for value in logits.values())
            value = loss(real, fake)
            value.backward()
            case["values"][player] = value.item()
            for key, leaf in (("real", real), ("fake", fake)):
                if leaf.grad is not None:
                    tensors[f"{name}/{player}/{key}"] = array(leaf.grad)
        cases.append(case)
    note = "logits: real, fake; gradients: CASE/PLAYER/real|fake, absent where the loss has none"
    write("losses", tensors, {"torch": torch.__version__, "tensors": note, "cases": cases})


class _Conv(nn.Module):
    """conv k4 s2 p1, activation, conv k4 s2 p1 with bias, activation, linear."""

    def __init__(self, activation: Callable, norm: bool):
        super().__init__()
        self.activation = activation
        self.conv0 = nn.Conv2d(2, 3, 4, 2, 1, bias=False)
        self.conv1 = nn.Conv2d(3, 4, 4, 2, 1, bias=not norm)
        self.bn1 = nn.BatchNorm2d(4) if norm else None
        self.out = nn.Linear(16, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv1(self.activation(self.conv0(x)))
        if self.bn1 is not None:
            x = self.bn1(x)
        return self.out(self.activation(x).flatten(1))


class _Attention(nn.Module):
    """[N,2,H,W] as tokens [N,HW,2], linear to 6, two-head self-attention, residual, mean, linear."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(2, 6)
        self.qkv = nn.Linear(6, 18)
        self.project = nn.Linear(6, 6)
        self.out = nn.Linear(6, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.embed(x.flatten(2).transpose(1, 2))
        n, t, _ = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, 2, 3).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-1, -2) / 3**0.5).softmax(-1)
        x = x + self.project((weights @ v).transpose(1, 2).reshape(n, t, 6))
        return self.out(torch.nn.functional.silu(x).mean(1))


def _input_gradient(net: nn.Module, x: torch.Tensor) -> torch.Tensor:
    x = x.clone().requires_grad_()
    return torch.autograd.grad(net(x).sum(), x, create_graph=True)[0].flatten(1)


def _at(samples: dict[str, torch.Tensor], kind: str) -> torch.Tensor:
    """Where a penalty is taken: real, fake, between them, or around the real ones."""
    real, fake = samples["x"], samples["fake"]
    if kind == "between":
        return real + samples["mix"] * (fake - real)
    if kind == "around":
        return real + 0.5 * real.std(correction=0) * samples["disturbance"]
    return real if kind == "real" else fake


def _square(place: str, weight: float) -> Callable:
    """weight times the mean squared norm of D's slope there."""
    return lambda net, samples: (
        weight * _input_gradient(net, _at(samples, place)).square().sum(1).mean()
    )


def _to_one(place: str, weight: float) -> Callable:
    """weight times the mean squared distance of the slope's norm from 1."""
    return lambda net, samples: (
        weight * (_input_gradient(net, _at(samples, place)).norm(2, dim=1) - 1).square().mean()
    )


def _lecam(net: nn.Module, samples: dict[str, torch.Tensor]) -> torch.Tensor:
    on_real, on_fake = net(samples["x"]), net(samples["fake"])
    return 0.3 * ((on_real - 0.7).square().mean() + (on_fake + 0.2).square().mean())


PENALTIES: dict[str, tuple[str, Callable]] = {
    "r1": (
        "gamma/2 * mean over n of sum (d sum D(x) / dx_n)^2, gamma = 10",
        _square("real", 5.0),
    ),
    "r2": (
        "gamma/2 * mean over n of sum (d sum D(y) / dy_n)^2, gamma = 10, y = fake",
        _square("fake", 5.0),
    ),
    "wgan-gp": (
        "lambda * mean over n of (norm2(d sum D(y) / dy_n) - 1)^2, lambda = 10, y = x + mix (fake - x)",
        _to_one("between", 10.0),
    ),
    "zero-centred": (
        "lambda * mean over n of sum (d sum D(y) / dy_n)^2, lambda = 10, y = x + mix (fake - x)",
        _square("between", 10.0),
    ),
    "dragan": ("wgan-gp's at y = x + .5 std(x) disturbance", _to_one("around", 10.0)),
    "lecam": (
        ".3 (mean (D(x) - .7)^2 + mean (D(fake) + .2)^2): anchors real -.2, fake .7.",
        _lecam,
    ),
}


def make_penalties() -> None:
    draw = Draw(420_000)
    functional = nn.functional
    nets: dict[str, tuple[dict, nn.Module]] = {
        "conv-silu": ({"activation": "silu"}, _Conv(functional.silu, False)),
        "conv-leaky": (
            {"activation": "leakyRelu 0.2"},
            _Conv(lambda x: functional.leaky_relu(x, 0.2), False),
        ),
        "batch-norm": (
            {"activation": "tanh", "norm": "batch norm in training mode after conv1, eps 1e-5"},
            _Conv(torch.tanh, True),
        ),
        "attention": ({"activation": "silu", "qkvRows": "query, key, value; head-major"}, _Attention()),
    }
    tensors, cases = {}, []
    for name, (config, net) in nets.items():
        net.double().train()
        x = draw.normal(3, 2, 8, 8) if name != "attention" else draw.normal(3, 2, 2, 2)
        with torch.no_grad():
            for key, param in net.named_parameters():
                param.copy_(draw.normal(*param.shape, std=0.5, mean=float(key == "bn1.weight")))
                tensors[f"{name}/params/{key.replace('.', '/')}"] = array(param)
        samples = {
            "x": x,
            "fake": draw.normal(*x.shape),
            "mix": draw.normal(3, 1, 1, 1).sigmoid(),
            "disturbance": draw.normal(*x.shape).sigmoid(),
        }
        tensors |= {f"{name}/{key}": array(value) for key, value in samples.items()}
        case = {"name": name, "network": type(net).__doc__, "config": config, "values": {}}
        for penalty, (_, formula) in PENALTIES.items():
            net.zero_grad()
            value = formula(net, samples)
            value.backward()
            case["values"][penalty] = value.item()
            for key, param in net.named_parameters():
                # A last bias does not reach the penalty: PyTorch leaves None, its gradient is 0.
                grad = torch.zeros_like(param) if param.grad is None else param.grad
                tensors[f"{name}/{penalty}/{key.replace('.', '/')}"] = array(grad).copy()
        cases.append(case)
    write(
        "penalties",
        tensors,
        {
            "torch": torch.__version__,
            "penalties": {name: text for name, (text, _) in PENALTIES.items()},
            "tensors": "CASE/x|fake|mix|disturbance, CASE/params/P, CASE/PENALTY/P = weight gradient",
            "cases": cases,
        },
    )
