"""Whole generators and discriminators: outputs, and gradients of first and second order.

`images` = G(z), `logits` = D(x), `slope` = d sum(logits) / dx; the gradients are those of the sum of
all three times their cotangents, so what flows through `slope` is of second order. Networks are
written from the papers with functions of PyTorch, parameters carry gansmith's names.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch.nn import functional as F

from fixture_file import write
from fixture_layers import Recorder, Values

Player = Callable[..., torch.Tensor]


def _leaky(x: torch.Tensor) -> torch.Tensor:
    return F.leaky_relu(x, 0.2)


def _low_pass(x: torch.Tensor, up: bool) -> torch.Tensor:
    """The resamplers of R3GAN and StyleGAN2: [1,3,3,1] along each axis, zeros outside."""
    line = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=x.dtype)
    kernel = torch.outer(line, line) / line.sum() ** 2
    kernel = kernel.expand(x.shape[1], 1, 4, 4)
    if up:
        return F.conv_transpose2d(x, 4 * kernel, stride=2, padding=1, groups=x.shape[1])
    return F.conv2d(x, kernel, stride=2, padding=1, groups=x.shape[1])


class R3gan:
    """arXiv 2501.05441, after the structure of the authors' Networks.py."""

    def __init__(self, r: Recorder, options: dict, size: int, channels: int, classes: int = 0):
        self.stages = [4 * 2**i for i in range(int(math.log2(size)) - 1)]
        base, most = options["baseChannels"], options["maxChannels"]
        self.widths = [min(base * size // stage, most) for stage in self.stages]
        self.group, self.blocks = options["groupSize"], options["blocksPerStage"]
        wide = [width * options["expansion"] for width in self.widths]
        n = r.draw.normal
        self.params: Values = {}

        def weight(name: str, *shape: int) -> None:
            self.params[name] = n(*shape, std=1 / math.sqrt(math.prod(shape[1:])))

        first, last, latent = self.widths[0], self.widths[-1], options["latent"]
        if classes:
            weight("generator/label/weight", classes, latent)
            weight("discriminator/label/weight", classes, first)
        weight("generator/basis/weight", first, latent * (2 if classes else 1))
        weight("generator/basis/maps", first, 4, 4)
        weight("generator/out/weight", last, channels, 1, 1)
        weight("discriminator/in/weight", last, channels, 1, 1)
        weight("discriminator/basis/maps", first, 1, 4, 4)
        weight("discriminator/basis/weight", first if classes else 1, first)
        for i, stage in enumerate(self.stages):
            if i > 0 and self.widths[i] != self.widths[i - 1]:
                pair = self.widths[i], self.widths[i - 1], 1, 1
                weight(f"generator/b{stage}/up/weight", *pair)
                weight(f"discriminator/b{stage}/down/weight", pair[1], pair[0], 1, 1)
            for player in ("generator", "discriminator"):
                for block in range(self.blocks):
                    at = f"{player}/b{stage}/block{block}"
                    weight(f"{at}/conv0/weight", wide[i], self.widths[i], 1, 1)
                    weight(f"{at}/conv1/weight", wide[i], self.group, 3, 3)
                    weight(f"{at}/conv2/weight", self.widths[i], wide[i], 1, 1)
                    for conv in ("conv0", "conv1"):
                        self.params[f"{at}/{conv}/bias"] = n(wide[i], std=0.1)

    def _residual(self, p: Values, at: str, x: torch.Tensor) -> torch.Tensor:
        for block in range(self.blocks):
            part = f"{at}/block{block}"
            bias = [p[f"{part}/conv{i}/bias"] for i in (0, 1)]
            h = _leaky(F.conv2d(x, p[f"{part}/conv0/weight"], bias[0]))
            grouped = p[f"{part}/conv1/weight"]
            groups = h.shape[1] // self.group
            h = _leaky(F.conv2d(h, grouped, bias[1], padding=1, groups=groups))
            x = x + F.conv2d(h, p[f"{part}/conv2/weight"])
        return x

    def generator(self, p: Values, z: torch.Tensor, *labels: torch.Tensor) -> torch.Tensor:
        for y in labels:
            z = torch.cat([z, p["generator/label/weight"][y]], 1)
        weights = F.linear(z, p["generator/basis/weight"])
        x = p["generator/basis/maps"][None] * weights[:, :, None, None]
        for stage in self.stages:
            wider = p.get(f"generator/b{stage}/up/weight")
            x = x if wider is None else F.conv2d(x, wider)
            x = x if stage == 4 else _low_pass(x, up=True)
            x = self._residual(p, f"generator/b{stage}", x)
        return F.conv_transpose2d(x, p["generator/out/weight"])

    def discriminator(self, p: Values, x: torch.Tensor, *labels: torch.Tensor) -> torch.Tensor:
        x = F.conv2d(x, p["discriminator/in/weight"])
        for stage in reversed(self.stages):
            x = self._residual(p, f"discriminator/b{stage}", x)
            if stage > 4:
                x = _low_pass(x, up=False)
            wider = p.get(f"discriminator/b{stage}/down/weight")
            x = x if wider is None else F.conv2d(x, wider)
        x = F.conv2d(x, p["discriminator/basis/maps"], groups=x.shape[1]).flatten(1)
        x = F.linear(x, p["discriminator/basis/weight"])
        for y in labels:
            x = (x * p["discriminator/label/weight"][y]).sum(1, keepdim=True)
        return x


FAMILIES = {"r3gan": R3gan}

SMALL = {"latent": 5, "baseChannels": 4, "maxChannels": 8}

# (name, family, options, size, channels, classes)
CASES: tuple[tuple[str, str, dict, int, int, int], ...] = (
    ("r3gan", "r3gan", SMALL | {"blocksPerStage": 2, "expansion": 2, "groupSize": 4}, 16, 3, 0),
    (
        "r3gan-conditional",
        "r3gan",
        SMALL | {"blocksPerStage": 1, "expansion": 1, "groupSize": 2, "conditional": True},
        16,
        1,
        3,
    ),
)


def make_models() -> None:
    r = Recorder()
    for name, family, options, size, channels, classes in CASES:
        net = FAMILIES[family](r, options, size, channels, classes)
        inputs = {"z": r.draw.normal(3, options["latent"]), "x": r.draw.normal(3, channels, size, size)}
        if classes:
            inputs["labels"] = torch.tensor([classes - 1, 0, 1])

        def run(i: Values, p: Values, net=net) -> Values:
            given = [i["labels"]] if "labels" in i else []
            logits = net.discriminator(p, i["x"], *given)
            (slope,) = torch.autograd.grad(logits.sum(), i["x"], create_graph=True)
            return {"images": net.generator(p, i["z"], *given), "logits": logits, "slope": slope}

        config = {"options": options, "size": size, "channels": channels, "classes": classes}
        r.add(name, family, config, inputs, net.params, run)
    write("models", r.tensors, {"torch": torch.__version__, "cases": r.cases})
