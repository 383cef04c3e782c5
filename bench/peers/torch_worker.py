"""PyTorch as a benchmark peer: JSON lines in, JSON lines out.

    {"cmd":"cases"}                         -> {"ok":true,"cases":{name:{"timed":..,"variants":[..]}}}
    {"cmd":"init","case":"article-step","threads":2,"weights":FILE|null,"variant":NAME|null}
                                            -> {"ok":true,"variants":[..],"torch":"2.x","timed":..}
    {"cmd":"run","steps":5,"variant":NAME?} -> {"ok":true,"ms":[..]}
    {"cmd":"memory"}                        -> {"ok":true,"peakRssBytes":..,"baseRssBytes":..}
    {"cmd":"losses","variant":NAME?}        -> {"ok":true,"losses":[[d,g],..]} or [[loss],..]
    {"cmd":"quit"}                          -> {"ok":true}, then exits

A variant is built when it is first used, from the same weights, so one process can time all of
them; to measure memory, start a process per variant. `run` times whole steps; making the batches
is outside the clock. A failure answers {"ok":false,"error":..} and the worker goes on.
Inputs, the same in every variant and reproducible from hashing.py: step s uses real batch s % 4,
uniform(2000 + s % 4, shape, 1), and noise normal(1000 + s % 4, [N,100]); token sequences are
integers(3000 + s % 4, (T+1)*N, V) as [T+1,N].
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable

import torch

from cases import CASES


def peak_rss_bytes() -> int:
    """VmHWM where the kernel shows it, else getrusage."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class Worker:
    def __init__(self) -> None:
        self.case: dict | None = None
        self.weights: str | None = None
        self.variant = ""
        self.steps: dict[str, Callable[[int], list[float]]] = {}
        self.losses: dict[str, list[list[float]]] = {}
        self.base_rss = peak_rss_bytes()

    def init(self, request: dict) -> dict:
        name = request["case"]
        if name not in CASES:
            raise ValueError(f"unknown case {name!r}, expected one of {', '.join(CASES)}")
        torch.set_num_threads(int(request.get("threads") or 2))
        torch.manual_seed(1)
        self.case = CASES[name]
        self.weights = request.get("weights")
        self.steps, self.losses = {}, {}
        variants = list(self.case["variants"])
        self.variant = request.get("variant") or variants[0]
        self.check(self.variant)
        return {"variants": variants, "torch": torch.__version__, "timed": self.case["timed"]}

    def check(self, variant: str) -> None:
        if self.case is None:
            raise ValueError("no case yet: send init first")
        if variant not in self.case["variants"]:
            known = ", ".join(self.case["variants"])
            raise ValueError(f"unknown variant {variant!r}, expected one of {known}")

    def run(self, request: dict) -> dict:
        variant = request.get("variant") or self.variant
        self.check(variant)
        if variant not in self.steps:
            self.steps[variant] = self.case["variants"][variant](self.weights)
            self.losses[variant] = []
        step, losses = self.steps[variant], self.losses[variant]
        ms = []
        for _ in range(int(request["steps"])):
            start = time.perf_counter()
            loss = step(len(losses))
            ms.append((time.perf_counter() - start) * 1000)
            losses.append(loss)
        return {"ms": ms}

    def answer(self, request: dict) -> dict:
        command = request.get("cmd")
        if command == "cases":
            return {
                "cases": {
                    name: {"timed": case["timed"], "variants": list(case["variants"])}
                    for name, case in CASES.items()
                }
            }
        if command == "init":
            return self.init(request)
        if command == "run":
            return self.run(request)
        if command == "memory":
            return {"peakRssBytes": peak_rss_bytes(), "baseRssBytes": self.base_rss}
        if command == "losses":
            return {"losses": self.losses.get(request.get("variant") or self.variant, [])}
        if command == "quit":
            return {}
        raise ValueError(f"unknown cmd {command!r}")


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    # Anything a library prints must not land between the JSON lines.
    out, sys.stdout = sys.stdout, sys.stderr
    worker = Worker()
    for line in sys.stdin:
        if not line.strip():
            continue
        request: dict = {}
        try:
            request = json.loads(line)
            reply = {"ok": True, **worker.answer(request)}
        except Exception as error:  # noqa: BLE001 - the answer carries it
            reply = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=out, flush=True)
        if request.get("cmd") == "quit":
            break


if __name__ == "__main__":
    main()
