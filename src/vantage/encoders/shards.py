"""Shards of the feature cache: one file for the features of some consecutive views, in half precision.

A shard appears whole or not at all. Its name says its place and the content it was made from, its header whose features
it holds, with a checksum for every view; so a shard that is damaged is made again, and one that is foreign is refused.
"""

import dataclasses
import json
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vantage.encoders.base import Features
from vantage.errors import DataError
from vantage.storage import content_hash, parse_json, save_tensors

FORMAT = "vantage-features-2"
"""The one key of a shard's metadata; with several, their order, and so the file's bytes, would be left to chance."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """Where the features of one view lie."""

    shard: Path
    row: int


def shard_path(folder: Path, number: int, fingerprint: str, view_keys: Sequence[str]) -> Path:
    """Return where the shard of views with this content belongs."""
    return folder / f"{number:05d}-{content_hash(FORMAT, fingerprint, *view_keys)}.safetensors"


def write_shard(path: Path, fingerprint: str, features: Features) -> None:
    """Write the features of some views of one size, whole or not at all.

    Raises:
        DataError: the features hold NaN or values that float16 cannot hold.
    """
    grid, summary = features.grid.half().cpu().contiguous(), features.summary.half().cpu().contiguous()
    if not _finite(grid) or not _finite(summary):
        raise DataError(f"{path}: the encoder returned NaN or values beyond float16; its weights are unusable")
    about = {
        "fingerprint": fingerprint,
        "stride": features.stride,
        "image_size": features.image_size,
        "checksums": [_checksum(grid[row], summary[row]) for row in range(len(grid))],
    }
    save_tensors(path, {"grid": grid, "summary": summary}, {FORMAT: json.dumps(about, sort_keys=True)})


def read_shard(path: Path, fingerprint: str, rows: Sequence[int] | None = None) -> Features | None:
    """Return the features of some rows of a shard (all by default), in half precision; None if absent or damaged.

    Raises:
        DataError: the file is whole, but holds something else than this encoder's features.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="pt") as file:
            metadata = file.metadata() or {}
            if FORMAT not in metadata:
                raise DataError(f"{path}: no features of vantage (format {FORMAT}); move it away, the name is needed")
            about = _parse(metadata[FORMAT], path)
            if about["fingerprint"] != fingerprint:
                raise DataError(f"{path}: features of another encoder ({about['fingerprint']}); move it away")
            checksums = about["checksums"]
            rows = range(len(checksums)) if rows is None else rows
            grids, summaries = file.get_slice("grid"), file.get_slice("summary")
            grid = torch.cat([grids[row : row + 1] for row in rows])
            summary = torch.cat([summaries[row : row + 1] for row in rows])
        if any(checksums[row] != _checksum(grid[i], summary[i]) for i, row in enumerate(rows)):
            return None
        stride = (float(about["stride"][0]), float(about["stride"][1]))
        size = (int(about["image_size"][0]), int(about["image_size"][1]))
        return Features(grid=grid, summary=summary, stride=stride, image_size=size)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, IndexError, RuntimeError, struct.error):
        return None


def _parse(text: str, path: Path) -> dict[str, Any]:
    """Return the header; one that cannot be read is damage, not a foreign file."""
    try:
        return parse_json(text, where=str(path))
    except DataError as error:
        raise ValueError(str(error)) from error


def _finite(values: Tensor) -> bool:
    # The extremes are NaN where any value is; in half precision this is thirty times faster than asking each value.
    return bool(torch.isfinite(torch.stack(torch.aminmax(values))).all())


def _checksum(grid: Tensor, summary: Tensor) -> int:
    """Return a CRC-32: against damage, not against forgery, and several times faster than a cryptographic hash."""
    return zlib.crc32(summary.numpy().data, zlib.crc32(grid.numpy().data))
