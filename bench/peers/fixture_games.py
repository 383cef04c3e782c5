"""Both players' losses and gradients in whole games with one rule each, in float64.

The players: w = tanh(fc1 z), G(z) = tanh(fc2 w) as [4,2,8,8]; D(x) = fc(tanh(conv(x))), 3x3 stride 2.
The loss is the non-saturating one. Augmentations are written with loops over images and pixels.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import conv2d, softplus

from fixture_file import Draw, array, write

BATCH, CHANNELS, SIZE = 4, 2, 8
SHAPES = {
    "generator/fc1/weight": (5, 3),
    "generator/fc1/bias": (5,),
    "generator/fc2/weight": (CHANNELS * SIZE * SIZE, 5),
    "generator/fc2/bias": (CHANNELS * SIZE * SIZE,),
    "discriminator/conv/weight": (3, CHANNELS, 3, 3),
    "discriminator/conv/bias": (3,),
    "discriminator/fc/weight": (1, 48),
    "discriminator/fc/bias": (1,),
}
Weights = dict[str, Tensor]


def styles(p: Weights, z: Tensor) -> Tensor:
    return torch.tanh(z @ p["generator/fc1/weight"].T + p["generator/fc1/bias"])


def synthesize(p: Weights, w: Tensor) -> Tensor:
    flat = torch.tanh(w @ p["generator/fc2/weight"].T + p["generator/fc2/bias"])
    return flat.reshape(-1, CHANNELS, SIZE, SIZE)


def judge(p: Weights, x: Tensor) -> Tensor:
    h = conv2d(x, p["discriminator/conv/weight"], p["discriminator/conv/bias"], 2, 1)
    return torch.tanh(h).flatten(1) @ p["discriminator/fc/weight"].T + p["discriminator/fc/bias"]


class Draws:
    """Random inputs by the names that a game gives them, made when they are first asked for."""

    def __init__(self, draw: Draw, rule: str, phase: str, tensors: dict):
        self.draw, self.rule, self.phase, self.tensors = draw, rule, phase, tensors
        self.count: dict[str, int] = {}

    def _keep(self, name: str, value: Tensor) -> Tensor:
        times = self.count.get(name, 0)
        self.count[name] = times + 1
        full = f"regularizer/{self.rule}/{name}" + (f"#{times}" if times else "")
        self.tensors[f"{self.rule}/{self.phase}/{full}"] = array(value)
        return value

    def uniform(self, name: str) -> Tensor:
        return self._keep(name, self.draw.normal(BATCH, 1, 1, 1).sigmoid())

    def normal(self, name: str, *shape: int) -> Tensor:
        return self._keep(name, self.draw.normal(*shape))


def flip(x, u, on):
    side = u("side")
    return torch.stack(
        [image.flip(2) if o and s < 0.5 else image for image, s, o in zip(x, side.flatten(), on)]
    )


def scale(x, u, on):
    middle = (SIZE - 1) / 2
    out = []
    for image, power, o in zip(x, u("power").flatten(), on):
        zoom = 2 ** ((power.item() - 0.5) * 0.7 * o)
        rows = []
        for i in range(SIZE):
            for j in range(SIZE):
                y, at = (i - middle) / zoom + middle, (j - middle) / zoom + middle
                total = torch.zeros(CHANNELS, dtype=x.dtype)
                for a in (math.floor(y), math.floor(y) + 1):
                    for b in (math.floor(at), math.floor(at) + 1):
                        if 0 <= a < SIZE and 0 <= b < SIZE:
                            total = total + (1 - abs(y - a)) * (1 - abs(at - b)) * image[:, a, b]
                rows.append(total)
        out.append(torch.stack(rows, 1).reshape(CHANNELS, SIZE, SIZE))
    return torch.stack(out)


def translation(x, u, on):
    reach = round(SIZE / 8)
    down, right = u("rows").flatten(), u("columns").flatten()
    out = []
    for image, r, c, o in zip(x, down, right, on):
        dy = (int(r.item() * (2 * reach + 1)) - reach) * int(o)
        dx = (int(c.item() * (2 * reach + 1)) - reach) * int(o)
        padded = torch.nn.functional.pad(image, (reach, reach, reach, reach))
        out.append(padded[:, reach - dy : reach - dy + SIZE, reach - dx : reach - dx + SIZE])
    return torch.stack(out)


def brightness(x, u, on):
    return x + (u("by") - 0.5) * on.reshape(-1, 1, 1, 1)


def spread(x, dims, factor, on):
    mean = x.mean(dim=dims, keepdim=True)
    changed = (x - mean) * factor + mean
    return torch.where(on.reshape(-1, 1, 1, 1) > 0, changed, x)


def saturation(x, u, on):
    return spread(x, 1, u("factor") * 2, on)


def contrast(x, u, on):
    return spread(x, (1, 2, 3), u("factor") + 0.5, on)


def cutout(x, u, on):
    row, column = u("row").flatten(), u("column").flatten()
    mask = torch.ones(BATCH, 1, SIZE, SIZE, dtype=x.dtype)
    half = SIZE // 2 // 2
    for n in range(BATCH):
        if on[n] == 0:
            continue
        y, at = int(row[n].item() * (SIZE + 1)), int(column[n].item() * (SIZE + 1))
        mask[n, :, max(0, y - half) : y + half, max(0, at - half) : at + half] = 0
    return x * mask


AUGMENTATIONS = {
    "flip": flip,
    "scale": scale,
    "translation": translation,
    "brightness": brightness,
    "saturation": saturation,
    "contrast": contrast,
    "cutout": cutout,
}


def augment(x: Tensor, policy: list[str], draws: Draws, probability: float | None = None) -> Tensor:
    for name, change in AUGMENTATIONS.items():
        if name not in policy:
            continue
        on = torch.ones(BATCH)
        if probability is not None:
            on = (draws.uniform(f"{name}/on").flatten() < probability).double()
        x = change(x, lambda what, name=name: draws.uniform(f"{name}/{what}"), on)
    return x


def d_loss(real: Tensor, fake: Tensor) -> Tensor:
    return softplus(-real).mean() + softplus(fake).mean()


def g_loss(fake: Tensor) -> Tensor:
    return softplus(-fake).mean()


Sides = tuple[Callable[[], Tensor], Callable[[], Tensor]]


class Game:
    def __init__(self, p: Weights, x: Tensor, z: Tensor, new: Callable[[str, str], Draws]):
        self.p, self.x, self.z, self.new = p, x, z, new
        self.fake = synthesize(p, styles(p, z))
        self.held = self.fake.detach()

    def plain(self) -> Tensor:
        return d_loss(judge(self.p, self.x), judge(self.p, self.held))

    def diffaugment(self) -> Sides:
        policy = ["brightness", "saturation", "contrast", "translation", "cutout"]

        def discriminator():
            draws = self.new("diffaugment", "d")
            return d_loss(
                judge(self.p, augment(self.x, policy, draws)),
                judge(self.p, augment(self.held, policy, draws)),
            )

        def generator():
            draws = self.new("diffaugment", "g")
            return g_loss(judge(self.p, augment(self.fake, policy, draws)))

        return discriminator, generator

    def ada(self) -> Sides:
        policy = [name for name in AUGMENTATIONS if name != "cutout"]

        def discriminator():
            draws = self.new("ada", "d")
            return d_loss(
                judge(self.p, augment(self.x, policy, draws, 0.5)),
                judge(self.p, augment(self.held, policy, draws, 0.5)),
            )

        def generator():
            draws = self.new("ada", "g")
            return g_loss(judge(self.p, augment(self.fake, policy, draws, 0.5)))

        return discriminator, generator

    def consistency(self) -> Sides:
        def discriminator():
            changed = augment(self.x, ["translation"], self.new("consistency", "d"))
            apart = (judge(self.p, self.x) - judge(self.p, changed)).square().mean()
            return self.plain() + 10 * apart

        return discriminator, lambda: g_loss(judge(self.p, self.fake))

    def balanced_consistency(self) -> Sides:
        def discriminator():
            draws = self.new("balanced-consistency", "d")
            apart = sum(
                (judge(self.p, y) - judge(self.p, augment(y, ["translation"], draws))).square().mean()
                for y in (self.x, self.held)
            )
            return self.plain() + 10 * apart

        return discriminator, lambda: g_loss(judge(self.p, self.fake))

    def latent_consistency(self) -> Sides:
        def near(phase: str) -> Tensor:
            change = self.new("latent-consistency", phase).normal("change", BATCH, 3)
            return synthesize(self.p, styles(self.p, self.z + 0.03 * change))

        def discriminator():
            apart = judge(self.p, self.held) - judge(self.p, near("d").detach())
            return self.plain() + 5 * apart.square().mean()

        def generator():
            apart = (self.fake - near("g")).square().mean()
            return g_loss(judge(self.p, self.fake)) - 0.5 * apart

        return discriminator, generator

    def top_k(self) -> Sides:
        """share .5: the better half."""

        def generator():
            logits = judge(self.p, self.fake)
            best = logits.flatten().topk(BATCH // 2).values
            return g_loss(best)

        return self.plain, generator

    def unrolled(self) -> Sides:
        """Three steps of rate .1."""

        def generator():
            p = dict(self.p)
            names = [name for name in SHAPES if name.startswith("discriminator/")]
            for _ in range(3):
                loss = d_loss(judge(p, self.x), judge(p, self.fake))
                slopes = torch.autograd.grad(loss, [p[n] for n in names], create_graph=True)
                p |= {n: p[n] - 0.1 * g for n, g in zip(names, slopes)}
            return g_loss(judge(p, self.fake))

        return self.plain, generator

    def path_length(self) -> Sides:
        """weight 2, the mean length so far .4."""

        def generator():
            w = styles(self.p, self.z)
            images = synthesize(self.p, w)
            y = self.new("path-length", "g").normal("direction", *images.shape)
            (slope,) = torch.autograd.grad((images * y).sum() / SIZE, w, create_graph=True)
            lengths = slope.square().sum(1).sqrt()
            return g_loss(judge(self.p, self.fake)) + 2 * (lengths - 0.4).square().mean()

        return self.plain, generator


RULES = {
    "diffaugment": {},
    "ada": {"kept": {"probability": 0.5}},
    "consistency": {},
    "balanced-consistency": {},
    "latent-consistency": {},
    "top-k": {"options": {"share": 0.5}},
    "unrolled": {"options": {"steps": 3, "learningRate": 0.1}},
    "path-length": {"kept": {"length": 0.4}},
}


def make_games() -> None:
    draw = Draw(430_000)
    weights = {
        name: draw.normal(*shape, std=0.5).requires_grad_() for name, shape in SHAPES.items()
    }
    x, z = draw.normal(BATCH, CHANNELS, SIZE, SIZE), draw.normal(BATCH, 3)
    tensors = {f"params/{name}": array(value) for name, value in weights.items()}
    tensors |= {"real": array(x), "z": array(z)}
    cases = []
    for rule, extra in RULES.items():
        game = Game(weights, x, z, lambda name, phase: Draws(draw, name, phase, tensors))
        sides = getattr(game, rule.replace("-", "_"))()
        case = {"rule": rule, "options": {}, "kept": {}, **extra}
        for phase, network, side in zip("dg", ("discriminator", "generator"), sides):
            names = [name for name in SHAPES if name.startswith(network)]
            loss = side()
            slopes = torch.autograd.grad(loss, [weights[n] for n in names], allow_unused=True)
            case[phase] = loss.item()
            for name, slope in zip(names, slopes):
                slope = torch.zeros_like(weights[name]) if slope is None else slope
                tensors[f"{rule}/{phase}/gradient/{name}"] = array(slope).copy()
        cases.append(case)
    write(
        "games",
        tensors,
        {
            "torch": torch.__version__,
            "players": __doc__.split("\n\n")[1].strip(),
            "tensors": "params/P, real, z; RULE/d|g/NOISE = random inputs, RULE/d|g/gradient/P",
            "cases": cases,
        },
    )
