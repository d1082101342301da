"""Coloured points of a field: its Gaussians' centres, or the surfaces that its cameras see; written as PLY."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float32

from vantage.captures.ply_table import write_table
from vantage.errors import DataError
from vantage.fields.exchange.surfaces import SurfaceView
from vantage.fields.gaussians import GaussianField
from vantage.fields.initialization import SH_C0, _thin_by_voxels
from vantage.geometry import matrix_from_quat_wxyz

MIN_OPACITY = 0.1
"""Gaussians that hide less are haze, not surface; at 0.1 it takes 22 of them to hide nine tenths."""

CANDIDATES = 8
"""Pixels drawn per wanted point before thinning, as for the points that a field starts from."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ScenePoints:
    """Points with colours and normals."""

    points: Float32[np.ndarray, "n 3"]
    """Positions, world frame, in the scene's units."""
    colors: Float32[np.ndarray, "n 3"]
    """RGB in [0, 1]."""
    normals: Float32[np.ndarray, "n 3"] | None = None
    """Unit normals, world frame."""


def points_from_centres(
    field: GaussianField, *, min_opacity: float = MIN_OPACITY, normals: bool = False
) -> ScenePoints:
    """Return the centres of all Gaussians of some opacity, in the colour they have from all sides alike.

    Args:
        field: the Gaussians.
        min_opacity: those below are left out.
        normals: add each Gaussian's shortest axis; which of its two directions is out is not known.

    Raises:
        DataError: no Gaussian is as opaque.
    """
    with torch.no_grad():
        kept = torch.nonzero(field.opacities >= min_opacity)[:, 0]
        if len(kept) == 0:
            raise DataError(f"none of the field's {len(field)} Gaussians has an opacity of {min_opacity:g} or more")
        colors = (0.5 + SH_C0 * field.sh0[kept, 0]).clamp(0, 1)
        found = None
        if normals:
            axes = matrix_from_quat_wxyz(field.quats_wxyz[kept])
            shortest = field.log_scales[kept].argmin(dim=-1)
            found = torch.take_along_dim(axes, shortest[:, None, None].expand(-1, 3, 1), dim=-1)[..., 0]
    return ScenePoints(
        points=field.means[kept].detach().cpu().numpy(),
        colors=colors.cpu().numpy(),
        normals=None if found is None else found.cpu().numpy(),
    )


def points_from_surfaces(
    views: Iterable[SurfaceView], *, views_count: int, count: int, rng: np.random.Generator
) -> ScenePoints:
    """Return about `count` points spread evenly over the surfaces that the views show, with normals towards them.

    Raises:
        DataError: no view shows a surface.
    """
    per_view = max(1, CANDIDATES * count // max(1, views_count))
    points, colors, normals = [], [], []
    for view in views:
        rows, columns = np.nonzero(view.known)
        chosen = rng.permutation(len(rows))[:per_view]
        rows, columns = rows[chosen], columns[chosen]
        points.append(view.points_world[rows, columns])
        colors.append(view.rgb[rows, columns])
        normals.append(view.normals_world[rows, columns])
    everything = np.concatenate(points) if points else np.zeros((0, 3))
    if len(everything) == 0:
        raise DataError("no camera sees an opaque surface of this field, so there are no points to write")
    keep = _thin_by_voxels(everything, count)
    return ScenePoints(
        points=everything[keep].astype(np.float32),
        colors=np.concatenate(colors)[keep],
        normals=np.concatenate(normals)[keep],
    )


def save_points(path: Path, cloud: ScenePoints) -> None:
    """Write points as PLY with 32-bit positions, normals where there are any, and 8-bit colours; whole or not at all.

    Raises:
        DataError: a value is not finite.
        ResourceError: the disk is full; what stood at `path` is still there.
    """
    fields = [(name, "<f4") for name in ("x", "y", "z")]
    fields += [(name, "<f4") for name in ("nx", "ny", "nz")] if cloud.normals is not None else []
    table = np.zeros(len(cloud.points), np.dtype([*fields, *((name, "u1") for name in ("red", "green", "blue"))]))
    _fill(table, ("x", "y", "z"), cloud.points, path)
    if cloud.normals is not None:
        _fill(table, ("nx", "ny", "nz"), cloud.normals, path)
    _fill(table, ("red", "green", "blue"), np.rint(np.clip(cloud.colors, 0, 1) * 255), path)
    write_table(path, table)


def _fill(table: np.ndarray, names: tuple[str, str, str], values: Float[np.ndarray, "n 3"], path: Path) -> None:
    if not np.isfinite(values).all():
        raise DataError(f"{path}: the points hold NaN or infinite values in {' '.join(names)}; nothing was written")
    for index, name in enumerate(names):
        table[name] = values[:, index]
