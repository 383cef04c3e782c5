"""Writes test/fixtures/metrics.json: FID and KID by numpy and scipy, which gansmith must meet.

    python bench/peers/make_metric_fixtures.py

Needs numpy and scipy. The features stand in the file, so the tests need no Python.
"""

import json
import pathlib

import numpy as np
import scipy.linalg
import scipy.spatial.distance as distance
import scipy.stats

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


def neighbourhoods(x, y, k):
    """Precision, recall, density and coverage; x real, y samples."""
    radius = lambda points: np.sort(distance.cdist(points, points), axis=1)[:, k]
    between, rx, ry = distance.cdist(x, y), radius(x), radius(y)
    inside = between < rx[:, None]
    return {
        "precision": float(inside.any(0).mean()),
        "recall": float((between < ry[None]).any(1).mean()),
        "density": float(inside.sum(0).mean() / k),
        "coverage": float(inside.any(1).mean()),
    }


def vendi(x):
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    values = np.linalg.eigvalsh(unit @ unit.T / len(x))
    return float(np.exp(scipy.stats.entropy(values[values > 1e-12])))


def classifier_score(p):
    return float(np.exp(scipy.stats.entropy(p, p.mean(0, keepdims=True), axis=1).mean()))


def modes(p):
    """Classes that occur, and KL of their shares from uniform in nats."""
    counts = np.bincount(p.argmax(1), minlength=p.shape[1])
    uniform = np.full(p.shape[1], 1 / p.shape[1])
    return {"modes": int((counts > 0).sum()), "kl": float(scipy.stats.entropy(counts, uniform))}


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
        row["neighbourhoods"] = {str(k): neighbourhoods(x, y, k) for k in (3, 5)}
        row["vendi"] = vendi(x + 0.1)
        p = np.random.default_rng(3).dirichlet(np.full(d, 0.3), 60)
        row["probabilities"] = p.ravel().tolist()
        row["classifierScore"] = classifier_score(p)
        row["modes"] = modes(p)
        cases.append(row)
    OUT.write_text(json.dumps({"cases": cases}) + "\n")


if __name__ == "__main__":
    main()
