"""Opens what gansmith exports with the tools of others, and prints one line of JSON.

    judge_files.py --onnx generator.onnx --expected expected.safetensors [--tolerance 1e-5]
    judge_files.py --safetensors weights.safetensors
    judge_files.py --tensorboard RUN_FOLDER_OR_EVENT_FILE

`expected.safetensors` names its tensors `<batch>/<name of the ONNX input or output>`, for example
`1/z`, `1/images`, `17/z`, `17/images`; every batch size found there is run. Exit code 0 if all is
well, 1 if something differs or cannot be opened.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np


def judge_onnx(model: Path, expected: Path, tolerance: float) -> dict:
    import onnx
    import onnxruntime
    from safetensors.numpy import load_file

    onnx.checker.check_model(str(model), full_check=True)
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    inputs = [value.name for value in session.get_inputs()]
    outputs = [value.name for value in session.get_outputs()]
    tensors = load_file(expected)
    sizes = sorted({int(name.split("/", 1)[0]) for name in tensors})
    result: dict = {"checker": "ok", "inputs": inputs, "outputs": outputs, "batches": {}}
    worst = 0.0
    for size in sizes:
        feeds = {name: tensors[f"{size}/{name}"] for name in inputs if f"{size}/{name}" in tensors}
        missing = [name for name in inputs if name not in feeds]
        if missing:
            raise ValueError(f"expected file has no {size}/{missing[0]}; it has {sorted(tensors)}")
        compared = [name for name in outputs if f"{size}/{name}" in tensors]
        if not compared:
            raise ValueError(f"expected file has no output for batch {size}, of {outputs}")
        values = session.run(compared, feeds)
        for name, value in zip(compared, values, strict=True):
            wanted = tensors[f"{size}/{name}"]
            if value.shape != wanted.shape:
                raise ValueError(f"{size}/{name}: got {value.shape}, expected {wanted.shape}")
            difference = float(np.abs(value.astype(np.float64) - wanted).max())
            result["batches"][f"{size}/{name}"] = difference
            # A NaN must not pass for a small difference.
            worst = max(worst, difference) if np.isfinite(difference) else float("inf")
    result["largestDifference"] = worst if np.isfinite(worst) else "not finite"
    result["ok"] = worst <= tolerance
    return result


def judge_safetensors(file: Path) -> dict:
    from safetensors import safe_open

    tensors = {}
    with safe_open(file, framework="numpy") as opened:
        for name in opened.keys():
            value = opened.get_tensor(name)
            tensors[name] = {"shape": list(value.shape), "dtype": str(value.dtype)}
            if value.dtype.kind == "f" and not np.isfinite(value).all():
                raise ValueError(f"{file}: tensor {name} is not finite")
        metadata = opened.metadata()
    return {"ok": len(tensors) > 0, "tensors": tensors, "metadata": metadata}


def judge_tensorboard(path: Path) -> dict:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(path), size_guidance={"scalars": 0, "images": 0})
    events.Reload()
    tags = events.Tags()
    scalars = {}
    for tag in tags["scalars"]:
        values = events.Scalars(tag)
        scalars[tag] = {"count": len(values), "lastStep": values[-1].step, "last": values[-1].value}
    images = {tag: len(events.Images(tag)) for tag in tags["images"]}
    tensors = {tag: len(events.Tensors(tag)) for tag in tags["tensors"]}
    found = bool(scalars or images or tensors)
    return {"ok": found, "scalars": scalars, "images": images, "tensors": tensors}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--onnx", type=Path)
    parser.add_argument("--expected", type=Path, help="what the ONNX model must answer")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--safetensors", type=Path)
    parser.add_argument("--tensorboard", type=Path)
    options = parser.parse_args()
    if options.onnx and not options.expected:
        parser.error("--onnx needs --expected")
    checks = {
        "onnx": lambda: judge_onnx(options.onnx, options.expected, options.tolerance),
        "safetensors": lambda: judge_safetensors(options.safetensors),
        "tensorboard": lambda: judge_tensorboard(options.tensorboard),
    }
    asked = [name for name in checks if getattr(options, name)]
    if not asked:
        parser.error("nothing to judge: give --onnx, --safetensors or --tensorboard")
    report: dict = {}
    for name in asked:
        try:
            report[name] = checks[name]()
        except Exception as error:  # noqa: BLE001 - the report carries it
            report[name] = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    report["ok"] = all(report[name]["ok"] for name in asked)
    print(json.dumps(report))
    sys.exit(0 if report["ok"] else 1)


if __name__ == "__main__":
    main()
