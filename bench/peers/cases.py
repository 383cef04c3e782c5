"""What torch_worker.py can time: each case is a sentence and its variants.

A variant is a function (weights file | None) -> step, and step(i) -> the losses of step i.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from safetensors.numpy import load_file
from torch import nn
from torch.nn.functional import binary_cross_entropy, cross_entropy, softplus

import networks
from hashing import integers, normal, uniform
from relgan import relgan_case
from sampling import sampling_case
from seqgan import seqgan_case

BATCH = 64
POOL = 4
Step = Callable[[int], list[float]]


def _float32(values) -> torch.Tensor:
    return torch.from_numpy(values.astype("float32"))


def _adam(parameters, kind: str, lr: float) -> torch.optim.Adam:
    flags = {"loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
    return torch.optim.Adam(parameters, lr=lr, betas=(0.5, 0.999), **flags[kind])


def gan_step(
    nets: nn.ModuleDict,
    image: tuple[int, int, int],
    *,
    adam: str,
    frozen: bool = True,
    joint: bool = False,
    half: bool = False,
    probabilities: bool = False,
    channels_last: bool = False,
    compiled: bool = False,
    penalties: bool = False,
    optimizer: Callable = _adam,
    lr: float = 2e-4,
) -> Step:
    """D step, then G step on the same fakes with the updated D; batch 64, non-saturating.

    frozen: D's weight gradients are not computed in the G step. joint: real and fake go through D
    as one batch (only equivalent where D has no batch norm). half: D's loss is (real + fake) / 2.
    penalties: R1 and R2, gamma 1 each, by double backward: half the mean squared norm of D's slope.
    probabilities: sigmoid, then BCE, literally as in the article; else BCE on logits.
    """
    layout = torch.channels_last if channels_last else torch.contiguous_format
    if channels_last:
        nets = nets.to(memory_format=torch.channels_last)
    g, d = nets["generator"].train(), nets["discriminator"].train()
    run_g, run_d = (torch.compile(g), torch.compile(d)) if compiled else (g, d)
    g_adam = optimizer(g.parameters(), adam, lr)
    d_adam = optimizer(d.parameters(), adam, lr)
    d_parameters = list(d.parameters())
    reals = [
        _float32(uniform(2000 + i, (BATCH, *image), 1)).to(memory_format=layout)
        for i in range(POOL)
    ]
    noise = [_float32(normal(1000 + i, (BATCH, 100))) for i in range(POOL)]
    ones, zeros = torch.ones(BATCH, 1), torch.zeros(BATCH, 1)

    def loss(logits: torch.Tensor, real: bool) -> torch.Tensor:
        if probabilities:
            return binary_cross_entropy(torch.sigmoid(logits), ones if real else zeros)
        return softplus(-logits if real else logits).mean()

    def step(index: int) -> list[float]:
        x, z = reals[index % POOL], noise[index % POOL]
        fake = run_g(z)
        held = fake.detach()
        if penalties:
            x, held = x.requires_grad_(), held.requires_grad_()
        d_adam.zero_grad(set_to_none=True)
        if joint:
            on_real, on_fake = run_d(torch.cat([x, held])).split(BATCH)
        else:
            on_real, on_fake = run_d(x), run_d(held)
        d_loss = loss(on_real, True) + loss(on_fake, False)
        if half:
            d_loss = d_loss / 2
        if penalties:
            slopes = torch.autograd.grad(on_real.sum() + on_fake.sum(), [x, held], create_graph=True)
            d_loss = d_loss + sum(s.square().sum([1, 2, 3]).mean() / 2 for s in slopes)
        # Without the inputs named, the images' own gradients would be made and added up, too.
        d_loss.backward(inputs=d_parameters if penalties else None)
        d_adam.step()
        if frozen:
            d.requires_grad_(False)
        g_adam.zero_grad(set_to_none=True)
        g_loss = loss(run_d(fake), True)
        g_loss.backward()
        g_adam.step()
        if frozen:
            d.requires_grad_(True)
        return [d_loss.item(), g_loss.item()]

    return step


def _gan_variant(make_networks, family: str, image, **options) -> Callable[[str | None], Step]:
    def build(weights: str | None) -> Step:
        nets = make_networks()
        if weights:
            networks.load_arrays(nets, load_file(weights))
        else:
            networks.load_hashed(nets, networks.parameter_table(nets, family))
        return gan_step(nets, image, **options)

    return build


def _article_case() -> dict:
    def variant(**options):
        return _gan_variant(lambda: networks.mlp(64), "mlp", (1, 64, 64), half=True, **options)

    return {
        "timed": "batch 64, 64x64 grey: generator forward, D forward on real and on fake, D backward, "
        "Adam; D forward on the same fakes, backward to G, Adam; both losses read",
        "variants": {
            "plain": variant(adam="loop", frozen=False, probabilities=True),
            "frozen": variant(adam="loop"),
            "frozen-foreach": variant(adam="foreach"),
            "frozen-fused": variant(adam="fused"),
            "frozen-fused-joint": variant(adam="fused", joint=True),
            "compile-fused-joint": variant(adam="fused", joint=True, compiled=True),
        },
    }


def _dcgan_case(size: int, channels: int) -> dict:
    def variant(**options):
        image = (channels, size, size)
        return _gan_variant(lambda: networks.dcgan(size, channels), "dcgan", image, **options)

    return {
        "timed": f"batch 64, {size}x{size}x{channels}, nz 100, ngf = ndf = 64, real and fake apart "
        "(batch norm): generator forward, D twice, D backward, Adam; D on the same fakes, backward "
        "to G, Adam; both losses read",
        "variants": {
            "plain": variant(adam="loop", frozen=False, probabilities=True),
            "frozen": variant(adam="loop"),
            "frozen-foreach": variant(adam="foreach"),
            "frozen-fused": variant(adam="fused"),
            "frozen-fused-channels-last": variant(adam="fused", channels_last=True),
            "compile-fused": variant(adam="fused", compiled=True),
            "compile-fused-channels-last": variant(
                adam="fused", channels_last=True, compiled=True
            ),
        },
    }


def _penalized_case(size: int) -> dict:
    def variant(**options):
        image = (1, size, size)
        make = lambda: networks.dcgan(size, 1)  # noqa: E731
        return _gan_variant(make, "dcgan", image, penalties=True, **options)

    return {
        "timed": f"as dcgan{size}-step, with R1 and R2 (gamma 1) by double backward",
        "variants": {
            "plain": variant(adam="loop", frozen=False),
            "frozen": variant(adam="loop"),
            "frozen-fused": variant(adam="fused"),
            "frozen-fused-channels-last": variant(adam="fused", channels_last=True),
        },
    }


TIME, VOCABULARY = 20, 5000


def _load_language_model(weights: str | None, width: int) -> networks.LanguageModel:
    model = networks.LanguageModel(VOCABULARY, width, width)
    with torch.no_grad():
        if weights:
            arrays = load_file(weights)
            for name, tensor in model.named_parameters():
                tensor.copy_(torch.from_numpy(arrays[name.replace(".", "/")]))
        else:
            for i, tensor in enumerate(model.parameters()):
                tensor.copy_(_float32(normal(i, tuple(tensor.shape), 0, 0.1)))
    model.lstm.flatten_parameters()
    return model


def _with_onednn(enabled: bool, step: Step) -> Step:
    """PyTorch uses oneDNN's LSTM unless told otherwise."""
    if enabled:
        return step

    def guarded(index: int) -> list[float]:
        with torch.backends.mkldnn.flags(enabled=False):
            return step(index)

    return guarded


def _language_variant(width: int, adam: str, onednn: bool = True, compiled: bool = False):
    """The whole step: embedding, LSTM, projection, cross entropy, backward, Adam."""

    def build(weights: str | None) -> Step:
        model = _load_language_model(weights, width)
        run = torch.compile(model) if compiled else model
        optimizer = _adam(model.parameters(), adam, 1e-2)
        tokens = [
            torch.from_numpy(integers(3000 + i, (TIME + 1) * BATCH, VOCABULARY)).view(-1, BATCH)
            for i in range(POOL)
        ]

        def step(index: int) -> list[float]:
            batch = tokens[index % POOL]
            optimizer.zero_grad(set_to_none=True)
            logits = run(batch[:-1])
            loss = cross_entropy(logits.view(-1, VOCABULARY), batch[1:].reshape(-1))
            loss.backward()
            optimizer.step()
            return [loss.item()]

        return _with_onednn(onednn, step)

    return build


def _core_variant(width: int, onednn: bool = True, compiled: bool = False):
    """Only the LSTM: forward, and backward to the input and the four weights."""

    def build(weights: str | None) -> Step:
        lstm = _load_language_model(weights, width).lstm
        run = torch.compile(lstm) if compiled else lstm
        shape = (TIME, BATCH, width)
        inputs = [_float32(normal(1000 + i, shape)).requires_grad_() for i in range(POOL)]
        cotangent = _float32(normal(4000, shape))

        def step(index: int) -> list[float]:
            x = inputs[index % POOL]
            x.grad = None
            lstm.zero_grad(set_to_none=True)
            loss = (run(x)[0] * cotangent).sum()
            loss.backward()
            return [loss.item()]

        return _with_onednn(onednn, step)

    return build


def _language_case(width: int) -> dict:
    return {
        "timed": f"batch 64, T=20, vocabulary 5000, embedding = hidden = {width}, one layer: "
        "embedding, LSTM, vocabulary projection, cross entropy, backward, Adam; loss read",
        "variants": {
            "plain": _language_variant(width, "loop", onednn=False),
            "onednn": _language_variant(width, "loop"),
            "onednn-foreach": _language_variant(width, "foreach"),
            "onednn-fused": _language_variant(width, "fused"),
            "native-fused": _language_variant(width, "fused", onednn=False),
            "compile-fused": _language_variant(width, "fused", compiled=True),
        },
    }


def _core_case(width: int) -> dict:
    return {
        "timed": f"batch 64, T=20, input = hidden = {width}, one layer, no embedding, projection or "
        "optimizer: LSTM forward, sum(h * cotangent), backward to the input and all weights",
        "variants": {
            "onednn": _core_variant(width),
            "native": _core_variant(width, onednn=False),
            "compile": _core_variant(width, compiled=True),
        },
    }


CASES: dict[str, dict] = {
    "article-step": _article_case(),
    "dcgan64-step": _dcgan_case(64, 1),
    "dcgan64-rgb-step": _dcgan_case(64, 3),
    "dcgan32-step": _dcgan_case(32, 1),
    "dcgan32-r1r2-step": _penalized_case(32),
    "lstm32-step": _language_case(32),
    "lstm512-step": _language_case(512),
    "lstm32-core": _core_case(32),
    "lstm512-core": _core_case(512),
    "lstm32-sample": sampling_case(32, 10_000),
    "lstm512-sample": sampling_case(512, 1_000),
    "relgan-step": relgan_case(),
    "seqgan-generator-step": seqgan_case(),
}
