"""The networks of the benchmarks in PyTorch, with gansmith's parameter names."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from hashing import initial_value


class MlpGenerator(nn.Module):
    """z: [N,latent] -> [N,C,H,W]; Linear, LeakyReLU(0.2), BatchNorm three times, Linear, tanh."""

    def __init__(self, latent: int, image: tuple[int, int, int]):
        super().__init__()
        self.image = image
        widths = [latent, 256, 512, 1024]
        for i in range(3):
            self.add_module(f"fc{i}", nn.Linear(widths[i], widths[i + 1]))
            self.add_module(f"bn{i}", nn.BatchNorm1d(widths[i + 1]))
        self.out = nn.Linear(1024, math.prod(image))

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = z
        for fc, bn in ((self.fc0, self.bn0), (self.fc1, self.bn1), (self.fc2, self.bn2)):
            x = bn(nn.functional.leaky_relu(fc(x), 0.2))
        return torch.tanh(self.out(x)).view(-1, *self.image)


class MlpDiscriminator(nn.Module):
    """x: [N,C,H,W] -> logits [N,1]; the article's sigmoid is left to the loss."""

    def __init__(self, image: tuple[int, int, int]):
        super().__init__()
        self.fc0 = nn.Linear(math.prod(image), 512)
        self.fc1 = nn.Linear(512, 256)
        self.out = nn.Linear(256, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = nn.functional.leaky_relu(self.fc0(x.flatten(1)), 0.2)
        return self.out(nn.functional.leaky_relu(self.fc1(x), 0.2))


class ConditionalBatchNorm2d(nn.BatchNorm2d):
    """A scale and a bias for each class: weight and bias [classes,C] (arXiv 1610.07629)."""

    def __init__(self, channels: int, classes: int):
        super().__init__(channels)
        self.weight = nn.Parameter(torch.ones(classes, channels))
        self.bias = nn.Parameter(torch.zeros(classes, channels))

    def forward(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        x = nn.functional.batch_norm(
            x, self.running_mean, self.running_var, training=self.training, eps=self.eps
        )
        return torch.addcmul(
            self.bias[labels][:, :, None, None], x, self.weight[labels][:, :, None, None]
        )


class DcganGenerator(nn.Module):
    """z: [N,latent], labels [N] when there are classes -> [N,C,size,size] (arXiv 1511.06434)."""

    def __init__(self, latent: int, channels: int, size: int, base: int, classes: int = 0):
        super().__init__()
        self.ups = int(math.log2(size)) - 3
        width = base * 2**self.ups

        def norm(features: int) -> nn.BatchNorm2d:
            if classes > 0:
                return ConditionalBatchNorm2d(features, classes)
            return nn.BatchNorm2d(features)

        self.project = nn.ConvTranspose2d(latent, width, 4, 1, 0, bias=False)
        self.bn0 = norm(width)
        for i in range(1, self.ups + 1):
            conv = nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False)
            width //= 2
            self.add_module(f"up{i}", conv)
            self.add_module(f"bn{i}", norm(width))
        self.out = nn.ConvTranspose2d(width, channels, 4, 2, 1, bias=False)

    def forward(self, z: torch.Tensor, *labels: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.bn0(self.project(z[:, :, None, None]), *labels))
        for i in range(1, self.ups + 1):
            x = torch.relu(getattr(self, f"bn{i}")(getattr(self, f"up{i}")(x), *labels))
        return torch.tanh(self.out(x))


class DcganDiscriminator(nn.Module):
    """x: [N,C,size,size] -> logits [N,1]; with labels by projection (arXiv 1802.05637)."""

    def __init__(self, channels: int, size: int, base: int, classes: int = 0):
        super().__init__()
        self.downs = int(math.log2(size)) - 2
        self.down0 = nn.Conv2d(channels, base, 4, 2, 1, bias=False)
        width = base
        for i in range(1, self.downs):
            self.add_module(f"down{i}", nn.Conv2d(width, width * 2, 4, 2, 1, bias=False))
            width *= 2
            self.add_module(f"bn{i}", nn.BatchNorm2d(width))
        self.out = nn.Conv2d(width, 1, 4, 1, 0, bias=False)
        if classes > 0:
            self.label = nn.Embedding(classes, width * 16)
            nn.init.zeros_(self.label.weight)

    def forward(self, x: torch.Tensor, *labels: torch.Tensor) -> torch.Tensor:
        x = nn.functional.leaky_relu(self.down0(x), 0.2)
        for i in range(1, self.downs):
            x = getattr(self, f"bn{i}")(getattr(self, f"down{i}")(x))
            x = nn.functional.leaky_relu(x, 0.2)
        logit = self.out(x).flatten(1)
        for y in labels:
            logit = logit + (x.flatten(1) * self.label(y)).sum(1, keepdim=True)
        return logit


class LanguageModel(nn.Module):
    """tokens: [T,N] -> logits [T,N,V]; embedding, one LSTM layer, linear."""

    def __init__(self, vocabulary: int, embedding: int, hidden: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.lstm = nn.LSTM(embedding, hidden)
        self.out = nn.Linear(hidden, vocabulary)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.out(self.lstm(self.embedding(tokens))[0])


def mlp(size: int = 64, channels: int = 1, latent: int = 100) -> nn.ModuleDict:
    image = (channels, size, size)
    return nn.ModuleDict(
        {"generator": MlpGenerator(latent, image), "discriminator": MlpDiscriminator(image)}
    )


def dcgan(
    size: int, channels: int, base: int = 64, latent: int = 100, classes: int = 0
) -> nn.ModuleDict:
    return nn.ModuleDict(
        {
            "generator": DcganGenerator(latent, channels, size, base, classes),
            "discriminator": DcganDiscriminator(channels, size, base, classes),
        }
    )


_BATCH_NORM_NAMES = {
    "weight": "scale",
    "bias": "bias",
    "running_mean": "mean",
    "running_var": "variance",
}


def named_tensors(networks: nn.Module) -> Iterator[tuple[str, nn.Module, torch.Tensor]]:
    """(gansmith name, owning module, tensor) of every parameter and running statistic."""
    for path, module in networks.named_modules():
        is_norm = isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d))
        tensors = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
        for name, tensor in tensors:
            if name == "num_batches_tracked":
                continue
            leaf = _BATCH_NORM_NAMES[name] if is_norm else name
            yield f"{path}.{leaf}".replace(".", "/"), module, tensor


def parameter_table(networks: nn.Module, family: str) -> list[dict]:
    """How every tensor starts. `mlp`: PyTorch's Linear bounds; `dcgan`: N(0, .02), scale N(1, .02)."""
    table = []
    for name, module, tensor in named_tensors(networks):
        entry: dict = {"name": name, "shape": list(tensor.shape), "index": len(table)}
        leaf = name.rsplit("/", 1)[1]
        if isinstance(module, nn.Linear):
            entry |= {"init": "uniform", "bound": 1 / math.sqrt(module.in_features)}
        elif isinstance(module, nn.Embedding):
            entry |= {"init": "normal", "mean": 0.0, "std": 0.02}
        elif isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            entry |= {"init": "normal", "mean": 0.0, "std": 0.02}
        elif leaf == "scale" and family == "dcgan":
            entry |= {"init": "normal", "mean": 1.0, "std": 0.02}
        else:
            entry |= {"init": "constant", "value": 1.0 if leaf in ("scale", "variance") else 0.0}
        table.append(entry)
    return table


def load_hashed(networks: nn.Module, table: list[dict]) -> None:
    """Fills the networks from the table's formulas (see hashing.py)."""
    by_name = {entry["name"]: entry for entry in table}
    with torch.no_grad():
        for name, _, tensor in named_tensors(networks):
            entry = by_name[name]
            tensor.copy_(torch.from_numpy(initial_value(entry, entry["index"])))


def load_arrays(networks: nn.Module, arrays: dict[str, np.ndarray]) -> None:
    """Fills the networks from named arrays; running statistics may be absent."""
    with torch.no_grad():
        for name, module, tensor in named_tensors(networks):
            if name in arrays:
                tensor.copy_(torch.from_numpy(np.array(arrays[name])))
            elif name.rsplit("/", 1)[1] not in ("mean", "variance"):
                raise KeyError(f"weights have no tensor {name!r}")
