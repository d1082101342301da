"""LPIPS (Zhang et al. 2018), the perceptual distance of two images, from its makers' files on this machine."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.errors import DataError, MissingError
from vantage.storage import load_tensors

CENTRE = (-0.030, -0.088, -0.188)
SPREAD = (0.458, 0.448, 0.450)
"""LPIPS's scaling of RGB in [-1, 1] to what ImageNet's networks expect (Zhang et al. 2018, released code)."""
LAYERS = (0, 3, 6, 8, 10)
"""AlexNet's convolutions in torchvision's numbering, after whose ReLU features are compared."""
SMALLEST = 31
"""Rows or columns below which one of AlexNet's two poolings has nothing left to look at."""
FILES = ("alexnet.safetensors", "alexnet-owt-7be5be79.pth"), ("lpips-alex.safetensors", "alex.pth")
"""Names of the trunk's and of the linear heads' files: converted, or as torchvision and the package lpips have them."""
ADVICE = (
    "LPIPS needs https://download.pytorch.org/models/alexnet-owt-7be5be79.pth and weights/v0.1/alex.pth of "
    "https://github.com/richzhang/PerceptualSimilarity in one folder"
)


class Lpips(nn.Module):
    """LPIPS version 0.1 with AlexNet; module names equal torchvision's."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(),
            nn.MaxPool2d(3, stride=2), nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(),
            nn.MaxPool2d(3, stride=2), nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(),
        )  # fmt: skip
        self.heads = nn.ParameterList([nn.Parameter(torch.zeros(width)) for width in (64, 192, 384, 256, 256)])

    def look(self, images: Float[Tensor, "n 3 h w"]) -> list[Float[Tensor, "n _c _h _w"]]:
        """Return each layer's features of RGB images in [0, 1], of unit length over the channels.

        Raises:
            DataError: an image is smaller than the network can see.
        """
        if min(images.shape[-2:]) < SMALLEST:
            size = f"{images.shape[-1]}x{images.shape[-2]}"
            raise DataError(f"image of {size}; LPIPS sees nothing below {SMALLEST} pixels")
        centre, spread = (torch.tensor(values, device=images.device).view(1, 3, 1, 1) for values in (CENTRE, SPREAD))
        x, found = (images * 2 - 1 - centre) / spread, []
        for number, layer in enumerate(self.features):
            x = layer(x)
            if number - 1 in LAYERS:
                # The released code adds its epsilon to the length, not to its square.
                found.append(x / (x.norm(dim=1, keepdim=True) + 1e-10))
        return found

    def distance(
        self, one: Sequence[Float[Tensor, "n _c _h _w"]], other: Sequence[Float[Tensor, "n _c _h _w"]]
    ) -> Float[Tensor, " n"]:
        """Return the distance of images by their features; 0 for equal ones.

        Args:
            one: what `look` returned.
            other: the same of images of that size.
        """
        parts = [
            ((a - b) ** 2 * weight.view(1, -1, 1, 1)).sum(dim=1).mean(dim=(1, 2))
            for a, b, weight in zip(one, other, self.heads, strict=True)
        ]
        return torch.stack(parts).sum(dim=0)


def lpips_folders() -> list[Path]:
    """Return where LPIPS's files lie on a machine that has used it: torch's checkpoints, and the package's own folder.

    The package `lpips` is looked for and never imported, for it wants torchvision.
    """
    package = importlib.util.find_spec("lpips")
    own = [Path(place) / "weights" / "v0.1" for place in (package and package.submodule_search_locations) or ()]
    return [Path(torch.hub.get_dir()) / "checkpoints", *own]


def load_lpips_network(*folders: Path) -> Lpips:
    """Load the network from the two files of its makers; pickles are read by PyTorch's restricted reader alone.

    Args:
        folders: that hold them, by one of the names in `FILES`; the first that has a file gives it.

    Raises:
        MissingError: one of them is in no folder; the message says what to download.
        DataError: one is damaged or of something else.
    """
    (trunk_file, trunk), (heads_file, heads) = (_tensors(folders, names) for names in FILES)
    model = Lpips()
    tensors = {name: tensor for name, tensor in trunk.items() if name.startswith("features.")}
    for k in range(len(LAYERS)):
        found = heads.get(f"lin{k}.model.1.weight", heads.get(f"heads.{k}"))
        if found is None:
            raise DataError(f"{heads_file}: no weights of head {k} (lin{k}.model.1.weight); {ADVICE}")
        tensors[f"heads.{k}"] = found.flatten()
    try:
        model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, strict=True)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(f"{trunk_file}, {heads_file}: not LPIPS's AlexNet ({reason}); {ADVICE}") from error
    if min(float(head.detach().min()) for head in model.heads) < 0:
        raise DataError(f"{heads_file}: a head has negative weights; a distance would be below 0. {ADVICE}")
    return model.eval().requires_grad_(False)


def _tensors(folders: Sequence[Path], names: tuple[str, str]) -> tuple[Path, dict[str, Tensor]]:
    """Return the first file of these names, and what it holds."""
    for path in (folder / name for folder in folders for name in names):
        if path.is_file():
            return path, load_tensors(path)[0] if path.suffix == ".safetensors" else _unpickled(path)
    places = " or ".join(str(folder) for folder in folders)
    raise MissingError(f"{places}: neither {names[0]} nor {names[1]}; {ADVICE}")


def _unpickled(path: Path) -> dict[str, Tensor]:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        # Besides UnpicklingError, damaged bytes raise whatever they lead to.
        raise DataError(f"{path}: not plain tensors ({' '.join(str(error).split())[:160]})") from error
    if isinstance(content, dict) and all(isinstance(value, Tensor) for value in content.values()):
        return content
    raise DataError(f"{path}: expected names and tensors; {ADVICE}")
