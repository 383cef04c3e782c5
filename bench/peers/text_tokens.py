"""Draws tokens from an exported generator of text and compares them: text_tokens.py MODEL EXPECTED.

EXPECTED holds `tokens` and the inputs that are not the defaults here; whole numbers stand as floats.
"""

import sys

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

model, expected = sys.argv[1:]
onnx.checker.check_model(model, full_check=True)
wanted = load_file(expected)
uniform = wanted["uniform"]
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
inputs = {
    "temperature": np.array(1, np.float32),
    "prefix": np.zeros(uniform.shape, np.int32),
    "prefixed": np.zeros(uniform.shape, np.float32),
}
types = {"tensor(float)": np.float32, "tensor(int32)": np.int32}
for entry in session.get_inputs():
    if entry.name in wanted:
        inputs[entry.name] = wanted[entry.name].astype(types[entry.type])
(tokens,) = session.run(["tokens"], inputs)
different = int(np.sum(tokens.T != wanted["tokens"].astype(np.int32)))
print(f"{tokens.size} tokens by onnxruntime {onnxruntime.__version__}: {different} differ")
sys.exit(0 if different == 0 else 1)
