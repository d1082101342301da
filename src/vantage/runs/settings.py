"""Settings as frozen dataclasses: to plain JSON values, and back by strict rules."""

import dataclasses
import difflib
import json
import math
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from vantage.errors import DataError, UsageError
from vantage.storage import read_json

T = TypeVar("T")


def plain_settings(settings: Any, *, where: str = "settings") -> Any:
    """Return `settings` as plain JSON values: dataclasses become objects, tuples lists, paths and enums text.

    Raises:
        UsageError: a number is NaN or infinite, or a value has no JSON form.
    """
    if dataclasses.is_dataclass(settings) and not isinstance(settings, type):
        settings = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    if isinstance(settings, Enum):
        return settings.name
    if isinstance(settings, Path):
        return str(settings)
    if isinstance(settings, dict):
        return {str(key): plain_settings(value, where=f"{where}.{key}") for key, value in settings.items()}
    if isinstance(settings, list | tuple):
        return [plain_settings(value, where=f"{where}[{index}]") for index, value in enumerate(settings)]
    if isinstance(settings, float) and not math.isfinite(settings):
        raise UsageError(f"{where} is {settings}; expected a finite number")
    if settings is None or isinstance(settings, bool | int | float | str):
        return settings
    raise UsageError(f"{where} is a {type(settings).__name__}; expected a number, text, list or object")


def read_settings(path: Path, cls: type[T]) -> T:
    """Read the settings of a run's `config.json` (or of a JSON file that holds nothing else) as the dataclass `cls`.

    Raises:
        DataError: the file is not strict JSON, a key is unknown or missing, or a value has the wrong type.
    """
    content = read_json(path)
    if isinstance(content, dict) and "schema_version" in content and "settings" in content:
        content = content["settings"]
    return parse_settings(content, cls, where=str(path))


def parse_settings(content: Any, cls: type[T], *, where: str) -> T:
    """Make the dataclass `cls` of plain JSON values; `where` names the source in errors.

    Types are strict (no text for numbers, no booleans for counts), unknown keys are refused at every depth, and so are
    NaN and infinities.

    Raises:
        DataError: the content does not fit; the message names the key and the nearest right one.
    """
    from pydantic import ConfigDict, ValidationError, create_model

    # A dataclass takes its configuration from the model around it; `strict` in JSON mode still lets a list be a tuple.
    rules = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)
    holder = create_model("Holder", __config__=rules, settings=(cls, ...))
    try:
        return holder.model_validate_json(json.dumps({"settings": content})).__dict__["settings"]
    except ValidationError as error:
        problems = error.errors(include_url=False)
        shown = "; ".join(_describe(problem, cls) for problem in problems[:3])
        more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
        raise DataError(f"{where}: {shown}{more}") from error


def _describe(problem: Any, cls: type) -> str:
    """Say what is wrong with one value, in words a user can act on."""
    location = [str(part) for part in problem["loc"][1:]]
    key = ".".join(location) or "settings"
    if problem["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"unknown key {key!r}{nearest(location[-1], _keys_at(cls, location[:-1]))}"
    if problem["type"] in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return f"the key {key!r} is missing"
    expected = problem["msg"].removeprefix("Input should be ")
    found = json.dumps(problem["input"], default=str)
    return f"{key} is {found if len(found) <= 60 else found[:57] + '...'}; expected {expected}"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ', did you mean ...?' with the likeliest of the known words, else the list of them, else nothing."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f", did you mean {close[0]!r}?"
    return f"; known are {', '.join(known)}" if known else ""


def _keys_at(cls: Any, location: list[str]) -> list[str]:
    """Return the field names of the dataclass that stands at `location` inside `cls`, or none where it is not one."""
    import typing

    for name in location:
        if not dataclasses.is_dataclass(cls):
            return []
        cls = typing.get_type_hints(cls).get(name)
    return [field.name for field in dataclasses.fields(cls)] if dataclasses.is_dataclass(cls) else []
