"""The mark that tells that a shard is done: by which configuration, how large, and what was dropped on the way."""

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path

from vantage.errors import DataError
from vantage.runs.settings import parse_settings
from vantage.storage import read_json

FORMAT = 1
"""Of shards and marks without questions about several views together; raised when columns change."""
VIEW_FORMAT = 2
"""Of shards and marks that may hold such questions, with columns for what is missing of them and who asked them."""
FORMATS = (FORMAT, VIEW_FORMAT)
"""That can be read. Shards that need no more keep the first one, and with it their bytes and their readers."""

Counts = Mapping[str, Mapping[str, int]]
"""How many things of each sort, by stage."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ShardMark:
    """What tells that a shard is done."""

    configuration: str
    """Hash of everything that decides the shards' content."""
    samples: int
    size: int
    """Of the shard, bytes."""
    content: str
    """Hash of the shard's bytes."""
    counts: Counts = dataclasses.field(default_factory=dict)
    """What went in and what was dropped and why, by stage."""
    format: int = FORMAT


def shard_path(folder: Path, number: int) -> Path:
    """Return where a shard lies."""
    return folder / f"shard-{number:06d}.parquet"


def read_mark(path: Path) -> ShardMark | None:
    """Return the mark of a shard, or None where it has none.

    Raises:
        DataError: the mark is damaged.
    """
    file = path.with_suffix(".json")
    return parse_settings(read_json(file), ShardMark, where=str(file)) if file.is_file() else None


def finished(path: Path, configuration: str) -> ShardMark | None:
    """Return the mark of a shard that is done and whole, or None where it is still to be made.

    Raises:
        DataError: it was made by another configuration, or is not what its mark says.
    """
    mark = read_mark(path)
    if mark is None:
        return None
    check_mark(path, mark, configuration)
    found = file_hash(path)
    if found != mark.content:
        raise DataError(f"{path}: its bytes are not those that were written; remove it and its mark and run again")
    return mark


def file_hash(path: Path) -> str:
    """Return a 128-bit hexadecimal hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def check_mark(path: Path, mark: ShardMark, configuration: str | None) -> None:
    """Refuse a shard that is not what its mark says, by its size.

    Args:
        path: of the shard.
        mark: of it.
        configuration: that must have made it; any when None.

    Raises:
        DataError: format, configuration or size differ.
    """
    if mark.format not in FORMATS:
        known = " and ".join(map(str, FORMATS))
        raise DataError(f"{path}: format {mark.format}; this version reads {known}: make the shards anew")
    if configuration is not None and mark.configuration != configuration:
        raise DataError(
            f"{path}: made by configuration {mark.configuration}, not by {configuration}; "
            "keep shards of different settings or versions in folders of their own"
        )
    size = path.stat().st_size if path.is_file() else 0
    if size != mark.size:
        raise DataError(f"{path}: {size} bytes; its mark says {mark.size}: remove both and run again with --resume")


def shards_in(folder: Path) -> list[Path]:
    """Return the shards of a folder that are done, in order.

    Raises:
        DataError: there are none.
    """
    found = sorted(path for path in folder.glob("shard-*.parquet") if path.with_suffix(".json").is_file())
    if not found:
        raise DataError(f"{folder}: no shard that is done; expected shard-000000.parquet with its .json beside it")
    return found
