"""Gaussians as PLY in the layout of the original 3D Gaussian splatting code, which viewers and trainers read.

Kerbl et al. (2023), `GaussianModel.save_ply`: 32-bit floats x y z, nx ny nz (zeros), f_dc_0..2, f_rest_* (all of red's
coefficients, then green's, then blue's), opacity (logit), scale_0..2 (logarithm), rot_0..3 (w, x, y, z).
"""

import dataclasses
import re
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float32

from vantage.captures.ply_table import PlyTable, read_table, write_table
from vantage.errors import DataError
from vantage.fields.gaussians import GaussianField

FEATURE_COLUMN = "semantic_{}"
"""Names of feature columns, as Feature-3DGS writes them (Zhou et al., 2024, `gaussian_model.py`)."""

_FEATURES_COMMENT = "features of "
_ANTIALIASED_COMMENT = "vantage antialiased"
_REST_COUNTS = (0, 9, 24, 45)
"""Columns f_rest_* of degree 0 to 3: three colours times (degree + 1)^2 - 1."""

MAX_LOG_SCALE = 40.0
"""exp(40) is 2e17: its square is still a 32-bit float, and no scene is as large."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Splats:
    """What a splat PLY holds."""

    field: GaussianField
    features: Float32[np.ndarray, "n d"] | None = None
    """One feature per Gaussian, where the file has such columns."""
    features_name: str = ""
    """The encoder that the features are of, where the file says so."""


def load_splats(path: Path) -> GaussianField:
    """Read the Gaussians of a splat PLY, whoever wrote it.

    Raises:
        DataError: it is no such file, is damaged, or holds values that no Gaussian has.
    """
    return read_splats(path).field


def read_splats(path: Path) -> Splats:
    """Read a splat PLY with its feature columns; columns may stand in any order, and normals may be missing.

    Raises:
        DataError: it is no such file, is damaged, or holds values that no Gaussian has.
    """
    path = Path(path)
    table = read_table(path)
    rest = _rest_count(path, table)
    features = _numbered(table, "semantic_")
    wanted = [*_fixed_names(rest), *features]
    _check_columns(path, table, rest)
    if len(table.vertices) == 0:
        raise DataError(f"{path}: holds no Gaussians")
    with np.errstate(over="ignore", invalid="ignore"):
        columns = {name: table.vertices[name].astype(np.float32) for name in wanted}
    for name, values in columns.items():
        _check_finite(path, name, values)
    _check_values(str(path), columns)
    coefficients = _stack(columns, [f"f_rest_{i}" for i in range(rest)])
    field = GaussianField(
        means=_tensor(columns, "x", "y", "z"),
        log_scales=_tensor(columns, "scale_0", "scale_1", "scale_2"),
        quats_wxyz=_tensor(columns, "rot_0", "rot_1", "rot_2", "rot_3"),
        opacity_logits=torch.from_numpy(columns["opacity"]),
        sh0=_tensor(columns, "f_dc_0", "f_dc_1", "f_dc_2")[:, None],
        sh_rest=torch.from_numpy(coefficients).reshape(len(coefficients), 3, rest // 3).mT.contiguous(),
        antialiased=_ANTIALIASED_COMMENT in table.comments,
    )
    name = next((text for text in table.comments if text.startswith(_FEATURES_COMMENT)), "")
    return Splats(
        field=field,
        features=_stack(columns, features) if features else None,
        features_name=name.removeprefix(_FEATURES_COMMENT),
    )


def save_splats(
    path: Path,
    field: GaussianField,
    *,
    features: Float[np.ndarray, "n d"] | None = None,
    features_name: str = "",
) -> None:
    """Write Gaussians as a splat PLY, whole or not at all; the world frame and its units stay as they are.

    Args:
        path: the file to write; one that stands there is replaced.
        field: the Gaussians.
        features: one feature per Gaussian, written as the columns `semantic_0`, `semantic_1`, ...
        features_name: the encoder they are of, noted in the header.

    Raises:
        DataError: the field is empty, a value is not finite, or there are not as many features as Gaussians.
        ResourceError: the disk is full; what stood at `path` is still there.
    """
    n, rest = len(field), 3 * field.sh_rest.shape[1]
    if n == 0:
        raise DataError(f"{path}: the field holds no Gaussians to write")
    if features is not None and len(features) != n:
        raise DataError(f"{path}: {len(features)} features for {n} Gaussians; expected one each")
    names = _fixed_names(rest, normals=True)
    names += [FEATURE_COLUMN.format(i) for i in range(0 if features is None else features.shape[1])]
    rows = np.zeros((n, len(names)), np.float32)
    tensors = {name: tensor.cpu().numpy() for name, tensor in field.tensors().items()}
    parts = [
        tensors["means"],
        np.zeros((n, 3)),
        tensors["sh0"].reshape(n, 3),
        tensors["sh_rest"].transpose(0, 2, 1).reshape(n, rest),
        tensors["opacity_logits"][:, None],
        tensors["log_scales"],
        tensors["quats_wxyz"],
        *([] if features is None else [features]),
    ]
    start = 0
    for part in parts:
        rows[:, start : start + part.shape[1]] = part
        start += part.shape[1]
    columns = {name: rows[:, index] for index, name in enumerate(names)}
    for name, values in columns.items():
        _check_finite(path, name, values)
    _check_values(str(path), columns)
    # All columns are 32-bit floats, so a row of the matrix is a row of the table.
    table = rows.view(np.dtype([(name, np.float32) for name in names]))[:, 0]
    comments = [_ANTIALIASED_COMMENT] if field.antialiased else []
    if features is not None and features_name:
        # A line end inside the name would end the comment, and what follows would be read as header.
        comments.append(f"{_FEATURES_COMMENT}{_printable(features_name)}")
    write_table(path, table, tuple(comments))


def _printable(text: str) -> str:
    return re.sub(r"[^\x21-\x7e]+", " ", text)[:200].strip()


def _fixed_names(rest: int, *, normals: bool = False) -> list[str]:
    """Return the columns of a Gaussian in the original's order."""
    names = ["x", "y", "z", *(["nx", "ny", "nz"] if normals else []), *(f"f_dc_{i}" for i in range(3))]
    names += [f"f_rest_{i}" for i in range(rest)]
    return [*names, "opacity", *(f"scale_{i}" for i in range(3)), *(f"rot_{i}" for i in range(4))]


def _numbered(table: PlyTable, prefix: str) -> list[str]:
    """Return the columns `prefix` 0, 1, ... as far as they go."""
    names, found = set(table.names), []
    while f"{prefix}{len(found)}" in names:
        found.append(f"{prefix}{len(found)}")
    return found


def _rest_count(path: Path, table: PlyTable) -> int:
    rest = sum(name.startswith("f_rest_") for name in table.names)
    if rest not in _REST_COUNTS:
        raise DataError(f"{path}: {rest} columns f_rest_*; expected 0, 9, 24 or 45 (degree 0 to 3)")
    return rest


def _check_columns(path: Path, table: PlyTable, rest: int) -> None:
    """Refuse a table that lacks a column of a Gaussian, saying what the file seems to be instead."""
    missing = [name for name in _fixed_names(rest) if name not in table.names]
    if not missing:
        return
    hint = ""
    if "scale_0" in table.names and "scale_2" in missing:
        hint = " (a file of flat Gaussians? those are not read)"
    elif {"x", "y", "z"} <= set(table.names) and "opacity" in missing:
        hint = " (a point cloud?)"
    raise DataError(
        f"{path}: not a splat PLY{hint}; it lacks the columns {', '.join(missing[:6])}{' ...' if missing[6:] else ''}"
    )


def _check_finite(path: Path, name: str, values: Float32[np.ndarray, " n"]) -> None:
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise DataError(
            f"{path}: column {name!r} holds {values[bad[0]]} at Gaussian {bad[0]} ({len(bad)} such of {len(values)}); "
            "expected finite numbers"
        )


def _check_values(where: str, columns: dict[str, np.ndarray]) -> None:
    """Refuse rotations without a direction, and scales whose size overflows."""
    zero = np.flatnonzero(np.all([columns[f"rot_{i}"] == 0 for i in range(4)], axis=0))
    if len(zero):
        raise DataError(f"{where}: the rotation of Gaussian {zero[0]} is zero ({len(zero)} such); no rotation is meant")
    for name in ("scale_0", "scale_1", "scale_2"):
        if columns[name].max() > MAX_LOG_SCALE:
            raise DataError(
                f"{where}: column {name!r} reaches {columns[name].max():g}; expected logarithms of sizes, at most "
                f"{MAX_LOG_SCALE:g}"
            )


def _stack(columns: dict[str, np.ndarray], names: list[str]) -> Float32[np.ndarray, "n d"]:
    n = len(columns["x"])
    return np.stack([columns[name] for name in names], axis=-1) if names else np.zeros((n, 0), np.float32)


def _tensor(columns: dict[str, np.ndarray], *names: str) -> Float[torch.Tensor, "n d"]:
    return torch.from_numpy(_stack(columns, list(names)))
