"""Writes test/fixtures from PyTorch: `python make_fixtures.py [name ...]`, all of them by default.

Every number comes from the counter formulas of hashing.py, so a second run on the same versions
writes the same files:

    mix(x):   x ^= x >> 16;  x *= 0x85ebca6b;  x ^= x >> 13;  x *= 0xc2b2ae35;  x ^= x >> 16
    hash(t, i)           = mix(mix(i + 0x9e3779b9) ^ mix(t + 0x85ebca6b))          (32 bits)
    uniform(t, i, bound) = (hash(t, i) / 2^32 - 0.5) * 2 * bound
    normal(t, i)         = sqrt(-2 ln((hash(t, 2i) + 0.5) / 2^32)) * cos(2 pi hash(t, 2i+1) / 2^32)
"""

from __future__ import annotations

import argparse

import torch

from fixture_decoders import make_decoders
from fixture_games import make_games
from fixture_layers import make_layers
from fixture_models import make_models
from fixture_numerics import make_losses, make_optimizers, make_penalties
from fixture_sequence_rewards import make_sequence_rewards
from fixture_relgan import make_relgan
from fixture_sequences import make_sequences
from fixture_training import make_article, make_conditional, make_dcgan, make_hash

MAKERS = {
    "hash": make_hash,
    "layers": make_layers,
    "models": make_models,
    "optimizers": make_optimizers,
    "losses": make_losses,
    "penalties": make_penalties,
    "games": make_games,
    "sequences": make_sequences,
    "decoders": make_decoders,
    "sequence-rewards": make_sequence_rewards,
    "relgan": make_relgan,
    "article": make_article,
    "dcgan": make_dcgan,
    "conditional": make_conditional,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(MAKERS)}")
    names = parser.parse_args().names or list(MAKERS)
    unknown = [name for name in names if name not in MAKERS]
    if unknown:
        parser.error(f"unknown fixture {unknown[0]!r}, expected {', '.join(MAKERS)}")
    torch.set_num_threads(2)
    torch.manual_seed(0)
    for name in names:
        MAKERS[name]()


if __name__ == "__main__":
    main()
