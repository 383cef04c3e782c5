"""Whole generators and discriminators: outputs, and gradients of first and second order.

`images` = G(z), `logits` = D(x), `slope` = d sum(logits) / dx; the gradients are those of the sum of
all three times their cotangents, so what flows through `slope` is of second order. Networks are
written from the papers with functions of PyTorch, parameters carry gansmith's names.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional as F

from fixture_file import write
from fixture_layers import Recorder, Values

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
        self.state: Values = {}
        self.noise: dict = {}

        def weight(name: str, *shape: int) -> None:
            self.params[name] = n(*shape, std=1 / math.sqrt(math.prod(shape[1:])))

        first, last, latent = self.widths[0], self.widths[-1], options["latent"]
        if classes:
            weight("generator/label/weight", classes, latent)
            weight("discriminator/label/weight", classes, first)
        weight("generator/basis/weight", first, latent * (2 if classes else 1))
        weight("generator/basis/maps", first, 4, 4)
        weight("generator/out/weight", channels, last, 1, 1)
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

    def generator(self, p: Values, z: torch.Tensor, *labels: torch.Tensor, noise: Values) -> torch.Tensor:
        for y in labels:
            z = torch.cat([z, p["generator/label/weight"][y]], 1)
        weights = F.linear(z, p["generator/basis/weight"])
        x = p["generator/basis/maps"][None] * weights[:, :, None, None]
        for stage in self.stages:
            wider = p.get(f"generator/b{stage}/up/weight")
            x = x if wider is None else F.conv2d(x, wider)
            x = x if stage == 4 else _low_pass(x, up=True)
            x = self._residual(p, f"generator/b{stage}", x)
        return F.conv2d(x, p["generator/out/weight"])

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


class Stylegan2:
    """arXiv 1912.04958 with a kernel for each sample, as the paper writes it."""

    def __init__(self, r: Recorder, options: dict, size: int, channels: int, classes: int = 0):
        self.stages = [4 * 2**i for i in range(int(math.log2(size)) - 1)]
        base, most = options["baseChannels"], options["maxChannels"]
        self.widths = [min(base * size // stage, most) for stage in self.stages]
        self.group, self.layers = options["minibatchGroup"], options["mappingLayers"]
        latent, style = options["latent"], options["styleLength"]
        self.state: Values = {}
        self.noise = {
            f"generator/b{stage}/conv{i}/pixels": (stage, stage)
            for stage in self.stages
            for i in ((1,) if stage == 4 else (0, 1))
        }
        n = r.draw.normal
        p = self.params = {}

        def layer(at: str, *shape: int, std: float = 1.0) -> None:
            p[f"{at}/weight"] = n(*shape, std=std)
            p[f"{at}/bias"] = n(shape[0], std=0.1)

        def modulated(at: str, out: int, into: int, kernel: int) -> None:
            layer(f"generator/{at}", out, into, kernel, kernel)
            layer(f"generator/{at}/style", into, style)
            if kernel == 3:
                p[f"generator/{at}/noise"] = n(1)

        if classes:
            p["generator/label/weight"] = n(classes, latent)
            p["discriminator/label/weight"] = n(classes, self.widths[0])
        for i in range(self.layers):
            into = style if i > 0 else latent * (2 if classes else 1)
            layer(f"generator/mapping{i}", style, into, std=100.0)
            p[f"generator/mapping{i}/bias"] = n(style)
        p["generator/b4/start"] = n(1, self.widths[0], 4, 4)
        layer("discriminator/in", self.widths[-1], channels, 1, 1)
        for i, stage in enumerate(self.stages):
            width = self.widths[i]
            if i > 0:
                before = self.widths[i - 1]
                modulated(f"b{stage}/conv0", width, before, 3)
                layer(f"discriminator/b{stage}/conv0", width, width, 3, 3)
                layer(f"discriminator/b{stage}/conv1", before, width, 3, 3)
                p[f"discriminator/b{stage}/skip/weight"] = n(before, width, 1, 1)
            modulated(f"b{stage}/conv1", width, width, 3)
            modulated(f"b{stage}/image", channels, width, 1)
        first = self.widths[0]
        layer("discriminator/b4/conv", first, first + (self.group > 1), 3, 3)
        layer("discriminator/b4/fc", first, first * 16)
        layer("discriminator/out", first if classes else 1, first)

    @staticmethod
    def _active(x: torch.Tensor) -> torch.Tensor:
        return _leaky(x) * math.sqrt(2)

    @staticmethod
    def _unit(x: torch.Tensor) -> torch.Tensor:
        return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()

    @staticmethod
    def _scaled(p: Values, at: str, rate: float = 1.0) -> torch.Tensor:
        weight = p[f"{at}/weight"]
        return weight * (rate / math.sqrt(weight[0].numel()))

    def _linear(self, p: Values, at: str, x: torch.Tensor, rate: float = 1.0) -> torch.Tensor:
        return F.linear(x, self._scaled(p, at, rate), p[f"{at}/bias"])

    def _conv(self, p: Values, at: str, x: torch.Tensor) -> torch.Tensor:
        weight = self._scaled(p, at)
        return F.conv2d(x, weight, p.get(f"{at}/bias"), padding=weight.shape[-1] // 2)

    def _modulated(self, p: Values, at: str, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        batch, channels, *pixels = x.shape
        style = self._linear(p, f"{at}/style", w)
        kernels = self._scaled(p, at)[None] * style[:, None, :, None, None]
        if kernels.shape[-1] == 3:
            kernels = kernels * (kernels.square().sum([2, 3, 4], keepdim=True) + 1e-8).rsqrt()
        pad = kernels.shape[-1] // 2
        y = F.conv2d(
            x.reshape(1, batch * channels, *pixels), kernels.flatten(0, 1), padding=pad, groups=batch
        )
        return y.reshape(batch, -1, *pixels)

    def generator(self, p: Values, z: torch.Tensor, *labels: torch.Tensor, noise: Values) -> torch.Tensor:
        w = self._unit(z)
        for y in labels:
            w = torch.cat([w, self._unit(p["generator/label/weight"][y])], 1)
        for i in range(self.layers):
            w = self._active(self._linear(p, f"generator/mapping{i}", w, 0.01))
        x = p["generator/b4/start"].expand(len(z), -1, -1, -1)
        image = None
        for stage in self.stages:
            for conv in ("conv1",) if stage == 4 else ("conv0", "conv1"):
                at = f"generator/b{stage}/{conv}"
                x = _low_pass(x, up=True) if conv == "conv0" else x
                x = self._modulated(p, at, x, w) + noise[f"{at}/pixels"] * p[f"{at}/noise"]
                x = self._active(x + p[f"{at}/bias"][None, :, None, None])
            at = f"generator/b{stage}/image"
            part = self._modulated(p, at, x, w) + p[f"{at}/bias"][None, :, None, None]
            image = part if image is None else _low_pass(image, up=True) + part
        return image

    def discriminator(self, p: Values, x: torch.Tensor, *labels: torch.Tensor) -> torch.Tensor:
        x = self._active(self._conv(p, "discriminator/in", x))
        for stage in reversed(self.stages[1:]):
            at = f"discriminator/b{stage}"
            past = self._conv(p, f"{at}/skip", _low_pass(x, up=False))
            h = self._active(self._conv(p, f"{at}/conv0", x))
            h = F.conv2d(h, self._scaled(p, f"{at}/conv1"), padding=1)
            h = self._active(_low_pass(h, up=False) + p[f"{at}/conv1/bias"][None, :, None, None])
            x = (h + past) / math.sqrt(2)
        if self.group > 1:
            groups = x.reshape(self.group, -1, *x.shape[1:])
            spread = (groups.var(0, unbiased=False) + 1e-8).sqrt().mean([1, 2, 3])
            plane = spread.repeat(self.group).reshape(-1, 1, 1, 1).expand(-1, 1, 4, 4)
            x = torch.cat([x, plane], 1)
        x = self._active(self._conv(p, "discriminator/b4/conv", x))
        x = self._active(self._linear(p, "discriminator/b4/fc", x.flatten(1)))
        x = self._linear(p, "discriminator/out", x)
        for y in labels:
            own = self._unit(p["discriminator/label/weight"][y])
            x = (x * own).sum(1, keepdim=True) / math.sqrt(x.shape[1])
        return x


class Resnet:
    """SNGAN's networks (arXiv 1802.05957); the class by projection (arXiv 1802.05637)."""

    def __init__(self, r: Recorder, options: dict, size: int, channels: int, classes: int = 0):
        self.stages = [4 * 2**i for i in range(int(math.log2(size)) - 1)]
        base, most = options["baseChannels"], options["maxChannels"]
        widths = [min(base * size // stage, most) for stage in self.stages]
        n = r.draw.normal
        p = self.params = {}
        self.state: Values = {}
        self.noise: dict = {}
        self.classes = classes

        def layer(at: str, *shape: int) -> None:
            p[f"{at}/weight"] = n(*shape, std=1 / math.sqrt(math.prod(shape[1:])))
            p[f"{at}/bias"] = n(shape[0], std=0.1)
            if at.startswith("discriminator"):
                self.state[f"{at}/u"] = F.normalize(n(shape[0]), dim=0)

        def norm(at: str, width: int, *classes: int) -> None:
            p[f"{at}/scale"] = n(*classes, width, mean=1.0, std=0.1)
            p[f"{at}/bias"] = n(*classes, width, std=0.1)
            self.state[f"{at}/mean"] = torch.zeros(width, dtype=torch.float64)
            self.state[f"{at}/variance"] = torch.ones(width, dtype=torch.float64)

        def block(at: str, into: int, out: int, last: bool = False) -> None:
            layer(f"{at}/conv0", out, into, 3, 3)
            layer(f"{at}/conv1", out, out, 3, 3)
            if not last:
                layer(f"{at}/skip", out, into, 1, 1)

        given = (classes,) if classes else ()
        layer("generator/project", widths[0] * 16, options["latent"])
        for i, stage in enumerate(self.stages[1:]):
            at = f"generator/b{stage}"
            block(at, widths[i], widths[i + 1])
            norm(f"{at}/bn0", widths[i], *given)
            norm(f"{at}/bn1", widths[i + 1], *given)
        norm("generator/bn", widths[-1])
        # A transposed convolution's weight is [in, out, 3, 3].
        layer("generator/out", widths[-1], channels, 3, 3)
        p["generator/out/bias"] = n(channels, std=0.1)
        into = channels
        for stage, width in zip(reversed(self.stages[1:]), reversed(widths[1:]), strict=True):
            block(f"discriminator/b{stage}", into, width)
            into = width
        block("discriminator/b4", into, widths[0], last=into == widths[0])
        layer("discriminator/out", 1, widths[0])
        if classes:
            layer("discriminator/label", classes, widths[0])
            del p["discriminator/label/bias"]

    def _norm(self, p: Values, at: str, x: torch.Tensor, *labels: torch.Tensor) -> torch.Tensor:
        x = F.batch_norm(x, None, None, training=True)
        scale, bias = p[f"{at}/scale"], p[f"{at}/bias"]
        for y in labels:
            return x * scale[y][:, :, None, None] + bias[y][:, :, None, None]
        return x * scale[None, :, None, None] + bias[None, :, None, None]

    def _spectral(self, p: Values, at: str) -> torch.Tensor:
        weight = p[f"{at}/weight"]
        matrix = weight.flatten(1)
        with torch.no_grad():
            v = F.normalize(matrix.T @ self.state[f"{at}/u"], dim=0, eps=1e-12)
            u = F.normalize(matrix @ v, dim=0, eps=1e-12)
        return weight / (u @ matrix @ v)

    def _conv(self, p: Values, at: str, x: torch.Tensor) -> torch.Tensor:
        own = at.startswith("discriminator")
        weight = self._spectral(p, at) if own else p[f"{at}/weight"]
        return F.conv2d(x, weight, p[f"{at}/bias"], padding=weight.shape[-1] // 2)

    def generator(self, p: Values, z: torch.Tensor, *labels: torch.Tensor, noise: Values) -> torch.Tensor:
        x = F.linear(z, p["generator/project/weight"], p["generator/project/bias"])
        x = x.reshape(len(z), -1, 4, 4)
        for stage in self.stages[1:]:
            at = f"generator/b{stage}"
            h = F.interpolate(self._norm(p, f"{at}/bn0", x, *labels).relu(), scale_factor=2)
            h = self._conv(p, f"{at}/conv0", h)
            h = self._conv(p, f"{at}/conv1", self._norm(p, f"{at}/bn1", h, *labels).relu())
            x = h + self._conv(p, f"{at}/skip", F.interpolate(x, scale_factor=2))
        x = self._norm(p, "generator/bn", x).relu()
        out = F.conv_transpose2d(x, p["generator/out/weight"], p["generator/out/bias"], padding=1)
        return out.tanh()

    def discriminator(self, p: Values, x: torch.Tensor, *labels: torch.Tensor) -> torch.Tensor:
        for stage in reversed(self.stages):
            at = f"discriminator/b{stage}"
            h = self._conv(p, f"{at}/conv0", x if stage == self.stages[-1] else x.relu())
            h = self._conv(p, f"{at}/conv1", h.relu())
            past = self._conv(p, f"{at}/skip", x) if f"{at}/skip/weight" in p else x
            x = h + past if stage == 4 else F.avg_pool2d(h, 2) + F.avg_pool2d(past, 2)
        x = x.relu().sum([2, 3])
        logit = F.linear(x, self._spectral(p, "discriminator/out"), p["discriminator/out/bias"])
        for y in labels:
            own = self._spectral(p, "discriminator/label")[y]
            logit = logit + (x * own).sum(1, keepdim=True)
        return logit


FAMILIES = {"r3gan": R3gan, "stylegan2": Stylegan2, "resnet": Resnet}

SMALL = {"latent": 5, "baseChannels": 4, "maxChannels": 8}
TINY = {"latent": 5, "baseChannels": 2, "maxChannels": 4}
R3GAN_DEEP = SMALL | {"blocksPerStage": 2, "expansion": 2, "groupSize": 4}
R3GAN_CLASSES = SMALL | {"blocksPerStage": 1, "expansion": 1, "groupSize": 2, "conditional": True}
STYLE = TINY | {"styleLength": 6, "mappingLayers": 2, "minibatchGroup": 2}

# (name, family, options, size, channels, classes)
CASES: tuple[tuple[str, str, dict, int, int, int], ...] = (
    ("r3gan", "r3gan", R3GAN_DEEP, 16, 3, 0),
    ("r3gan-conditional", "r3gan", R3GAN_CLASSES, 16, 1, 3),
    ("stylegan2-conditional", "stylegan2", STYLE | {"conditional": True}, 16, 3, 3),
    ("resnet-conditional", "resnet", TINY | {"conditional": True}, 32, 1, 3),
)


def make_models() -> None:
    r = Recorder()
    for name, family, options, size, channels, classes in CASES:
        net = FAMILIES[family](r, options, size, channels, classes)
        batch = 4
        inputs = {
            "z": r.draw.normal(batch, options["latent"]),
            "x": r.draw.normal(batch, channels, size, size),
        }
        inputs |= {at: r.draw.normal(batch, 1, *pixels) for at, pixels in net.noise.items()}
        if classes:
            inputs["labels"] = torch.tensor([classes - 1, 0, 1, 0])

        def run(i: Values, p: Values, net=net) -> Values:
            given = [i["labels"]] if "labels" in i else []
            logits = net.discriminator(p, i["x"], *given)
            (slope,) = torch.autograd.grad(logits.sum(), i["x"], create_graph=True)
            images = net.generator(p, i["z"], *given, noise=i)
            return {"images": images, "logits": logits, "slope": slope}

        config = {"options": options, "size": size, "channels": channels, "classes": classes}
        r.add(name, family, config, inputs, net.params, run, state=net.state)
    write("models", r.tensors, {"torch": torch.__version__, "cases": r.cases})
