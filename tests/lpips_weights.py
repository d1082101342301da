"""Drawn weights of LPIPS as its makers save theirs, and its formula written out."""

from pathlib import Path

import torch
from torch.nn import functional

from vantage.metrics.lpips import Lpips


def save_random(folder: Path) -> dict[str, torch.Tensor]:
    """Save a random trunk and heads as their makers do, and return the tensors."""
    torch.manual_seed(0)
    trunk = {name: t * 3 for name, t in Lpips().state_dict().items() if name.startswith("features")}
    heads = {f"lin{k}.model.1.weight": torch.rand(1, width, 1, 1) for k, width in enumerate((64, 192, 384, 256, 256))}
    folder.mkdir(exist_ok=True)
    torch.save({**trunk, "classifier.1.weight": torch.zeros(2, 2)}, folder / "alexnet-owt-7be5be79.pth")
    torch.save(heads, folder / "alex.pth")
    return trunk | heads


def written_out(tensors: dict[str, torch.Tensor], one: torch.Tensor, other: torch.Tensor) -> float:
    """LPIPS as the paper's equation 1 has it, with AlexNet's strides and paddings."""
    shift = torch.tensor([-0.030, -0.088, -0.188]).view(1, 3, 1, 1)
    scale = torch.tensor([0.458, 0.448, 0.450]).view(1, 3, 1, 1)
    a, b = ((2 * x - 1 - shift) / scale for x in (one, other))
    total = 0.0
    for k, (number, stride, padding) in enumerate([(0, 4, 2), (3, 1, 2), (6, 1, 1), (8, 1, 1), (10, 1, 1)]):
        weight, bias = tensors[f"features.{number}.weight"], tensors[f"features.{number}.bias"]
        if k in (1, 2):
            a, b = (functional.max_pool2d(x, 3, 2) for x in (a, b))
        a, b = (functional.conv2d(x, weight, bias, stride=stride, padding=padding).clamp_min(0) for x in (a, b))
        unit = [x / x.pow(2).sum(dim=1, keepdim=True).sqrt() for x in (a, b)]
        squared = (torch.nan_to_num(unit[0]) - torch.nan_to_num(unit[1])) ** 2
        total += float((squared * tensors[f"lin{k}.model.1.weight"]).sum(dim=1).mean())
    return total
