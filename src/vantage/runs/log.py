"""The log of a run: one JSON object a line, appended and flushed, readable after a kill at any instant."""

import json
import math
import os
from pathlib import Path
from typing import Any, TextIO

from vantage.errors import DataError
from vantage.storage import parse_json


class RunLog:
    """Appends events to a `log.jsonl`; a torn last line of a killed run is cut off first."""

    def __init__(self, path: Path) -> None:
        _cut_torn_line(path)
        self._file: TextIO = path.open("a", encoding="utf-8")

    def write(self, event: str, time_s: float, values: dict[str, Any]) -> None:
        """Append one line; `time_s` counts from the start of this session of the run."""
        record = {"event": event, "time_s": round(time_s, 3), **{key: _plain(value) for key, value in values.items()}}
        self._file.write(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file; lines are on disk from their writing on."""
        self._file.close()


def read_log(path: Path) -> list[dict[str, Any]]:
    """Return the events of a log; a torn last line is left out.

    Raises:
        DataError: a line before the last is not a JSON object.
    """
    if not Path(path).exists():
        return []
    lines = Path(path).read_text(encoding="utf-8", errors="replace").split("\n")
    events = []
    # What follows the last line end is empty, or a line that a kill cut short.
    for number, line in enumerate(lines[:-1], start=1):
        event = parse_json(line, where=f"{path}: line {number}")
        if not isinstance(event, dict):
            raise DataError(f"{path}: line {number} is not a JSON object")
        events.append(event)
    return events


def _cut_torn_line(path: Path) -> None:
    """Truncate the file to its last line end."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        content = file.read()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            file.truncate(whole)
            os.fsync(file.fileno())


def _plain(value: Any) -> Any:
    """Return a JSON value; NaN and infinities, which a loss may take and JSON has not, become text."""
    if hasattr(value, "item") and getattr(value, "size", None) is not None and not isinstance(value, str):
        count = value.numel() if hasattr(value, "numel") else value.size
        value = value.item() if count == 1 else value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
