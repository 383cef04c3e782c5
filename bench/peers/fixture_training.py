"""Losses of whole training runs, from hashed weights, hashed noise and real MNIST images."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import softplus

import mnist
import networks
from fixture_file import array, write
from hashing import hash32, integers, normal, uniform

LATENT = 100
NOISE_INDEX = 100_000
BATCH_INDEX = 200_000


def _train(nets, images: np.ndarray, indices: np.ndarray, recipe: dict, dtype, labels=None) -> dict:
    """The article's loop: D on real and fake, then G on the same fakes with the updated D."""
    nets = nets.to(dtype)
    g, d = nets["generator"].train(), nets["discriminator"].train()
    betas = (recipe["beta1"], 0.999)
    adams = {
        name: torch.optim.Adam(net.parameters(), lr=recipe["lr"], betas=betas, eps=1e-8)
        for name, net in (("g", g), ("d", d))
    }
    losses: dict[str, list[float]] = {"d": [], "g": [], "dReal": [], "dFake": []}
    for step, rows in enumerate(indices):
        real = torch.from_numpy(images[rows]).to(dtype)
        noise = normal(NOISE_INDEX + step, (len(rows), LATENT)).astype(np.float32)
        given = () if labels is None else (labels[rows],)
        fake = g(torch.from_numpy(noise).to(dtype), *given)
        adams["d"].zero_grad()
        on_real = softplus(-d(real, *given)).mean()
        on_fake = softplus(d(fake.detach(), *given)).mean()
        d_loss = (on_real + on_fake) * recipe["dScale"]
        d_loss.backward()
        adams["d"].step()
        adams["g"].zero_grad()
        g_loss = softplus(-d(fake, *given)).mean()
        g_loss.backward()
        adams["g"].step()
        values = {"d": d_loss, "g": g_loss, "dReal": on_real, "dFake": on_fake}
        for key, value in values.items():
            losses[key].append(value.item())
    return losses


def _spread(a: dict, b: dict) -> list[float]:
    """Per step the larger of the two losses' relative differences."""
    steps = zip(a["d"], b["d"], a["g"], b["g"], strict=True)
    return [max(abs(x / y - 1), abs(u / v - 1)) for x, y, u, v in steps]


def _final_state(nets, prefix: str) -> dict[str, np.ndarray]:
    """Small tensors whole; of large ones mean, standard deviation and the first 8 values."""
    final = {}
    for name, _, tensor in networks.named_tensors(nets):
        values = array(tensor)
        if values.size > 1024:
            flat = values.astype(np.float64).ravel()
            values = np.array([flat.mean(), flat.std(), *flat[:8]], dtype=np.float32)
            name += "#summary"
        final[f"{prefix}/{name}"] = values
    return final


def _run(
    name: str,
    make,
    family: str,
    size: int,
    batch: int,
    steps: int,
    recipes: dict[str, dict],
    conditional: bool = False,
) -> None:
    indices = integers(BATCH_INDEX, steps * batch, 60_000).reshape(steps, batch)
    used, places = np.unique(indices, return_inverse=True)
    pixels = mnist.resize(mnist.read_images()[used], size)
    images, rows = mnist.scale(pixels), places.reshape(indices.shape)
    labels = torch.from_numpy(mnist.read_labels()[used].astype(np.int64)) if conditional else None
    runs, tensors, table = {}, {}, []
    for run, recipe in recipes.items():
        losses = {}
        for label, dtype in (("float64", torch.float64), ("float32", torch.float32)):
            nets = make()
            table = networks.parameter_table(nets, family)
            networks.load_hashed(nets, table)
            losses[label] = _train(nets, images, rows, recipe, dtype, labels)
        tensors |= _final_state(nets, f"final/{run}")
        spread = _spread(losses["float32"], losses["float64"])
        within = next((i for i, value in enumerate(spread) if value > 1e-3), steps)
        sensitivity = {"largest": max(spread), "stepsWithin1e-3": within}
        runs[run] = recipe | {"float32AgainstFloat64": sensitivity, "losses": losses}
        print(name, run, sensitivity, flush=True)
    tensors["check/images"] = pixels[rows[0][:4]][:, None]
    description = {
        "torch": torch.__version__,
        "model": {"family": family, "size": size, "channels": 1, "latent": LATENT}
        | ({"conditional": True, "baseChannels": 32} if conditional else {}),
        "batch": batch,
        "steps": steps,
        "adam": {"beta2": 0.999, "eps": 1e-8},
        "noise": {"formula": "normal(index + step, [batch, latent])", "index": NOISE_INDEX},
        "dLoss": "dScale * (dReal + dFake), dReal = mean softplus(-D(x)), dFake = mean softplus(D(G(z)))",
        "gLoss": "mean softplus(-D(G(z))), after the D update, on the same fakes",
        "check": {"images": {"tensor": "check/images", "rows": indices[0][:4].tolist()}},
        "parameters": table,
        "runs": runs,
        "batches": indices.tolist(),
    }
    write(name, tensors, description)


def make_article() -> None:
    recipes = {
        "lr1e-4-beta0.9": {"lr": 1e-4, "beta1": 0.9, "dScale": 0.5},
        "lr2e-4-beta0.9": {"lr": 2e-4, "beta1": 0.9, "dScale": 0.5},
        "lr2e-4-beta0.5": {"lr": 2e-4, "beta1": 0.5, "dScale": 0.5},
    }
    _run("article-50-steps", lambda: networks.mlp(64), "mlp", 64, 64, 50, recipes)


def make_dcgan() -> None:
    def recipe(lr: float) -> dict:
        return {"lr": lr, "beta1": 0.5, "dScale": 1}

    recipes = {"lr1e-5": recipe(1e-5), "lr2e-4": recipe(2e-4)}
    _run("dcgan-20-steps", lambda: networks.dcgan(64, 1), "dcgan", 64, 16, 20, recipes)
    _run("dcgan32-20-steps", lambda: networks.dcgan(32, 1), "dcgan", 32, 32, 20, recipes)


def make_conditional() -> None:
    _run(
        "dcgan32-conditional-20-steps",
        lambda: networks.dcgan(32, 1, base=32, classes=10),
        "dcgan",
        32,
        32,
        20,
        {"lr1e-5": {"lr": 1e-5, "beta1": 0.5, "dScale": 1}},
        conditional=True,
    )


def make_hash() -> None:
    """Sample values of every formula in hashing.py."""
    at = np.array([0, 1, 2, 3, 1000, 65_535, 1_048_576, 4_194_303], dtype=np.uint32)
    write(
        "hash",
        {},
        {
            "hash": [
                {"tensor": t, "index": at.tolist(), "value": hash32(t, at).tolist()}
                for t in (0, 7, NOISE_INDEX)
            ],
            "uniform": {
                "tensor": 0,
                "bound": 0.1,
                "first8": uniform(0, (8,), 0.1).tolist(),
                "first8Float32": uniform(0, (8,), 0.1).astype(np.float32).tolist(),
            },
            "normal": {
                "tensor": NOISE_INDEX,
                "mean": 0,
                "std": 1,
                "first8": normal(NOISE_INDEX, (8,)).tolist(),
                "first8Float32": normal(NOISE_INDEX, (8,)).astype(np.float32).tolist(),
            },
            "integers": {
                "tensor": BATCH_INDEX,
                "below": 60_000,
                "first8": integers(BATCH_INDEX, 8, 60_000).tolist(),
            },
        },
    )
