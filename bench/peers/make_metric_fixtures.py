"""Writes test/fixtures/metrics.json: FID and KID by numpy and scipy, which gansmith must meet.

    python bench/peers/make_metric_fixtures.py

Needs numpy and scipy. The features stand in the file, so the tests need no Python.
"""

import json
import pathlib

import numpy as np
import scipy.linalg

OUT = pathlib.Path(__file__).parents[2] / "test" / "fixtures" / "metrics.json"


def fid(x, y):
    m1, m2 = x.mean(0), y.mean(0)
    c1, c2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = scipy.linalg.sqrtm(c1 @ c2)
    return float(((m1 - m2) ** 2).sum() + np.trace(c1 + c2 - 2 * root.real))


def kid(x, y):
    """Unbiased, over all pairs: one subset that is the whole set."""
    d = x.shape[1]
    kernel = lambda a, b: (a @ b.T / d + 1) ** 3
    n, m = len(x), len(y)
    xx, yy, xy = kernel(x, x), kernel(y, y), kernel(x, y)
    within = (xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1))
    return float(within - 2 * xy.mean())


def draw(rng, n, d, shift, few=0):
    """Correlated and not negative, as features after a ReLU are; `few` columns are always 0."""
    x = np.maximum(rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + shift, 0)
    x[:, :few] = 0
    return np.round(x, 3)


def main():
    rng = np.random.default_rng(7)
    cases = []
    for name, d, few in [("narrow", 3, 0), ("wide", 12, 0), ("singular", 8, 2)]:
        x, y = draw(rng, 80, d, 0.5, few), draw(rng, 80, d, 1.0, few)
        row = {"name": name, "width": d, "x": x.ravel().tolist(), "y": y.ravel().tolist()}
        # The singular covariance has no accurate root by scipy's method; its zero columns add nothing.
        row["fid"] = fid(x[:, few:], y[:, few:])
        row["kid"] = kid(x, y)
        cases.append(row)
    OUT.write_text(json.dumps({"cases": cases}) + "\n")


if __name__ == "__main__":
    main()
