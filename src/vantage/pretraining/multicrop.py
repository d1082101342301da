"""Crops for self-distillation: two large overlapping windows and several small ones of each view, strongly recoloured.

Windows are kept, so that it is known which patch of one crop shows the same place as a patch of the other.
"""

import dataclasses

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

YIQ_FROM_RGB = torch.tensor([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
"""Luma and two chroma axes (NTSC): hue is a rotation of the chroma, saturation its length."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class MultiCropSettings:
    """How crops are cut and recoloured."""

    views: int = 16
    """Views per step."""
    large: tuple[int, ...] = (64, 96)
    """Sides of the two large crops in pixels; one is drawn per step, so that no grid size is special."""
    small: int = 32
    """Side of the small crops in pixels."""
    small_crops: int = 2
    """Small crops of each view; DINO takes 8 to 10, which here would cost more than all else."""
    large_zoom: tuple[float, float] = (0.6, 1.8)
    """Pixels of a large crop per pixel of the view."""
    small_zoom: tuple[float, float] = (0.7, 2.2)
    shift: float = 0.35
    """Largest distance of the other crops' centres from the first one's, in sides of the first one's window."""
    stretch: float = 0.2
    """Largest relative change of the aspect ratio."""
    brightness: float = 0.3
    contrast: float = 0.3
    saturation: float = 0.3
    hue_turns: float = 0.03
    """Largest turn of the hue, in full turns. Softer than DINO's jitter (0.4, 0.4, 0.2, 0.1): colour is half of what
    tells things apart in rooms."""
    grey: float = 0.05
    """Share of crops without colour; DINO's is 0.2."""
    blur: float = 0.5
    """Share of crops that are blurred, as in DINO."""
    masked_crops: float = 0.5
    """Share of the large crops in which patches are hidden, as in iBOT and DINOv2."""
    masked_share: tuple[float, float] = (0.1, 0.5)
    """Share of hidden patches in these, as in DINOv2."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Windows:
    """Where crops of one size lie in their views."""

    corners: Float[np.ndarray, "n 4"]
    """Left, top, width and height in pixels of the view."""
    mirrored: Bool[np.ndarray, " n"]


def draw_windows(
    centres: Float[np.ndarray, "n 2"],
    side: int,
    zoom: tuple[float, float],
    stretch: float,
    view_size: tuple[int, int],
    rng: np.random.Generator,
) -> Windows:
    """Draw a window about each centre, moved to lie in the view of `view_size` (width, height) pixels."""
    count = len(centres)
    zooms = np.exp(rng.uniform(*np.log(zoom), size=count))
    aspect = np.exp(rng.uniform(-stretch, stretch, size=count))
    size = np.stack([side / zooms * aspect**0.5, side / zooms / aspect**0.5], axis=1)
    limit = np.array(view_size, dtype=np.float64)
    size = np.minimum(size, limit)
    corner = np.clip(centres - size / 2, 0, limit - size)
    return Windows(corners=np.concatenate([corner, size], axis=1), mirrored=rng.random(count) < 0.5)


def cut(images: Float[Tensor, "n 3 h w"], windows: Windows, side: int) -> Float[Tensor, "n 3 side side"]:
    """Cut one window out of each image, scaled to `side` x `side` pixels."""
    height, width = images.shape[-2:]
    places = (torch.arange(side, dtype=torch.float32) + 0.5) / side
    corners = torch.from_numpy(windows.corners).float()
    mirrored = torch.from_numpy(windows.mirrored)
    across = torch.where(mirrored[:, None], places.flip(0), places)
    x = (corners[:, :1] + across * corners[:, 2:3]) / width * 2 - 1
    y = (corners[:, 1:2] + places * corners[:, 3:4]) / height * 2 - 1
    grid = torch.stack([x[:, None].expand(-1, side, -1), y[:, :, None].expand(-1, -1, side)], dim=-1)
    return nn.functional.grid_sample(images, grid.to(images.device), padding_mode="border", align_corners=False)


def same_places(first: Windows, second: Windows, cells: int) -> Int64[Tensor, "n cells2"]:
    """Return, for each patch of the first crops (row by row), the patch of the second that holds its centre, or -1."""
    centre = (np.arange(cells) + 0.5) / cells
    across = np.where(first.mirrored[:, None], 1 - centre, centre)
    x = first.corners[:, :1] + across * first.corners[:, 2:3]
    y = first.corners[:, 1:2] + centre * first.corners[:, 3:4]
    u = (x - second.corners[:, :1]) / second.corners[:, 2:3]
    v = (y - second.corners[:, 1:2]) / second.corners[:, 3:4]
    u = np.where(second.mirrored[:, None], 1 - u, u)
    column, row = np.floor(u * cells).astype(np.int64), np.floor(v * cells).astype(np.int64)
    inside = ((column >= 0) & (column < cells))[:, None, :] & ((row >= 0) & (row < cells))[:, :, None]
    index = np.where(inside, row[:, :, None] * cells + column[:, None, :], -1)
    return torch.from_numpy(index.reshape(len(index), -1))


def recolour(
    images: Float[Tensor, "n 3 h w"], settings: MultiCropSettings, rng: np.random.Generator
) -> Float[Tensor, "n 3 h w"]:
    """Change brightness, contrast, saturation, hue and sharpness of each image, and take the colour of some away."""
    count = len(images)

    def draw(low: float, high: float) -> Tensor:
        return torch.from_numpy(rng.uniform(low, high, size=count).astype(np.float32)).to(images.device)

    gain = draw(1 - settings.brightness, 1 + settings.brightness)
    contrast = draw(1 - settings.contrast, 1 + settings.contrast)
    colour = draw(1 - settings.saturation, 1 + settings.saturation) * (draw(0.0, 1.0) >= settings.grey)
    turn = draw(-settings.hue_turns, settings.hue_turns) * 2 * torch.pi
    chroma = torch.zeros(count, 3, 3, device=images.device)
    chroma[:, 0, 0] = 1
    chroma[:, 1, 1] = chroma[:, 2, 2] = colour * turn.cos()
    chroma[:, 1, 2], chroma[:, 2, 1] = -colour * turn.sin(), colour * turn.sin()
    axes = YIQ_FROM_RGB.to(images.device)
    matrix = torch.linalg.inv(axes) @ chroma @ axes * gain[:, None, None]
    changed = torch.einsum("nij,njhw->nihw", matrix, images)
    mean = changed.mean(dim=(1, 2, 3), keepdim=True)
    changed = (mean + (changed - mean) * contrast[:, None, None, None]).clamp(0, 1)
    soft = (draw(0.0, 1.0) < settings.blur) * draw(0.0, 1.0)
    blurred = nn.functional.avg_pool2d(nn.functional.pad(changed, (2, 2, 2, 2), mode="replicate"), 5, 1)
    return torch.lerp(changed, blurred, soft[:, None, None, None])


def draw_masks(count: int, cells: int, settings: MultiCropSettings, rng: np.random.Generator) -> Bool[Tensor, "n c c"]:
    """Hide rectangles of patches (BEiT's masking, Bao et al. 2021) in some of `count` crops of `cells` x `cells`."""
    masks = np.zeros((count, cells, cells), dtype=bool)
    for mask in masks:
        if rng.random() >= settings.masked_crops:
            continue
        wanted = rng.uniform(*settings.masked_share) * cells * cells
        while mask.sum() < wanted:
            height, width = rng.integers(2, max(3, cells // 2 + 1), size=2)
            top, left = rng.integers(cells - height + 1), rng.integers(cells - width + 1)
            mask[top : top + height, left : left + width] = True
    return torch.from_numpy(masks)
