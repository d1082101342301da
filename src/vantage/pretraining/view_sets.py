"""Views of one room that overlap, with the depth, points and cameras that geometric training learns from.

Overlap is measured, not guessed: the share of one view's pixels that another view sees too, by depth and pose.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor, nn

from vantage.pretraining.room_views import RoomViews

LATTICE = 16
"""Points across each side of a view that overlap is counted on: its error is then some 3%."""
TOLERANCE = 0.05
"""Relative difference of depths up to which a point counts as seen rather than hidden."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ViewSetSettings:
    """How sets of views are drawn."""

    sizes: tuple[tuple[int, int], ...] = ((128, 96), (192, 144), (256, 192))
    """(width, height) of a batch, one drawn per step, so that features are right at every scale."""
    size_shares: tuple[float, ...] = (0.5, 0.3, 0.2)
    """How often each is drawn; small ones more, as they show more places for the same work."""
    patches_per_step: int = 4608
    """Patches in a batch, as room-clip's: 24 views of 128x96 at patch 8."""
    views: tuple[int, ...] = (2,)
    """Views in a set, one number drawn per step."""
    least_overlap: float = 0.2
    """Share of a view's pixels that the first view must see too; DUSt3R's pairs lie between 0.1 and 0.9."""
    zoom: tuple[float, float] = (1.0, 1.35)
    """Each set is looked at through the central part of its views, this many times enlarged: other focal lengths."""
    gain: float = 0.3
    """Largest relative change of brightness."""
    tint: float = 0.1
    """Largest relative change of one channel."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ViewSets:
    """A batch of b sets of s views."""

    images: Float[Tensor, "b s 3 h w"]
    """RGB in [0, 1]."""
    depth: Float[Tensor, "b s h w"]
    """z-depth in metres, 0 = none."""
    points: Float[Tensor, "b s h w 3"]
    """Metres, in the first view's camera frame."""
    camera_from_first: Float[Tensor, "b s 4 4"]
    fields_of_view: Float[Tensor, "b s 2"]
    """Vertical and horizontal, radians."""


def camera_points(
    depth: Float[np.ndarray, "*b h w"], intrinsics: Float[np.ndarray, "3 3"]
) -> Float[np.ndarray, "*b h w 3"]:
    """Lift depth maps (metres) to points in their cameras' frames."""
    height, width = depth.shape[-2:]
    x = (np.arange(width, dtype=np.float32) + 0.5 - intrinsics[0, 2]) / intrinsics[0, 0]
    y = (np.arange(height, dtype=np.float32) + 0.5 - intrinsics[1, 2]) / intrinsics[1, 1]
    x, y = x[None, :] * depth, y[:, None] * depth
    return np.stack([x, y, depth], axis=-1).astype(np.float32)


def overlaps(room: RoomViews) -> Float32[np.ndarray, "v v"]:
    """Return at [i, j] the share of view i's pixels (on a lattice) that view j sees too."""
    count, height, width = room.depth_mm.shape
    rows = ((np.arange(LATTICE) + 0.5) * height / LATTICE).astype(np.int64)
    columns = ((np.arange(LATTICE) + 0.5) * width / LATTICE).astype(np.int64)
    depth = room.depth_mm.astype(np.float32) / 1000
    points = camera_points(depth, room.intrinsics)[:, rows[:, None], columns].reshape(count, -1, 3)
    pose = room.world_from_camera
    world = points @ pose[:, :3, :3].transpose(0, 2, 1) + pose[:, None, :3, 3]
    shares = np.zeros((count, count), dtype=np.float32)
    for j in range(count):
        local = (world - pose[j, :3, 3]) @ pose[j, :3, :3]
        z = local[..., 2]
        pixels = local @ room.intrinsics.T / np.maximum(z, 1e-6)[..., None]
        u, v = np.floor(pixels[..., 0]).astype(np.int64), np.floor(pixels[..., 1]).astype(np.int64)
        inside = (z > 0) & (u >= 0) & (u < width) & (v >= 0) & (v < height)
        seen = depth[j, np.clip(v, 0, height - 1), np.clip(u, 0, width - 1)]
        shares[:, j] = (inside & (np.abs(seen - z) <= TOLERANCE * z)).mean(axis=1)
    return shares


def draw_set(shares: Float[np.ndarray, "v v"], size: int, least: float, rng: np.random.Generator) -> list[int]:
    """Draw a view and others that share at least `least` with it, the best ones where there are too few."""
    first = int(rng.integers(len(shares)))
    mutual = np.minimum(shares[first], shares[:, first])
    mutual[first] = -1
    fit = np.flatnonzero(mutual >= least)
    if len(fit) >= size - 1:
        others = rng.permutation(fit)[: size - 1]
    else:
        others = np.argsort(-mutual, kind="stable")[: size - 1]
    return [first, *(int(other) for other in others)]


def make_view_sets(
    rooms: Sequence[RoomViews],
    shares: Sequence[Float[np.ndarray, "v v"]],
    settings: ViewSetSettings,
    *,
    patch: int,
    rng: np.random.Generator,
) -> ViewSets:
    """Draw a batch of sets, each of one room, one size and one number of views."""
    width, height = settings.sizes[int(rng.choice(len(settings.sizes), p=settings.size_shares))]
    views = min(int(rng.choice(settings.views)), min(len(room.images) for room in rooms))
    count = max(1, round(settings.patches_per_step * patch * patch / (width * height * views)))
    parts: list[tuple[Tensor, ...]] = []
    for _ in range(count):
        number = int(rng.integers(len(rooms)))
        chosen = draw_set(shares[number], views, settings.least_overlap, rng)
        parts.append(_one_set(rooms[number], chosen, width, height, settings, rng))
    images, depth, points, poses, fields = (torch.stack(part) for part in zip(*parts, strict=True))
    return ViewSets(images=images, depth=depth, points=points, camera_from_first=poses, fields_of_view=fields)


def _one_set(
    room: RoomViews, chosen: list[int], width: int, height: int, settings: ViewSetSettings, rng: np.random.Generator
) -> tuple[Tensor, ...]:
    """Cut the middle out of each view, scale it, recolour it, and express its geometry in the first view's frame."""
    view_height, view_width = room.depth_mm.shape[1:]
    zoom = float(np.exp(rng.uniform(*np.log(settings.zoom))))
    cut_height, cut_width = round(view_height / zoom), round(view_width / zoom)
    top, left = (view_height - cut_height) // 2, (view_width - cut_width) // 2
    window = (slice(top, top + cut_height), slice(left, left + cut_width))
    pixels = torch.from_numpy(np.stack([room.images[i][window] for i in chosen])).permute(0, 3, 1, 2).float() / 255
    images = nn.functional.interpolate(pixels, (height, width), mode="bilinear", antialias=True)
    gain = 1 + rng.uniform(-settings.gain, settings.gain)
    tint = gain * (1 + rng.uniform(-settings.tint, settings.tint, size=(3, 1, 1)))
    images = (images * torch.from_numpy(tint.astype(np.float32))).clamp(0, 1)
    # Depth must not be mixed across edges: the nearest pixel's counts, and its own ray goes with it.
    rows = top + ((np.arange(height) + 0.5) * cut_height / height).astype(np.int64)
    columns = left + ((np.arange(width) + 0.5) * cut_width / width).astype(np.int64)
    metres = room.depth_mm[chosen].astype(np.float32) / 1000
    local = camera_points(metres, room.intrinsics)[:, rows[:, None], columns]
    pose = room.world_from_camera[chosen].astype(np.float64)
    first_from_camera = np.linalg.inv(pose[0]) @ pose
    turn, shift = first_from_camera[:, :3, :3], first_from_camera[:, :3, 3]
    points = np.einsum("sij,shwj->shwi", turn, local) + shift[:, None, None]
    focal_x, focal_y = room.intrinsics[0, 0], room.intrinsics[1, 1]
    field = [2 * np.arctan(0.5 * cut_height / focal_y), 2 * np.arctan(0.5 * cut_width / focal_x)]
    fields = torch.tensor(field, dtype=torch.float32).expand(len(chosen), 2)
    poses = np.linalg.inv(first_from_camera)
    return (
        images,
        torch.from_numpy(np.ascontiguousarray(local[..., 2])),
        torch.from_numpy(points.astype(np.float32)),
        torch.from_numpy(poses.astype(np.float32)),
        fields,
    )
