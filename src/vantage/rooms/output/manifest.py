"""`rooms.json`: what a folder of rooms was made with, so that a second run goes on with it or is refused."""

import dataclasses
from pathlib import Path
from typing import Any

from vantage.captures.json_node import JsonNode
from vantage.errors import UsageError
from vantage.rooms.output.views import Shots
from vantage.rooms.scene import RoomSettings
from vantage.storage import write_json

NAME = "rooms.json"
"""The file's name."""


def describe_rooms(shots: Shots, settings: RoomSettings, *, layout: str, **more: int | list[str]) -> dict[str, Any]:
    """Return what decides the files of a folder, as JSON has it.

    Args:
        shots: how rooms are photographed.
        settings: of the rooms.
        layout: "rgbd" or "webdataset".
        more: what else decides the layout's files.
    """
    told = {"layout": layout, "shots": dataclasses.asdict(shots), "settings": dataclasses.asdict(settings), **more}
    told["settings"] = {k: list(v) if isinstance(v, tuple) else v for k, v in told["settings"].items()}
    return told


def claim_folder(out: Path, told: dict[str, Any]) -> None:
    """Write `rooms.json` into a new folder; in one that has it, check that it says the same.

    Raises:
        UsageError: the folder holds rooms made otherwise, or things without a `rooms.json`.
        DataError: its `rooms.json` is damaged.
    """
    path = out / NAME
    if path.is_file():
        found = JsonNode.of_file(path).value
        if different := _differences(found, told):
            raise UsageError(f"{out}: holds rooms made with {different}; use the same, or name another folder")
        return
    if out.exists() and (not out.is_dir() or any(not f.name.startswith(".") for f in out.iterdir())):
        raise UsageError(f"{out}: holds something that is not rooms ({NAME} is missing); name a new or empty folder")
    write_json(path, told)


def _differences(found: Any, told: Any, name: str = "") -> str:
    """Return the first few values that differ, such as "views 48 (now 24)"; empty when none does."""
    different: list[str] = []
    for key in dict.fromkeys([*found, *told]):
        old, new = found.get(key), told.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            different += filter(None, [_differences(old, new, key)])
        elif old != new:
            different.append(f"{key} {old} (now {new})")
    return ", ".join(different[:3])
