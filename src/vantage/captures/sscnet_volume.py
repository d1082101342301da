"""Label volumes of SSCNet and NYUCAD: 240x240x144 voxels of 2 cm, run-length encoded behind an origin and a pose.

A file holds 3 float32 (the origin, world frame, metres), 16 float32 (world_from_camera, row after row) and pairs of
uint32, a label and how many voxels have it, all little-endian. Voxels run fastest along the world's y, then along z
(up), then along x. So SSCNet's `writeRLEfile.m` and `perpareNYUCADdata.m` write it, and its `suncg_fusion.cu` reads it.
"""

import dataclasses
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float, Float64, UInt16, UInt32

from vantage.errors import DataError

VOXELS = (240, 240, 144)
"""Along the world's x, y and z (up); SSCNet's `volume_param.m`."""
UNIT = 0.02
"""Edge of a voxel in metres (`volume_param.m`)."""
COARSE = 4
"""Voxels along each edge of a voxel that is scored, of 8 cm: 60x36x60 in SSCNet's order."""
UNKNOWN = 255
"""Label outside the annotated room (`perpareNYUCADdata.m`)."""
HEADER = 4 * (3 + 16)
"""Bytes before the runs."""
EMPTY_SHARE = 0.95
"""A voxel of 8 cm is filled if at most this share of its 64 is empty or unknown (`downSample.m`)."""
SKEW = 0.01
"""Most that a pose's rotation may be off an orthonormal matrix: poses are float32 products of annotated rotations."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class LabelVolume:
    """What fills the space before a camera."""

    labels: UInt16[np.ndarray, "x y z"]
    """0 empty, `unknown` not annotated, else a class; indexed along the world's axes."""
    origin: Float64[np.ndarray, " 3"]
    """Place of voxel [0, 0, 0], metres: SSCNet labels the places origin + index * unit, which are taken for middles."""
    world_from_camera: Float64[np.ndarray, "4 4"]
    """Pose of the camera (OpenCV axes); the world's z is up, and its floor at 0."""
    unknown: int = UNKNOWN
    unit: float = UNIT

    def at(self, points_world: Float[np.ndarray, "*b 3"]) -> UInt16[np.ndarray, "*b"]:
        """Return the labels of the voxels that hold points; `unknown` outside the volume."""
        index = np.floor((points_world - self.origin) / self.unit + 0.5).astype(np.int64)
        inside = np.all((index >= 0) & (index < np.array(self.labels.shape)), axis=-1)
        index = np.where(inside[..., None], index, 0)
        found = self.labels[index[..., 0], index[..., 1], index[..., 2]]
        return np.where(inside, found, np.uint16(self.unknown))

    def centres(self) -> Float64[np.ndarray, "x y z 3"]:
        """Return the middles of the voxels, world frame, metres."""
        axes = [low + np.arange(n) * self.unit for low, n in zip(self.origin, self.labels.shape, strict=True)]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)

    def coarse(self) -> "LabelVolume":
        """Return the volume in voxels four times as large, by SSCNet's rule (`downSample.m`).

        One is filled if at least a twentieth of its 64 is, and takes their commonest class, the lowest of several;
        else it is unknown where more of the 64 are unknown than empty.
        """
        shape = tuple(n // COARSE for n in self.labels.shape)
        parts = self.labels.reshape(shape[0], COARSE, shape[1], COARSE, shape[2], COARSE)
        blocks = parts.transpose(0, 2, 4, 1, 3, 5).reshape(-1, COARSE**3)
        empty, unknown = (blocks == 0).sum(axis=1), (blocks == self.unknown).sum(axis=1)
        labels = np.where(unknown > empty, self.unknown, 0).astype(np.uint16)
        filled = empty + unknown <= EMPTY_SHARE * COARSE**3
        labels[filled] = _commonest(blocks[filled], self.unknown)
        return dataclasses.replace(
            self,
            labels=labels.reshape(shape),
            origin=self.origin + 0.5 * (COARSE - 1) * self.unit,
            unit=self.unit * COARSE,
        )

    def known(self) -> Bool[np.ndarray, "x y z"]:
        """Return which voxels are annotated, empty or not."""
        return self.labels != self.unknown


def read_volume(path: Path, unknown: int = UNKNOWN) -> LabelVolume:
    """Read a `.bin` file.

    Args:
        path: the file.
        unknown: label of what is not annotated.

    Raises:
        DataError: it is missing, truncated, holds other than 240x144x240 voxels, or no camera pose.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such label volume; expected the .bin of SSCNet or NYUCAD beside its depth .png")
    content = path.read_bytes()
    if len(content) < HEADER + 8 or (len(content) - HEADER) % 8:
        raise DataError(
            f"{path}: {len(content)} bytes; expected {HEADER} of origin and pose and then pairs of 8 bytes: the file "
            "is truncated, copy it again"
        )
    header = np.frombuffer(content, dtype="<f4", count=HEADER // 4).astype(np.float64)
    return LabelVolume(
        labels=_unrolled(np.frombuffer(content, dtype="<u4", offset=HEADER).reshape(-1, 2), path),
        origin=_finite(header[:3], "origin", path),
        world_from_camera=_pose(_finite(header[3:], "camera pose", path).reshape(4, 4), path),
        unknown=unknown,
    )


def _unrolled(runs: UInt32[np.ndarray, "n 2"], path: Path) -> UInt16[np.ndarray, "x y z"]:
    expected = int(np.prod(VOXELS))
    counts = runs[:, 1].astype(np.int64)
    found = int(counts.sum())
    if len(runs) == 1 and found == expected - 1:
        # SSCNet's writer counts one voxel too few where all are alike.
        counts, found = counts + 1, expected
    if found != expected:
        raise DataError(
            f"{path}: its runs make {found} voxels; expected {expected} (240x144x240): the file is truncated or of "
            "another layout, copy it again"
        )
    if runs[:, 0].max() > np.iinfo(np.uint16).max:
        raise DataError(f"{path}: label {runs[:, 0].max()}; expected class numbers below 65536: no label volume")
    flat = np.repeat(runs[:, 0].astype(np.uint16), counts)
    return np.ascontiguousarray(flat.reshape(VOXELS[0], VOXELS[2], VOXELS[1]).transpose(0, 2, 1))


def _finite(values: Float64[np.ndarray, " n"], what: str, path: Path) -> Float64[np.ndarray, " n"]:
    if not np.isfinite(values).all():
        raise DataError(f"{path}: the {what} holds NaN or infinite values: no label volume of SSCNet, copy it again")
    return values


def _pose(matrix: Float64[np.ndarray, "4 4"], path: Path) -> Float64[np.ndarray, "4 4"]:
    rotation = matrix[:3, :3]
    off = float(np.abs(rotation @ rotation.T - np.eye(3)).max())
    if off > SKEW or np.linalg.det(rotation) < 0 or np.abs(matrix[3] - [0, 0, 0, 1]).max() > SKEW:
        raise DataError(f"{path}: the camera pose {matrix.round(3).tolist()} is no rigid motion, row after row")
    return matrix


def _commonest(blocks: UInt16[np.ndarray, "n v"], unknown: int) -> UInt16[np.ndarray, " n"]:
    """Return each row's commonest class, the lowest of several; the unknown and the empty do not count."""
    best, most = np.zeros(len(blocks), dtype=np.uint16), np.zeros(len(blocks), dtype=np.int64)
    for label in np.unique(blocks):
        if label not in (0, unknown):
            count = (blocks == label).sum(axis=1)
            better = count > most
            best[better], most[better] = label, count[better]
    return best
