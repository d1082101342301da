"""Which pairs of images are worth a conversation: neither too alike nor too different by LPIPS (SpatialBoost, eq 2)."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.errors import DataError, MissingError, UsageError
from vantage.storage import load_tensors

LEAST, MOST = 0.35, 0.65
"""Bounds of the distance (SpatialBoost, equation 2)."""
SHORT_SIDE = 256
"""Rows or columns at which images are compared; the paper does not say. LPIPS was made on patches of 64 to 256."""
CENTRE = (-0.030, -0.088, -0.188)
SPREAD = (0.458, 0.448, 0.450)
"""LPIPS's scaling of RGB in [-1, 1] to what ImageNet's networks expect (Zhang et al. 2018, released code)."""
LAYERS = (0, 3, 6, 8, 10)
"""AlexNet's convolutions in torchvision's numbering, after whose ReLU features are compared."""
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
        if min(images.shape[-2:]) < 63:
            raise DataError(f"image of {images.shape[-1]}x{images.shape[-2]}; LPIPS sees nothing below 63 pixels")
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


def load_lpips_network(folder: Path) -> Lpips:
    """Load the network from the two files of its makers; pickles are read by PyTorch's restricted reader alone.

    Args:
        folder: that holds both, by one of the names in `FILES`.

    Raises:
        MissingError: one of them is not there; the message says what to download.
        DataError: one is damaged or of something else.
    """
    trunk, heads = (_tensors(folder, names) for names in FILES)
    model = Lpips()
    tensors = {name: tensor for name, tensor in trunk.items() if name.startswith("features.")}
    for k in range(len(LAYERS)):
        found = heads.get(f"lin{k}.model.1.weight", heads.get(f"heads.{k}"))
        if found is None:
            raise DataError(f"{folder}: no weights of head {k} (lin{k}.model.1.weight); {ADVICE}")
        tensors[f"heads.{k}"] = found.flatten()
    try:
        model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, strict=True)
    except RuntimeError as error:
        raise DataError(f"{folder}: not LPIPS's AlexNet ({' '.join(str(error).split())[:200]}); {ADVICE}") from error
    if min(float(head.detach().min()) for head in model.heads) < 0:
        raise DataError(f"{folder}: a head has negative weights; a distance would be below 0. {ADVICE}")
    return model.eval().requires_grad_(False)


def _tensors(folder: Path, names: tuple[str, str]) -> dict[str, Tensor]:
    for name in names:
        path = folder / name
        if path.is_file() and path.suffix == ".safetensors":
            return load_tensors(path)[0]
        if path.is_file():
            try:
                content = torch.load(path, map_location="cpu", weights_only=True)
            except Exception as error:
                # Besides UnpicklingError, damaged bytes raise whatever they lead to.
                raise DataError(f"{path}: not plain tensors ({' '.join(str(error).split())[:160]})") from error
            if isinstance(content, dict) and all(isinstance(value, Tensor) for value in content.values()):
                return content
            raise DataError(f"{path}: expected names and tensors; {ADVICE}")
    raise MissingError(f"{folder}: neither {names[0]} nor {names[1]}; {ADVICE}")


@torch.no_grad()
def lpips_look(model: Lpips, image: Float[np.ndarray, "h w 3"]) -> list[Float[Tensor, "1 _c _h _w"]]:
    """Return what the network sees of an image at a short side of `SHORT_SIDE` pixels.

    Args:
        model: of `load_lpips_network`.
        image: RGB in [0, 1].
    """
    pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None].float()
    scale = SHORT_SIDE / min(pixels.shape[-2:])
    size = (round(pixels.shape[-2] * scale), round(pixels.shape[-1] * scale))
    return model.look(nn.functional.interpolate(pixels, size, mode="bilinear", antialias=True).clamp(0, 1))


@torch.no_grad()
def pair_distances(model: Lpips, images: Sequence[Float[np.ndarray, "_h _w 3"]]) -> Float[np.ndarray, "n n"]:
    """Return the LPIPS distance of every two images; each passes the network once.

    Args:
        model: of `load_lpips_network`.
        images: RGB in [0, 1], all of one shape; they are compared at a short side of `SHORT_SIDE` pixels.

    Raises:
        UsageError: their sizes differ.
    """
    if len({image.shape[:2] for image in images}) > 1:
        raise UsageError("images of different sizes have no LPIPS distance; resize them first")
    looks = [lpips_look(model, image) for image in images]
    distances = np.zeros((len(images), len(images)))
    for i, j in itertools.combinations(range(len(images)), 2):
        distances[i, j] = distances[j, i] = float(model.distance(looks[i], looks[j])[0])
    return distances


def fitting_pairs(
    distances: Float[np.ndarray, "n n"], *, least: float = LEAST, most: float = MOST
) -> list[tuple[int, int]]:
    """Return the pairs, smaller index first, whose distance is within the bounds.

    Args:
        distances: of `pair_distances`.
        least: closer than this is the same picture again.
        most: farther than this has little in common.
    """
    rows, columns = np.nonzero(np.triu((distances >= least) & (distances <= most), k=1))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True)]
