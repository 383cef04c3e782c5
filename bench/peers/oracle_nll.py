"""What an oracle thinks of sequences, computed by PyTorch: mean NLL in nats a token, for each sequence.

python oracle_nll.py ORACLE.safetensors TOKENS.json, TOKENS = [[token, ...], ...]; prints a JSON list.
"""

import json
import sys

import torch
from safetensors.torch import load_file


def main() -> None:
    weights = {name: x.double() for name, x in load_file(sys.argv[1]).items()}
    with open(sys.argv[2], encoding="utf8") as file:
        tokens = torch.tensor(json.load(file))
    n, length = tokens.shape
    h = torch.zeros(n, 32, dtype=torch.float64)
    c = torch.zeros(n, 32, dtype=torch.float64)
    read = torch.zeros(n, dtype=torch.long)
    nll = torch.zeros(n, dtype=torch.float64)
    for t in range(length):
        x = weights["embedding"][read]
        gate = {
            name: x @ weights[f"W{name}"] + h @ weights[f"U{name}"] + weights[f"b{name}"]
            for name in ("i", "f", "og", "c")
        }
        c = torch.sigmoid(gate["f"]) * c + torch.sigmoid(gate["i"]) * torch.tanh(gate["c"])
        h = torch.sigmoid(gate["og"]) * torch.tanh(c)
        logits = h @ weights["Wo"] + weights["bo"]
        nll += torch.nn.functional.cross_entropy(logits, tokens[:, t], reduction="none")
        read = tokens[:, t]
    json.dump((nll / length).tolist(), sys.stdout)


main()
