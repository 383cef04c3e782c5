"""Trains an exported training step without gansmith: onnxruntime, numpy and nothing else.

    npx gansmith export RUN --format training-step --out training-step
    python examples/train_exported_step.py training-step

Each phase of manifest.json is an ONNX graph: parameters, state, data and noise in; losses,
gradients and new state out. This script feeds the recorded batches of the `check` file, applies the
optimizer in numpy, and compares the losses with those that gansmith recorded. In the check file
`STEP/PHASE/INPUT`, or `STEP/INPUT` where phases share it, is what an input was fed (STEP from 0),
and `losses/PHASE` [steps] what each phase minimised.

Needs: pip install numpy onnxruntime safetensors.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from safetensors.numpy import load_file


class Adam:
    """arXiv 1412.6980; moments are kept by parameter name, the step count by phase."""

    def __init__(self, config: dict, scale: float):
        self.lr = np.float32(config["lr"] * scale)
        self.betas = config["beta1"], config["beta2"]
        self.eps = np.float32(config["eps"])
        self.steps = 0
        self.first: dict[str, np.ndarray] = {}
        self.second: dict[str, np.ndarray] = {}

    def update(self, state: dict[str, np.ndarray], gradients: dict[str, np.ndarray]) -> None:
        self.steps += 1
        beta1, beta2 = self.betas
        rate = self.lr / np.float32(1 - beta1**self.steps)
        root = np.float32(np.sqrt(1 - beta2**self.steps))
        for name, gradient in gradients.items():
            m = self.first.setdefault(name, np.zeros_like(gradient))
            v = self.second.setdefault(name, np.zeros_like(gradient))
            m += np.float32(1 - beta1) * (gradient - m)
            v += np.float32(1 - beta2) * (gradient * gradient - v)
            change = rate * m / (np.sqrt(v) / root + self.eps)
            # np.asarray: a shape [] array minus another is a bare scalar.
            state[name] = np.asarray(state[name] - change, dtype=np.float32)


class TrainingStep:
    """The exported phases with everything that lives from one step to the next."""

    def __init__(self, folder: Path):
        self.manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if self.manifest.get("version") != 1:
            sys.exit(f"{folder}/manifest.json: version {self.manifest.get('version')}, expected 1")
        self.state = dict(load_file(folder / self.manifest["state"]["file"]))
        self.carried: dict[str, np.ndarray] = {}
        self.done = 0
        self.sessions = []
        # Rounding grows with the rate, so the check may be recorded at a part of it.
        scale = self.manifest["check"].get("learningRateScale", 1)
        # Phases of the same network share one optimizer, as they share its parameters.
        self.optimizers: dict[str, Adam] = {}
        for phase in self.manifest["phases"]:
            if phase["optimizer"]["kind"] != "adam":
                sys.exit(f"phase {phase['name']}: optimizer {phase['optimizer']['kind']}, expected adam")
            self.optimizers.setdefault(phase["network"], Adam(phase["optimizer"], scale))
            path = str(folder / phase["file"])
            self.sessions.append(
                onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
            )

    def run(self, feed) -> dict[str, float]:
        """One iteration; `feed(phase, input)` gives a batch or noise. Returns losses by phase."""
        losses = {}
        self.done += 1
        for phase, session in zip(self.manifest["phases"], self.sessions, strict=True):
            if (self.done - 1) % phase.get("interval", 1) != 0:
                continue
            feeds = {}
            for entry in phase["inputs"]:
                name, role = entry["name"], entry["role"]
                if role in ("param", "state"):
                    feeds[name] = self.state[name]
                elif role == "carry":
                    feeds[name] = self.carried[name]
                else:
                    feeds[name] = feed(phase["name"], entry)
            outputs = phase["outputs"]
            values = session.run([output["name"] for output in outputs], feeds)
            gradients = {}
            for output, value in zip(outputs, values, strict=True):
                target = output.get("for", output["name"])
                if output["role"] == "loss":
                    losses[phase["name"]] = float(np.asarray(value).reshape(()))
                elif output["role"] == "gradient":
                    gradients[target] = value
                elif output["role"] == "state":
                    self.state[target] = value
                elif output["role"] == "carry":
                    self.carried[target] = value
            self.optimizers[phase["network"]].update(self.state, gradients)
            if "clip" in phase:
                for name in gradients:
                    self.state[name] = self.state[name].clip(-phase["clip"], phase["clip"])
        return losses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="what `gansmith export` wrote")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--tolerance", type=float, default=1e-4, help="relative")
    options = parser.parse_args()
    step = TrainingStep(options.folder)
    check = load_file(options.folder / step.manifest["check"]["file"])
    worst = 0.0
    for index in range(options.steps):

        def feed(phase: str, entry: dict, index: int = index) -> np.ndarray:
            own = f"{index}/{phase}/{entry['name']}"
            return check[own if own in check else f"{index}/{entry['name']}"]

        losses = step.run(feed)
        for phase, loss in losses.items():
            wanted = float(check[f"losses/{phase}"][index])
            difference = abs(loss - wanted) / max(abs(wanted), 1e-12)
            worst = max(worst, difference) if np.isfinite(difference) else float("inf")
        shown = "  ".join(f"{phase} {loss:.6f}" for phase, loss in losses.items())
        print(f"step {index + 1:3d}  {shown}")
    agrees = worst <= options.tolerance
    verdict = "agrees with" if agrees else "DIFFERS from"
    print(f"{verdict} gansmith's losses: largest relative difference {worst:.2e}")
    sys.exit(0 if agrees else 1)


if __name__ == "__main__":
    main()
