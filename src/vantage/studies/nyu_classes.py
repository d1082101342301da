"""What NYUv2-CAD is asked for and what is measured: SSCNet's 11 classes, or the names of a list of 894."""

import csv
import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Int, UInt16

from vantage.captures.sscnet_volume import UNKNOWN
from vantage.errors import DataError

Vocabulary = Literal["11", "894", "894-own"]
"""The 11 classes; the names of a list, each found voxel counted as its name's one of the 11; the names, each measured
for itself on volumes that hold the list's numbers."""
ELEVEN = ("ceiling", "floor", "wall", "window", "chair", "bed", "sofa", "table", "tvs", "furn", "objs")
"""SSCNet's `evaluation_script.m`, in its order."""
ELEVEN_TEXTS = (
    *("a ceiling", "a floor", "a wall", "a window", "a chair", "a bed", "a sofa", "a table", "a television"),
    *("furniture", "an object"),
)
"""What the 11 are asked for by: our own words, since the paper's are not published."""
NUMBERS_OF_ELEVEN: dict[str, tuple[int, ...]] = {
    "ceiling": (1,),
    "floor": (2,),
    "wall": (3,),
    "window": (4,),
    "chair": (6,),
    "bed": (7,),
    "sofa": (8,),
    "table": (9, 10, 17, 30),
    "tvs": (16, 33),
    "furn": (11, 12, 13, 27, 28, 31),
    "objs": (5, 14, 15, 18, 19, 20, 21, 22, 23, 24, 25, 26, 29, 32, 34, 35, 36),
}
"""Which of the 36 numbers in SSCNet's volumes belong to which class: `seg_class_map` of its `deploy_net_nyucad.txt`."""
UNKNOWN_OWN = 65535
"""Label of the unknown in volumes that hold the numbers of 894 classes. Assumed, our own: none are published, and
255 is one of the classes there."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class NyuClasses:
    """Texts that are asked for, classes that are measured, and how both belong together."""

    texts: tuple[str, ...]
    """What is asked for."""
    names: tuple[str, ...]
    """What is measured."""
    class_of_text: Int[np.ndarray, " k"]
    """Index into `names` for each text."""
    class_of_number: Int[np.ndarray, " n"]
    """For each number in a volume: 0 empty, i + 1: `names[i]`, -1: none of the classes."""
    unknown: int
    """Number of the unknown in volumes."""

    def classes(self, numbers: UInt16[np.ndarray, "*b"], where: str) -> Int[np.ndarray, "*b"]:
        """Return 0 for empty, i + 1 for `names[i]`, and -1 for the unknown.

        Args:
            numbers: of a volume.
            where: it is, for errors.

        Raises:
            DataError: a number is of no class.
        """
        table = np.full(np.iinfo(np.uint16).max + 1, -2, dtype=np.int64)
        table[: len(self.class_of_number)] = np.where(self.class_of_number < 0, -2, self.class_of_number)
        table[self.unknown] = -1
        found = table[numbers]
        if (found == -2).any():
            wrong = int(np.asarray(numbers)[found == -2][0])
            last = len(self.class_of_number) - 1
            raise DataError(
                f"{where}: label {wrong} is of no class; expected 0 to {last}, or {self.unknown} for the unknown; do "
                "--classes and --class-list fit these volumes?"
            )
        return found


def nyu_classes(vocabulary: Vocabulary, class_list: Path | None = None) -> NyuClasses:
    """Return what a vocabulary asks for and measures.

    Args:
        vocabulary: which.
        class_list: CSV with the columns id, name and class (one of `ELEVEN`), for all but the 11.

    Raises:
        DataError: the list is missing or damaged.
    """
    if vocabulary == "11":
        return NyuClasses(
            texts=ELEVEN_TEXTS,
            names=ELEVEN,
            class_of_text=np.arange(len(ELEVEN)),
            class_of_number=_numbers(NUMBERS_OF_ELEVEN, ELEVEN),
            unknown=UNKNOWN,
        )
    if class_list is None:
        raise DataError("no list of classes; give --class-list FILE, a CSV with the columns id, name and class")
    rows = read_class_list(class_list)
    names = tuple(name for _, name, _ in rows)
    if vocabulary == "894":
        return NyuClasses(
            texts=names,
            names=ELEVEN,
            class_of_text=np.array([ELEVEN.index(group) for _, _, group in rows]),
            class_of_number=_numbers(NUMBERS_OF_ELEVEN, ELEVEN),
            unknown=UNKNOWN,
        )
    return NyuClasses(
        texts=names,
        names=names,
        class_of_text=np.arange(len(names)),
        class_of_number=_numbers({name: (number,) for number, name, _ in rows}, names),
        unknown=UNKNOWN_OWN,
    )


def read_class_list(path: Path) -> list[tuple[int, str, str]]:
    """Return number, name and class of each row of a list.

    Raises:
        DataError: it is missing, lacks a column, or a row says something twice or makes no sense.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such list of classes; expected a CSV with the columns id, name and class")
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            found = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: no CSV in UTF-8 ({error})") from error
    if not set(reader.fieldnames or ()) >= {"id", "name", "class"}:
        raise DataError(f"{path}: columns {reader.fieldnames}; expected id, name and class")
    rows = [_row(one, f"{path}, row {number}") for number, one in enumerate(found, start=2)]
    if not rows:
        raise DataError(f"{path}: the list is empty; expected a row for each class")
    for column, what in enumerate(("id", "name")):
        times = Counter(row[column] for row in rows)
        twice = [value for value, count in times.items() if count > 1]
        if twice:
            raise DataError(f"{path}: the {what} {twice[0]!r} stands there twice; give each class one row")
    return rows


def _row(row: Mapping[str, Any], where: str) -> tuple[int, str, str]:
    number, name, group = ((row[key] or "").strip() for key in ("id", "name", "class"))
    if not number.isdecimal() or not 1 <= int(number) < UNKNOWN_OWN:
        raise DataError(f"{where}: id {number!r}; expected a number from 1 on, as volumes hold it")
    if not name or group not in ELEVEN:
        raise DataError(f"{where}: name {name!r}, class {group!r}; expected a name, and one of {', '.join(ELEVEN)}")
    return int(number), name, group


def _numbers(of_name: dict[str, tuple[int, ...]], names: Sequence[str]) -> Int[np.ndarray, " n"]:
    table = np.full(max(max(numbers) for numbers in of_name.values()) + 1, -1, dtype=np.int64)
    table[0] = 0
    for number, name in enumerate(names, start=1):
        table[list(of_name[name])] = number
    return table
