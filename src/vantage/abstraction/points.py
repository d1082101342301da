"""From an RGB-D view to what the 3D network reads: points with a feature each, and what the camera sees of the grid."""

import dataclasses

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32
from torch import Tensor, nn

from vantage.abstraction.frame import Bounds, ViewFrame
from vantage.abstraction.rgbd import RgbdView
from vantage.abstraction.segments import even_out, view_segments
from vantage.abstraction.volume import Protocol, scatter, voxels_of
from vantage.geometry import Camera

MOST_POINTS = 160 * 120
"""Pixels of a view that become points: with a lens of 70 degrees 3.5 cm apart at 4 m, finer than a voxel of 64^3.
(The paper samples 80 000 for voxels of 1.6 cm.)"""
MARGIN = 0.5
"""A voxel is seen to be free if it ends this many voxels before the surface behind it."""
SIGHT_CHANNELS = 2
"""Seen to be free; within the picture."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Sight:
    """A camera with its depth, by which any point is told to be free, hidden or out of view."""

    depth: Float32[np.ndarray, "h w"]
    """z-depth, metres; 0 = unknown."""
    camera: Camera
    frame_from_camera: Float[np.ndarray, "4 4"]

    def depths_at(
        self, points_frame: Float[Tensor, "*b 3"]
    ) -> tuple[Float[Tensor, "*b"], Float[Tensor, "*b"], Bool[Tensor, "*b"]]:
        """Return each point's own z-depth, the depth seen in its pixel (0: unknown), and whether it is in the picture.

        Args:
            points_frame: metres, view frame.
        """
        motion = torch.from_numpy(np.asarray(self.frame_from_camera, dtype=np.float32))
        points = (points_frame - motion[:3, 3]) @ motion[:3, :3]
        z = points[..., 2]
        # What lies behind the camera is far outside any picture once its z is set to almost nothing.
        near = z.clamp_min(1e-4)
        u = (points[..., 0] / near * self.camera.fx + self.camera.cx).floor()
        v = (points[..., 1] / near * self.camera.fy + self.camera.cy).floor()
        inside = (z > 1e-4) & (u >= 0) & (v >= 0) & (u < self.camera.width) & (v < self.camera.height)
        index = v.clamp(0, self.camera.height - 1).long() * self.camera.width + u.clamp(0, self.camera.width - 1).long()
        seen = torch.from_numpy(self.depth).flatten()[index]
        return z, torch.where(inside, seen, 0.0), inside

    def channels(self, points_frame: Float[Tensor, "*b 3"], margin: float) -> Float[Tensor, "2 *b"]:
        """Return for each point 1 or 0: seen to be free, and within the picture.

        Args:
            points_frame: metres, view frame.
            margin: metres that a free point must lie before the surface.
        """
        z, seen, inside = self.depths_at(points_frame)
        return torch.stack([inside & (seen > z + margin), inside]).float()


def view_points(view: RgbdView, frame: ViewFrame) -> tuple[Float32[np.ndarray, "n 3"], Bool[np.ndarray, "h w"]]:
    """Return the points of all pixels with a known depth in the view frame (metres), and which pixels those are."""
    known = view.depth > 0
    return frame.points_frame(view.points_camera()[known].astype(np.float64)).astype(np.float32), known


def view_sight(view: RgbdView, frame: ViewFrame) -> Sight:
    """Return what a view sees of space."""
    return Sight(depth=view.depth, camera=view.camera, frame_from_camera=frame.frame_from_camera)


def point_relevancy(maps: Float[Tensor, "k a b"], view: RgbdView, *, segments: bool = True) -> Float[Tensor, "k h w"]:
    """Return maps at the pixels of a view that become points.

    Args:
        maps: of the same image at any size; read bilinearly.
        view: shrunk to `MOST_POINTS`.
        segments: whether maps are made even within segments of the view (`segments.even_out`).
    """
    resized = nn.functional.interpolate(maps[None].float(), view.depth.shape, mode="bilinear", align_corners=False)[0]
    if not segments:
        return resized
    return torch.from_numpy(even_out(resized.numpy(), view_segments(view.image, view.depth, view.camera)))


def pixel_values(maps: Float[Tensor, "k h w"], known: Bool[np.ndarray, "h w"]) -> Float[Tensor, "k n"]:
    """Return maps' values at the pixels with a known depth."""
    return maps.flatten(1)[:, torch.from_numpy(known.ravel())]


def label_features(
    maps: Float[Tensor, "k h w"], known: Bool[np.ndarray, "h w"], scale: float, *, rivals: bool
) -> Float[Tensor, "k c n"]:
    """Return what points carry for each of the labels asked for together: relevancy and, with rivals, its margin.

    Args:
        maps: at the pixels that become points.
        known: pixels with a known depth.
        scale: by which relevancy is multiplied.
        rivals: whether the network reads margins.
    """
    values = pixel_values(maps, known) * scale
    return torch.stack([values, margins(values)], dim=1) if rivals else values[:, None]


def margins(values: Float[Tensor, "k n"]) -> Float[Tensor, "k n"]:
    """Return how far each label's relevancy lies above the highest of the others asked for, or of the background's 0.

    Args:
        values: of k labels asked for together, whose zero is the background's (`labels.BACKGROUND`).
    """
    if len(values) == 1:
        return values
    best, owner = values.max(dim=0)
    second = values.scatter(0, owner[None], -torch.inf).amax(dim=0)
    own = torch.arange(len(values), device=values.device)[:, None] == owner
    return values - torch.where(own, second, best).clamp_min(0)


def holds_points(
    asked: Float[Tensor, "m 3"], surface: Float[Tensor, "n 3"], bounds: Bounds, shape: tuple[int, int, int]
) -> Bool[Tensor, " m"]:
    """Return whether the voxel of each point that is asked for holds a visible one.

    Args:
        asked: metres, view frame.
        surface: visible points, metres, view frame.
        bounds: what the voxels span.
        shape: voxels along x, y and z.
    """
    index, counts = voxels_of(surface[None], bounds, shape)
    filled = torch.zeros(shape[0] * shape[1] * shape[2], dtype=torch.bool)
    filled[index[0][counts[0]]] = True
    wanted, inside = voxels_of(asked[None], bounds, shape)
    return filled[wanted[0]] & inside[0]


def input_volumes(
    points: Float[Tensor, "n 3"],
    features: Float[Tensor, "k c n"],
    sight: Float[Tensor, "2 x y z"] | None,
    bounds: Bounds,
    shape: tuple[int, int, int],
    protocol: Protocol = "paper",
) -> Float[Tensor, "k d x y z"]:
    """Return what the network reads: features scattered, where there are points, and where the camera sees.

    Args:
        points: metres, view frame.
        features: of each point, for each of k volumes.
        sight: `Sight.channels` of the voxels' middles; None leaves them out, as the paper does.
        bounds: what the volumes span.
        shape: voxels along x, y and z.
        protocol: how points are scattered.
    """
    voxels, counts = voxels_of(points[None], bounds, shape, protocol)
    volumes, channels, number = features.shape
    ones = features.new_ones(1, 1, number)
    flat = torch.cat([features.reshape(1, volumes * channels, number), ones], dim=1)
    filled = scatter(voxels, counts, flat, shape, protocol)[0]
    parts = [filled[:-1].unflatten(0, (volumes, channels)), filled[-1:][None].expand(volumes, -1, -1, -1, -1)]
    if sight is not None:
        parts.append(sight[None].expand(volumes, -1, -1, -1, -1))
    return torch.cat(parts, dim=1)
