"""Cells of studies: what is computed at once is kept as files under one name, and found again."""

import abc
import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from torch import Tensor

from vantage.encoders import Family
from vantage.errors import DataError
from vantage.storage import load_tensors, read_json, save_tensors, write_json

Parsed = TypeVar("Parsed")


@dataclasses.dataclass(frozen=True, kw_only=True)
class CellName:
    """Which cell; a study whose cells are not told apart by encoder or field leaves these empty."""

    scene: str
    encoder: str = ""
    field: str = ""
    seed: int

    @property
    def stem(self) -> str:
        """The cell's file name without its ending."""
        # An encoder's name may be a path or a name on a hub.
        plain = "".join(c if c.isalnum() or c in "-._@+" else "-" for c in self.encoder)
        return "--".join(part for part in (self.scene, plain, self.field, f"seed-{self.seed}") if part)

    def to_json(self) -> dict[str, Any]:
        """Return the name as JSON values, without what is empty."""
        return {key: value for key, value in dataclasses.asdict(self).items() if value != ""}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class StudyCell(abc.ABC):
    """What a study keeps of a cell."""

    name: CellName

    @property
    @abc.abstractmethod
    def weights(self) -> Mapping[str, str]:
        """Fingerprints of the encoders it was computed with, by name."""

    @abc.abstractmethod
    def save(self, folder: Path) -> None:
        """Write the cell; `read_cell` of the same folder and name gives it back."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class EncoderCell(StudyCell):
    """A cell of one encoder."""

    family: Family
    """The encoder's."""


def write_cell(
    folder: Path, name: CellName, content: Mapping[str, Any], tensors: Mapping[str, Tensor] | None = None
) -> None:
    """Write a cell's files; the JSON file comes last, and without it nothing counts."""
    if tensors is not None:
        save_tensors(folder / f"{name.stem}.safetensors", dict(tensors))
    write_json(folder / f"{name.stem}.json", dict(content))


def read_cell(
    folder: Path, name: CellName, parse: Callable[[Any, dict[str, Tensor]], Parsed], *, tensors: bool = True
) -> Parsed | None:
    """Read a cell, or return None where it is not done; `parse` makes it of what `write_cell` was given.

    Raises:
        DataError: its files are damaged.
    """
    path = folder / f"{name.stem}.json"
    if not path.is_file():
        return None
    content = read_json(path)
    arrays = load_tensors(folder / f"{name.stem}.safetensors")[0] if tensors else {}
    try:
        return parse(content, arrays)
    except (KeyError, TypeError) as error:
        raise DataError(f"{path}: no cell of this study ({error}); remove it to compute it again") from error
