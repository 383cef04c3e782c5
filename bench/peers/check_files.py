"""Opens files that gansmith wrote with the libraries that other people read them with.

    python bench/peers/check_files.py FILE_OR_FOLDER...

.onnx: onnx.checker with full type inference, then a session on Python's ONNX Runtime.
.safetensors: every tensor through safetensors.numpy.
A folder, or an event file: every scalar and picture through TensorBoard's EventAccumulator.
Prints one JSON line a file; exits 1 if one is refused. Needs onnx, onnxruntime, safetensors,
tensorboard, numpy.
"""

import hashlib
import json
import pathlib
import sys


def check_onnx(path):
    import onnx
    import onnxruntime

    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return {
        "ir": model.ir_version,
        "opsets": {o.domain: o.version for o in model.opset_import},
        "nodes": len(model.graph.node),
        "initializers": len(model.graph.initializer),
        "inputs": {i.name: [i.type, i.shape] for i in session.get_inputs()},
        "outputs": {o.name: [o.type, o.shape] for o in session.get_outputs()},
    }


def check_safetensors(path):
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        return {
            "metadata": file.metadata(),
            "tensors": {
                name: {
                    "dtype": str(x.dtype),
                    "shape": list(x.shape),
                    "sha256": hashlib.sha256(x.tobytes()).hexdigest()[:16],
                }
                for name, x in tensors.items()
            },
        }


def check_tensorboard(path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(path), size_guidance={"scalars": 0, "images": 0})
    events.Reload()
    tags = events.Tags()
    if not tags["scalars"] and not tags["images"]:
        raise ValueError("no scalars and no images")
    return {
        "scalars": {t: [[e.step, e.value] for e in events.Scalars(t)] for t in tags["scalars"]},
        "images": {
            t: [[e.step, e.width, e.height, len(e.encoded_image_string)] for e in events.Images(t)]
            for t in tags["images"]
        },
    }


def check(path):
    if path.suffix == ".onnx":
        return check_onnx(path)
    if path.suffix == ".safetensors":
        return check_safetensors(path)
    return check_tensorboard(path)


failed = not sys.argv[1:]
if failed:
    print(__doc__, file=sys.stderr)
for argument in sys.argv[1:]:
    path = pathlib.Path(argument)
    try:
        print(json.dumps({"file": path.name, "ok": True, **check(path)}))
    except Exception as error:  # every library has its own kinds; all of them mean "refused"
        failed = True
        print(json.dumps({"file": path.name, "ok": False, "error": str(error)}))
sys.exit(1 if failed else 0)
