"""What an earlier run left in a folder: whether it may be resumed, what of it may be removed."""

import contextlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vantage.errors import DataError, UsageError
from vantage.runs.log import read_log
from vantage.storage import TEMPORARY_PREFIX, read_json

SCHEMA_VERSION = 1
LOCK_NAME = ".lock"
# Everything a run writes at the top of its folder besides the artifacts that it names in its log.
STANDARD_NAMES = ("config.json", "env.json", "log.jsonl", "result.json", "report.html", "checkpoints")


def earlier_config(path: Path) -> dict[str, Any] | None:
    """Return the config of the run this folder holds, or None where it holds nothing yet."""
    file = path / "config.json"
    if file.exists():
        config = read_json(file)
        if not isinstance(config, dict) or config.get("schema_version") != SCHEMA_VERSION:
            raise DataError(
                f"{file}: not the config of a vantage run (schema_version {SCHEMA_VERSION}); give another --out"
            )
        return config
    # A run killed before it wrote its config leaves these two at most.
    ours = {LOCK_NAME, "env.json"}
    foreign = sorted(f.name for f in path.iterdir() if f.name not in ours and not f.name.startswith(TEMPORARY_PREFIX))
    if foreign:
        raise UsageError(f"{path} holds {foreign[0]!r} and no run; give a new or empty folder as --out")
    return None


def refuse_other_settings(path: Path, earlier: dict[str, Any], now: dict[str, Any]) -> None:
    """Refuse to resume a run of another command, seed or settings."""
    differences = [
        f"{key} ({earlier.get(key)} there, {now[key]} now)"
        for key in ("command", "seed")
        if earlier.get(key) != now[key]
    ]
    if earlier.get("command") == now["command"]:
        differences += _differences(earlier.get("settings"), now["settings"], "")
    if differences:
        shown = ", ".join(differences[:5]) + (f" and {len(differences) - 5} more" if len(differences) > 5 else "")
        raise UsageError(f"{path}: its run differs in {shown}; give the same settings to resume, or another --out")


def _differences(there: Any, now: Any, key: str) -> list[str]:
    """Name every key whose value differs, with both values."""
    if isinstance(there, dict) and isinstance(now, dict):
        names = list(dict.fromkeys([*there, *now]))
        return [
            difference
            for name in names
            for difference in _differences(there.get(name), now.get(name), f"{key}.{name}".lstrip("."))
        ]
    return [] if there == now else [f"{key or 'settings'} ({there} there, {now} now)"]


def remove_run(path: Path) -> None:
    """Remove what runs write, the config last, so that a kill midway leaves a folder that still counts as a run."""
    named = [event["name"] for event in read_log(path / "log.jsonl") if event.get("event") == "artifact"]
    result = path / "result.json"
    if result.exists():
        named += read_json(result).get("artifacts", [])
    for name in [*named, *reversed(STANDARD_NAMES)]:
        target = inside(path, str(name))
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)


def has_work(path: Path) -> bool:
    """Return whether a folder holds more than a run begins with: a checkpoint, an artifact, or what others put."""
    beginnings = {"config.json", "env.json", "log.jsonl", "checkpoints", LOCK_NAME}
    checkpoints = path / "checkpoints"
    return any(f.name not in beginnings for f in path.iterdir()) or any(checkpoints.iterdir())


def forget_run(path: Path, *, folder: bool) -> None:
    """Remove a run and, with `folder`, the folder itself where nothing else is in it. The lock is held."""
    remove_run(path)
    (path / LOCK_NAME).unlink(missing_ok=True)
    if folder:
        # Another run may have begun in it just now.
        with contextlib.suppress(OSError):
            path.rmdir()


def inside(folder: Path, name: str) -> Path:
    """Return `folder / name` after making sure that the name does not lead out of the folder."""
    if not name or Path(name).is_absolute() or ".." in Path(name).parts or Path(name) == Path():
        raise UsageError(f"{name!r} is not a name inside the run folder {folder}")
    return folder / name


def earlier_seconds(events: Sequence[Mapping[str, Any]]) -> float:
    """Add up how long the earlier sessions of this run lasted, each as far as its last log line tells."""
    total = last = 0.0
    for event in events:
        if event.get("event") in ("started", "resumed"):
            total, last = total + last, 0.0
        else:
            last = float(event.get("time_s", 0.0))
    return total + last
