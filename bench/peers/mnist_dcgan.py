"""Trains gansmith's `mnist-dcgan` recipe in PyTorch and writes samples to be judged by gansmith.

The game is the recipe's: DCGAN (arXiv 1511.06434), with --conditional on the digit's class,
non-saturating loss, D's two halves summed, R1 gamma/2 on real images (arXiv 1801.04406),
Adam(lr, beta1, .999), the G step on the D step's fakes, an exponential moving average of G. MNIST is
resized as torchvision does. Samples come from the averaged generator in eval mode: tensor `samples`,
float32 [N,1,H,W] in [-1,1]; judge them with `gansmith eval --samples FILE.safetensors`.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch.nn.functional import softplus

import mnist
import networks


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--latent", type=int, default=100)
    parser.add_argument("--base-channels", type=int, default=64)
    parser.add_argument("--conditional", action="store_true", help="both players see the label")
    parser.add_argument("--lr", type=float, default=2e-4)
    parser.add_argument("--lr-end", type=float, help="the rate falls to it along a cosine")
    parser.add_argument("--lr-kimg", type=float, default=450.0, help="over so many kimg")
    parser.add_argument("--beta1", type=float, default=0.5)
    parser.add_argument("--r1-gamma", type=float, default=0.0, help="0 leaves the penalty out")
    parser.add_argument("--ema-kimg", type=float, default=0.0, help="half-life; 0: no average")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--out", type=Path, required=True, help=".safetensors or .npy")
    options = parser.parse_args()
    if options.out.suffix not in (".safetensors", ".npy"):
        parser.error(f"--out must end in .safetensors or .npy, received {options.out}")
    return options


def batches(count: int, size: int, rng: np.random.Generator):
    """Row numbers, every epoch in a new order; a last short batch is dropped."""
    while True:
        order = rng.permutation(count)
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]


def rate_at(kimg: float, options: argparse.Namespace) -> float:
    if options.lr_end is None:
        return options.lr
    share = (1 - math.cos(math.pi * min(kimg / options.lr_kimg, 1))) / 2
    return options.lr + (options.lr_end - options.lr) * share


@torch.no_grad()
def average(ema: torch.nn.Module, now: torch.nn.Module, kimg: float, done: float, batch: int):
    """Weights move by the half-life (shortened while `done` kimg are few); statistics are copied."""
    decay = 0.5 ** (batch / 1000 / min(kimg, done * 0.05))
    for old, new in zip(ema.parameters(), now.parameters(), strict=True):
        old.lerp_(new, 1 - decay)
    for old, new in zip(ema.buffers(), now.buffers(), strict=True):
        old.copy_(new)


def main() -> None:
    options = parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    images = mnist.scale(mnist.resize(mnist.read_images(), options.size))
    labels = torch.from_numpy(mnist.read_labels().astype(np.int64))
    classes = 10 if options.conditional else 0
    nets = networks.dcgan(options.size, 1, options.base_channels, options.latent, classes)
    for module in nets.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
            torch.nn.init.normal_(module.weight, 0.0, 0.02)
        elif isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.weight, 1.0, 0.02)
    g, d = nets["generator"].train(), nets["discriminator"].train()
    ema = copy.deepcopy(g)
    betas = (options.beta1, 0.999)
    g_adam = torch.optim.Adam(g.parameters(), lr=options.lr, betas=betas, fused=True)
    d_adam = torch.optim.Adam(d.parameters(), lr=options.lr, betas=betas, fused=True)
    rows = batches(len(images), options.batch, rng)
    start = time.perf_counter()
    d_value = g_value = float("nan")
    for step in range(1, options.steps + 1):
        # As gansmith counts: D's batch has been seen when its rate is looked up.
        for group in g_adam.param_groups + d_adam.param_groups:
            group["lr"] = rate_at(step * options.batch / 1000, options)
        chosen = next(rows)
        given = (labels[chosen],) if options.conditional else ()
        real = torch.from_numpy(images[chosen])
        real.requires_grad_(options.r1_gamma > 0)
        fake = g(torch.randn(options.batch, options.latent), *given)
        d_adam.zero_grad(set_to_none=True)
        on_real = d(real, *given)
        d_loss = softplus(-on_real).mean() + softplus(d(fake.detach(), *given)).mean()
        d_value = d_loss.item()
        if options.r1_gamma > 0:
            (slope,) = torch.autograd.grad(on_real.sum(), real, create_graph=True)
            d_loss = d_loss + options.r1_gamma / 2 * slope.square().sum([1, 2, 3]).mean()
        d_loss.backward()
        d_adam.step()
        d.requires_grad_(False)
        g_adam.zero_grad(set_to_none=True)
        g_loss = softplus(-d(fake, *given)).mean()
        g_loss.backward()
        g_adam.step()
        d.requires_grad_(True)
        g_value = g_loss.item()
        if options.ema_kimg > 0:
            average(ema, g, options.ema_kimg, step * options.batch / 1000, options.batch)
        if not np.isfinite(d_value + g_value):
            sys.exit(f"step {step}: the loss is not finite (D {d_value}, G {g_value})")
        if step % 100 == 0:
            rate = step / (time.perf_counter() - start)
            print(f"step {step} D {d_value:.4f} G {g_value:.4f} {rate:.2f}/s", file=sys.stderr)
    seconds = time.perf_counter() - start
    source = (ema if options.ema_kimg > 0 else g).eval()
    with torch.no_grad():
        parts = []
        for at in range(0, options.samples, 500):
            count = min(500, options.samples - at)
            # All classes in turn, as gansmith draws them.
            given = (torch.arange(at, at + count) % 10,) if options.conditional else ()
            parts.append(source(torch.randn(count, options.latent), *given).numpy())
    samples = np.ascontiguousarray(np.concatenate(parts))
    if options.out.suffix == ".npy":
        np.save(options.out, samples)
    else:
        save_file({"samples": samples}, options.out)
    result = {
        "type": "result",
        "torch": torch.__version__,
        "steps": options.steps,
        "kimg": options.steps * options.batch / 1000,
        "seconds": seconds,
        "dLoss": d_value,
        "gLoss": g_value,
        "samples": str(options.out),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
