"""Typed access to strict JSON whose every error names the file and the JSON path, such as `$.frames[3].file_path`."""

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from vantage.errors import DataError
from vantage.storage import read_json

_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a whole number"}


@dataclasses.dataclass(frozen=True)
class JsonNode:
    """One value of a JSON file and where it stands."""

    value: Any
    file: str
    path: str = "$"

    @classmethod
    def of_file(cls, path: Path) -> "JsonNode":
        """Read a strict JSON file whose top is an object."""
        node = cls(read_json(path), str(path))
        node._expect(dict)
        return node

    def error(self, message: str) -> DataError:
        """Make (not raise) an error that names this value."""
        return DataError(f"{self.file}: {self.path}: {message}")

    def _expect(self, kind: type) -> Any:
        if not isinstance(self.value, kind) or (kind is int and isinstance(self.value, bool)):
            raise self.error(f"found {type(self.value).__name__}; expected {_KINDS[kind]}")
        return self.value

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def __getitem__(self, key: str) -> "JsonNode":
        """Return the value under `key`, which must be there."""
        self._expect(dict)
        if self.value.get(key) is None:
            raise self.error(f"the key {key!r} is missing")
        return JsonNode(self.value[key], self.file, f"{self.path}.{key}")

    def items(self) -> Iterator["JsonNode"]:
        """Iterate over a list's values."""
        for index, item in enumerate(self._expect(list)):
            yield JsonNode(item, self.file, f"{self.path}[{index}]")

    def keys(self) -> list[str]:
        """Return an object's keys."""
        return list(self._expect(dict))

    def text(self) -> str:
        """Return the value as text."""
        return self._expect(str)

    def flag(self) -> bool:
        """Return the value as true or false."""
        return self._expect(bool)

    def integer(self, *, low: int = 0, high: int = 1 << 31) -> int:
        """Return the value as a whole number (1.0 counts) in `low` to `high`."""
        if isinstance(self.value, float) and math.isfinite(self.value) and self.value == int(self.value):
            number = int(self.value)
        else:
            number = self._expect(int)
        if not low <= number <= high:
            raise self.error(f"found {number}; expected {low} to {high}")
        return number

    def number(self) -> float:
        """Return the value as a finite float."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.error(f"found {type(self.value).__name__}; expected a number")
        try:
            number = float(self.value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.error("the number is too large; expected a finite one")
        return number

    def numbers(self, count: int) -> tuple[float, ...]:
        """Return the value as `count` finite floats."""
        values = tuple(item.number() for item in self.items())
        if len(values) != count:
            raise self.error(f"found {len(values)} numbers; expected {count}")
        return values

    def matrix(self, rows: int, columns: int) -> Float64[np.ndarray, "{rows} {columns}"]:
        """Return the value as a matrix given row by row."""
        values = [item.numbers(columns) for item in self.items()]
        if len(values) != rows:
            raise self.error(f"found {len(values)} rows; expected {rows}")
        return np.array(values, dtype=np.float64)
