"""Draws tokens from an exported generator of text and compares them: text_tokens.py MODEL EXPECTED."""

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
(tokens,) = session.run(
    ["tokens"],
    {
        "uniform": uniform,
        "temperature": np.array(1, np.float32),
        "prefix": np.zeros(uniform.shape, np.int32),
        "prefixed": np.zeros(uniform.shape, np.float32),
    },
)
different = int(np.sum(tokens.T != wanted["tokens"].astype(np.int32)))
print(f"{tokens.size} tokens by onnxruntime {onnxruntime.__version__}: {different} differ")
sys.exit(0 if different == 0 else 1)
