"""Every layer: inputs, parameters, output, and the gradients of sum(output * cotangent)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F

from fixture_file import Draw, array, write

Values = dict[str, torch.Tensor]


class Recorder:
    def __init__(self) -> None:
        self.draw = Draw(300_000)
        self.tensors: dict = {}
        self.cases: list[dict] = []

    def add(
        self,
        name: str,
        kind: str,
        config: dict,
        inputs: Values,
        params: Values,
        run: Callable[[Values, Values], Values | torch.Tensor],
        state: Values | None = None,
        state_after: Callable[[], Values] | None = None,
    ) -> None:
        for values in (inputs, params):
            for value in values.values():
                if value.is_floating_point():
                    value.requires_grad_()
        before = {key: value.clone() for key, value in (state or {}).items()}
        outputs = run(inputs, params)
        if isinstance(outputs, torch.Tensor):
            outputs = {"y": outputs}
        cotangents = {key: self.draw.normal(*y.shape) for key, y in outputs.items()}
        total = sum((y * cotangents[key]).sum() for key, y in outputs.items())
        total.backward()
        groups = {
            "inputs": inputs,
            "params": params,
            "state": before,
            "outputs": outputs,
            "cotangents": cotangents,
            "inputGradients": {k: v.grad for k, v in inputs.items() if v.grad is not None},
            "paramGradients": {k: v.grad for k, v in params.items() if v.grad is not None},
            "stateAfter": state_after() if state_after else {},
        }
        case: dict = {"name": name, "kind": kind, "config": config}
        for group, values in groups.items():
            if values:
                case[group] = {}
            for key, value in values.items():
                path = f"{name}/{group}/{key}"
                self.tensors[path] = array(value)
                case[group][key] = path
        self.cases.append(case)


def _linear(r: Recorder) -> None:
    n = r.draw.normal
    for bias in (True, False):
        params = {"weight": n(3, 5)} | ({"bias": n(3)} if bias else {})
        r.add(
            "linear" if bias else "linear-no-bias",
            "linear",
            {"in": 5, "out": 3, "bias": bias},
            {"x": n(4, 5)},
            params,
            lambda i, p: F.linear(i["x"], p["weight"], p.get("bias")),
        )


def _convolutions(r: Recorder) -> None:
    n = r.draw.normal
    # (kernel, stride, padding, dilation, groups, height, width, bias)
    for k, s, p, dilation, groups, h, w, bias in (
        (3, 1, 1, 1, 1, 5, 6, True),
        (4, 2, 1, 1, 1, 8, 8, False),
        (4, 1, 0, 1, 1, 4, 4, False),
        (1, 1, 0, 1, 1, 3, 4, True),
        (5, 2, 2, 1, 1, 8, 8, False),
        (3, 2, 1, 1, 1, 7, 5, True),
        (3, 1, 2, 2, 1, 6, 6, False),
        (3, 1, 1, 1, 2, 5, 5, True),
        (7, 1, 3, 1, 1, 8, 8, False),
        (2, 3, 0, 1, 1, 7, 7, False),
    ):
        config = {"kernel": k, "stride": s, "padding": p, "dilation": dilation, "groups": groups}
        params = {"weight": n(4, 2 if groups == 1 else 1, k, k)} | ({"bias": n(4)} if bias else {})
        r.add(
            f"conv2d-k{k}-s{s}-p{p}-d{dilation}-g{groups}",
            "conv2d",
            config,
            {"x": n(2, 2, h, w)},
            params,
            lambda i, q, s=s, p=p, d=dilation, g=groups: F.conv2d(
                i["x"], q["weight"], q.get("bias"), s, p, d, g
            ),
        )
    # (kernel, stride, padding, output padding, height, width, bias)
    for k, s, p, extra, h, w, bias in (
        (4, 1, 0, 0, 1, 1, False),
        (4, 2, 1, 0, 4, 4, False),
        (4, 2, 1, 0, 3, 5, True),
        (3, 1, 1, 0, 4, 4, True),
        (3, 2, 1, 1, 3, 3, False),
        (5, 2, 2, 1, 4, 4, False),
        (2, 2, 0, 0, 3, 3, True),
    ):
        config = {"kernel": k, "stride": s, "padding": p, "outputPadding": extra}
        params = {"weight": n(3, 2, k, k)} | ({"bias": n(2)} if bias else {})
        r.add(
            f"conv-transpose2d-k{k}-s{s}-p{p}-o{extra}-{h}x{w}",
            "convTranspose2d",
            config,
            {"x": n(2, 3, h, w)},
            params,
            lambda i, q, s=s, p=p, o=extra: F.conv_transpose2d(
                i["x"], q["weight"], q.get("bias"), s, p, o
            ),
        )


def _norms(r: Recorder) -> None:
    n, positive = r.draw.normal, r.draw.positive
    for shape in ((6, 3), (3, 3, 4, 5)):
        for training in (True, False):
            mean, variance = n(3), positive(3)
            running = {"mean": mean, "variance": variance}
            r.add(
                f"batch-norm{'1d' if len(shape) == 2 else '2d'}-{'train' if training else 'eval'}",
                "batchNorm",
                {"features": 3, "eps": 1e-5, "momentum": 0.1, "training": training},
                {"x": n(*shape)},
                {"scale": n(3), "bias": n(3)},
                lambda i, p, m=mean, v=variance, t=training: F.batch_norm(
                    i["x"], m, v, p["scale"], p["bias"], t, 0.1, 1e-5
                ),
                state=running,
                state_after=lambda running=running: running,
            )
    r.add(
        "layer-norm",
        "layerNorm",
        {"shape": [6], "eps": 1e-5},
        {"x": n(2, 3, 6)},
        {"scale": n(6), "bias": n(6)},
        lambda i, p: F.layer_norm(i["x"], (6,), p["scale"], p["bias"], 1e-5),
    )
    r.add(
        "instance-norm",
        "instanceNorm",
        {"features": 3, "eps": 1e-5},
        {"x": n(2, 3, 4, 4)},
        {"scale": n(3), "bias": n(3)},
        lambda i, p: F.instance_norm(i["x"], weight=p["scale"], bias=p["bias"], eps=1e-5),
    )
    r.add(
        "group-norm",
        "groupNorm",
        {"groups": 2, "features": 4, "eps": 1e-5},
        {"x": n(2, 4, 3, 3)},
        {"scale": n(4), "bias": n(4)},
        lambda i, p: F.group_norm(i["x"], 2, p["scale"], p["bias"], 1e-5),
    )


def _sequences(r: Recorder) -> None:
    n = r.draw.normal
    r.add(
        "embedding",
        "embedding",
        {"count": 7, "features": 4},
        {"ids": torch.tensor([[0, 3, 6], [3, 3, 1]])},
        {"weight": n(7, 4)},
        lambda i, p: F.embedding(i["ids"], p["weight"]),
    )
    lstm = nn.LSTMCell(3, 4).double()
    gru = nn.GRUCell(3, 4).double()
    for name, cell, gates in (("lstm-cell", lstm, 4), ("gru-cell", gru, 3)):
        params = {
            "inputWeight": n(gates * 4, 3),
            "hiddenWeight": n(gates * 4, 4),
            "inputBias": n(gates * 4),
            "hiddenBias": n(gates * 4),
        }
        order = dict(
            zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), params, strict=True)
        )
        inputs = {"x": n(2, 3), "h": n(2, 4)} | ({"c": n(2, 4)} if gates == 4 else {})

        def run(i: Values, p: Values, cell=cell, order=order) -> Values:
            state = (i["h"], i["c"]) if "c" in i else i["h"]
            own = {theirs: p[ours] for theirs, ours in order.items()}
            result = torch.func.functional_call(cell, own, (i["x"], state))
            return {"h": result[0], "c": result[1]} if "c" in i else {"h": result}

        order_of_gates = ["input", "forget", "cell", "output"] if gates == 4 else ["reset", "update", "new"]
        config = {"in": 3, "hidden": 4, "gates": order_of_gates}
        r.add(name, name.replace("-c", "C"), config, inputs, params, run)
    for causal in (False, True):
        attention = nn.MultiheadAttention(6, 2, batch_first=True).double()
        params = {}
        for part in ("query", "key", "value", "out"):
            params |= {f"{part}/weight": n(6, 6, std=0.5), f"{part}/bias": n(6, std=0.5)}

        def attend(i: Values, p: Values, attention=attention, causal=causal) -> torch.Tensor:
            mask = torch.ones(4, 4).triu(1).bool() if causal else None
            own = {"out_proj.weight": p["out/weight"], "out_proj.bias": p["out/bias"]}
            for leaf in ("weight", "bias"):
                rows = [p[f"{part}/{leaf}"] for part in ("query", "key", "value")]
                own[f"in_proj_{leaf}"] = torch.cat(rows)
            x = i["x"]
            extra = {"need_weights": False, "attn_mask": mask}
            return torch.func.functional_call(attention, own, (x, x, x), extra)[0]

        r.add(
            "attention-causal" if causal else "attention",
            "multiHeadAttention",
            {"features": 6, "heads": 2, "causal": causal},
            {"x": n(2, 4, 6)},
            params,
            attend,
        )


def _resampling(r: Recorder) -> None:
    n = r.draw.normal
    cases: dict[str, tuple[str, dict, tuple[int, ...], Callable]] = {
        "upsample-nearest": ("upsampleNearest", {"factor": 2}, (1, 2, 3, 4),
            lambda x: F.interpolate(x, scale_factor=2, mode="nearest")),
        "upsample-bilinear": ("upsampleBilinear", {"factor": 2, "alignCorners": False}, (1, 2, 3, 4),
            lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)),
        "upsample-bilinear-corners": ("upsampleBilinear", {"factor": 2, "alignCorners": True},
            (1, 2, 3, 4), lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)),
        "pixel-shuffle": ("pixelShuffle", {"factor": 2}, (2, 8, 2, 3), lambda x: F.pixel_shuffle(x, 2)),
        "pixel-unshuffle": ("pixelUnshuffle", {"factor": 2}, (2, 2, 4, 6),
            lambda x: F.pixel_unshuffle(x, 2)),
        "average-pool": ("averagePool", {"kernel": 2}, (2, 2, 4, 6), lambda x: F.avg_pool2d(x, 2)),
        "max-pool": ("maxPool", {"kernel": 2}, (2, 2, 4, 6), lambda x: F.max_pool2d(x, 2)),
    }  # fmt: skip
    for name, (kind, config, shape, run) in cases.items():
        r.add(name, kind, config, {"x": n(*shape)}, {}, lambda i, _p, run=run: run(i["x"]))


def _spectral(r: Recorder) -> None:
    """One power iteration; u and v are constants for the gradient (arXiv 1802.05957)."""
    for name, shape in (("spectral-norm-linear", (4, 5)), ("spectral-norm-conv", (4, 2, 3, 3))):
        start = F.normalize(r.draw.normal(shape[0]), dim=0)
        after: Values = {}

        def run(_i: Values, p: Values, start=start, after=after) -> torch.Tensor:
            matrix = p["weight"].flatten(1)
            with torch.no_grad():
                v = F.normalize(matrix.T @ start, dim=0, eps=1e-12)
                u = F.normalize(matrix @ v, dim=0, eps=1e-12)
            after["u"] = u
            after["sigma"] = (u @ matrix @ v).detach()
            return p["weight"] / (u @ matrix @ v)

        weight = {"weight": r.draw.normal(*shape)}
        r.add(name, "spectralNorm", {"iterations": 1, "eps": 1e-12}, {}, weight, run,
              state={"u": start}, state_after=lambda after=after: after)  # fmt: skip


def _activations(r: Recorder) -> None:
    functions: dict[str, tuple[dict, Callable]] = {
        "relu": ({}, F.relu),
        "leakyRelu": ({"slope": 0.2}, lambda x: F.leaky_relu(x, 0.2)),
        "elu": ({"alpha": 1}, F.elu),
        "selu": ({}, F.selu),
        "gelu": ({"approximate": "none"}, F.gelu),
        "geluTanh": ({"approximate": "tanh"}, lambda x: F.gelu(x, approximate="tanh")),
        "silu": ({}, F.silu),
        "mish": ({}, F.mish),
        "softplus": ({}, lambda x: F.softplus(x, threshold=1e9)),
        "softsign": ({}, F.softsign),
        "hardSigmoid": ({}, F.hardsigmoid),
        "sigmoid": ({}, torch.sigmoid),
        "tanh": ({}, torch.tanh),
        "softmax": ({"axis": -1}, lambda x: F.softmax(x, -1)),
        "logSoftmax": ({"axis": -1}, lambda x: F.log_softmax(x, -1)),
    }
    for kind, (config, run) in functions.items():
        x = r.draw.normal(4, 5, std=3.0)
        r.add(f"activation-{kind}", kind, config, {"x": x}, {}, lambda i, _p, run=run: run(i["x"]))


def make_layers() -> None:
    recorder = Recorder()
    for section in (_linear, _convolutions, _norms, _sequences, _resampling, _spectral, _activations):
        section(recorder)
    write("layers", recorder.tensors, {"torch": torch.__version__, "cases": recorder.cases})
