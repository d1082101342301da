"""The vertex table of a PLY file, in and out: any plain properties, binary of both byte orders or ASCII.

The format is Turk's of 1994. Vertices must be the first element; what follows them (faces, say) is not read.
"""

import dataclasses
import re
from pathlib import Path

import numpy as np

from vantage.errors import DataError
from vantage.storage import atomic_open

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip
_NAMES = {"i1": "char", "u1": "uchar", "i2": "short", "u2": "ushort", "i4": "int", "u4": "uint", "f4": "float",
          "f8": "double"}  # fmt: skip
_BYTE_ORDERS = {"ascii": "<", "binary_little_endian": "<", "binary_big_endian": ">"}
_HEADER_BYTES = 65536  # A header of a thousand properties is half as long.
_END = re.compile(rb"\nend_header[ \t]*\r?\n")
_SHOWN = 80
"""Characters of a damaged line that an error shows."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PlyTable:
    """The vertices of a PLY file."""

    vertices: np.ndarray
    """One structured row per vertex; its fields are the properties, in the file's order and types."""
    comments: tuple[str, ...] = ()
    """The header's comment lines, without the word."""

    @property
    def names(self) -> tuple[str, ...]:
        """The properties' names."""
        return self.vertices.dtype.names or ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Header:
    form: str
    count: int
    record: np.dtype
    comments: tuple[str, ...]
    alone: bool
    """Whether nothing follows the vertices."""


def read_table(path: Path) -> PlyTable:
    """Read the vertices of a PLY file.

    Raises:
        DataError: not such a file, cut off, longer than its header says, or its values are no numbers of their type.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    end = _END.search(content, 0, _HEADER_BYTES)
    if not content.startswith((b"ply\n", b"ply\r\n")) or end is None:
        raise DataError(f"{path}: not a PLY file, or its header is cut off")
    header = _parse_header(path, content[: end.start()].decode("ascii", "replace").splitlines()[1:])
    body = memoryview(content)[end.end() :]
    if header.form == "ascii":
        vertices = _ascii_rows(path, bytes(body), header)
    else:
        vertices = _binary_rows(path, body, header)
    return PlyTable(vertices=vertices, comments=header.comments)


def _parse_header(path: Path, lines: list[str]) -> _Header:
    form, count = "", -1
    elements: list[str] = []
    comments: list[str] = []
    fields: list[tuple[str, str]] = []
    for line in lines:
        words = line.split()
        keyword = words[0] if words else ""
        if keyword == "format" and len(words) == 3 and words[1] in _BYTE_ORDERS:
            form = words[1]
        elif keyword == "element" and len(words) == 3 and words[2].isdecimal() and len(words[2]) <= 20:
            elements.append(words[1])
            count = int(words[2]) if len(elements) == 1 else count
        elif keyword == "property" and elements:
            if len(elements) == 1:
                fields.append(_property(path, words, line))
        elif keyword in ("comment", "obj_info"):
            comments.append(line.partition(" ")[2].strip())
        else:
            raise DataError(f"{path}: the PLY header's line {line[:_SHOWN]!r} is damaged or not supported")
    names = [name for name, _ in fields]
    if not form or elements[:1] != ["vertex"]:
        packed = "; save it uncompressed first" if elements[:1] == ["chunk"] else ""
        found = repr(elements[0][:_SHOWN]) if elements else "none"
        raise DataError(f"{path}: expected a PLY whose first element is vertex, found {found}{packed}")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"{path}: the vertex property {twice[:_SHOWN]!r} stands twice in the header")
    record = np.dtype([(name, _BYTE_ORDERS[form] + kind) for name, kind in fields])
    return _Header(form=form, count=count, record=record, comments=tuple(comments), alone=len(elements) == 1)


def _property(path: Path, words: list[str], line: str) -> tuple[str, str]:
    if len(words) != 3 or words[1] not in _TYPES:
        raise DataError(f"{path}: the vertex property {line[:_SHOWN]!r} is not supported; expected plain numbers")
    return words[2], _TYPES[words[1]]


def _binary_rows(path: Path, body: memoryview, header: _Header) -> np.ndarray:
    needed = header.count * header.record.itemsize
    if needed > len(body) or (header.alone and needed < len(body)):
        raise DataError(
            f"{path}: {header.count} vertices need {needed} bytes but {len(body)} are there; the file is damaged"
        )
    if needed == 0:
        return np.zeros(0, header.record.newbyteorder("="))
    rows = np.frombuffer(body, header.record, header.count)
    return rows.astype(header.record.newbyteorder("="), copy=False)


def _ascii_rows(path: Path, body: bytes, header: _Header) -> np.ndarray:
    words = body.split()
    width = len(header.record.names or ())
    needed = header.count * width
    if needed > len(words) or (header.alone and needed < len(words)):
        raise DataError(f"{path}: {header.count} vertices need {needed} numbers but {len(words)} are there")
    # Without its line end the last number may have lost digits, and nothing else would tell.
    if header.alone and words and not body.endswith((b"\n", b"\r")):
        raise DataError(f"{path}: the last line has no line end, so the file may be cut off; add one if it is whole")
    try:
        values = np.array(words[:needed], dtype=np.float64).reshape(header.count if width else 0, width)
    except ValueError as error:
        raise DataError(f"{path}: {str(error)[:_SHOWN]}; expected numbers") from error
    rows = np.zeros(len(values), header.record.newbyteorder("="))
    for index, name in enumerate(rows.dtype.names or ()):
        kind = rows.dtype[name]
        if kind.kind in "iu" and not _fits(values[:, index], kind):
            raise DataError(f"{path}: property {name[:_SHOWN]!r} holds a number that is no {_NAMES[kind.str[1:]]}")
        with np.errstate(over="ignore"):
            rows[name] = values[:, index]
    return rows


def _fits(values: np.ndarray, kind: np.dtype) -> bool:
    limits = np.iinfo(kind)
    return bool(((values >= limits.min) & (values <= limits.max) & (values == np.rint(values))).all())


def table_header(record: np.dtype, count: int, comments: tuple[str, ...] = ()) -> bytes:
    """Return the header of a binary little-endian PLY of `count` vertices."""
    properties = [f"property {_NAMES[record[name].str[1:]]} {name}" for name in record.names or ()]
    lines = ["ply", "format binary_little_endian 1.0", *(f"comment {text}" for text in comments)]
    return "\n".join([*lines, f"element vertex {count}", *properties, "end_header", ""]).encode("ascii")


def write_table(path: Path, vertices: np.ndarray, comments: tuple[str, ...] = ()) -> None:
    """Write vertices as a binary little-endian PLY, whole or not at all.

    Raises:
        ResourceError: the disk is full; what stood at `path` is still there.
    """
    record = vertices.dtype.newbyteorder("<")
    with atomic_open(path) as file:
        file.write(table_header(record, len(vertices), comments))
        file.write(np.ascontiguousarray(vertices.astype(record, copy=False)).data)
