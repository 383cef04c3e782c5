"""Writes test/fixtures/text-metrics.json: BLEU and Self-BLEU by NLTK, which gansmith must meet.

    python bench/peers/make_text_fixtures.py

Needs nltk (3.10.4 made the file). The texts stand in the file, so the tests need no Python.
"""

import json
import pathlib
import random

import nltk
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

OUT = pathlib.Path(__file__).parents[2] / "test" / "fixtures" / "text-metrics.json"
ORDERS = [2, 3, 4, 5]
SMOOTHING = SmoothingFunction().method1


def bleu(pairs):
    """Mean sentence BLEU of (references, text), by order."""
    return {
        n: sum(sentence_bleu(r, t, (1 / n,) * n, smoothing_function=SMOOTHING) for r, t in pairs)
        / len(pairs)
        for n in ORDERS
    }


def case(name, samples, references):
    others = [(samples[:i] + samples[i + 1 :], text) for i, text in enumerate(samples)]
    return {
        "name": name,
        "samples": samples,
        "references": references,
        "bleu": bleu([(references, text) for text in samples]),
        "selfBleu": bleu(others),
    }


def texts(rng, count, vocabulary, low, high):
    """Few tokens, drawn as min of two, so that n-grams repeat within and between texts."""
    token = lambda: min(rng.randrange(vocabulary), rng.randrange(vocabulary))
    return [[token() for _ in range(rng.randint(low, high))] for _ in range(count)]


rng = random.Random(1)
cases = [
    case("fixed length", texts(rng, 12, 30, 20, 20), texts(rng, 15, 30, 20, 20)),
    case("repeats", texts(rng, 12, 4, 5, 14), texts(rng, 10, 4, 6, 12)),
    # Empty and one-token samples, tokens that no reference has, lengths between two references'.
    case(
        "short and foreign",
        [[], [1], [99, 98, 97], [1, 2, 3], [1, 1, 1, 1, 1], [2, 3], [2, 3], [7, 1, 2, 3, 4, 9, 9, 2]],
        [[1, 2, 3, 4, 5, 6], [1, 2], [2, 3, 2, 3, 4, 1, 1, 9, 8, 7]],
    ),
]
OUT.write_text(json.dumps({"nltk": nltk.__version__, "cases": cases}) + "\n")
