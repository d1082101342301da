"""What the verbs share: flags that mean the same everywhere, and the printing of results."""

import dataclasses
import json as json_module
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vantage.errors import UsageError

if TYPE_CHECKING:
    from vantage.runs import RunFolder


@dataclasses.dataclass(frozen=True, kw_only=True)
class CommonFlags:
    """Flags that every verb has."""

    seed: int = 0
    """Seed of every random draw; the same seed gives the same files."""
    json: bool = False
    """Print one JSON object on stdout and nothing else, and show no progress."""
    debug: bool = False
    """Show the traceback of an error."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class RunFlags(CommonFlags):
    """Flags of a verb that makes a run folder."""

    out: Path
    """Folder of the run: config.json, env.json, log.jsonl, result.json, report.html and checkpoints/."""
    resume: bool = False
    """Go on with the interrupted run in the folder; the settings must be the same."""
    overwrite: bool = False
    """Replace the run in the folder; nothing but what that run wrote is removed."""


def settings_of(command: CommonFlags) -> dict[str, Any]:
    """Return what decides the command's result: all its fields but the output folder and how it is told."""
    apart = {"seed", "json", "debug", "out", "resume", "overwrite"}
    return {
        field.name: getattr(command, field.name) for field in dataclasses.fields(command) if field.name not in apart
    }


def open_run(command: RunFlags, verb: str, settings: Any) -> "RunFolder":
    """Open the folder of a verb's run as its flags say; `settings` are all that decides the result.

    Raises:
        UsageError: the folder holds another run, a live run or other files, or the settings to resume with differ.
        DataError: what an earlier run left is damaged.
    """
    from vantage.runs import RunFolder

    return RunFolder.open(
        command.out,
        command=verb,
        settings=settings,
        seed=command.seed,
        resume=command.resume,
        overwrite=command.overwrite,
    )


def parse_size(text: str) -> tuple[int, int]:
    """Return (width, height) of a text like `320x240`.

    Raises:
        UsageError: the text is not two positive whole numbers with an x between them.
    """
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) > 0 and int(height) > 0):
        raise UsageError(f"size {text!r}: expected WIDTHxHEIGHT in pixels, such as 320x240")
    return int(width), int(height)


def print_json(value: Any) -> None:
    """Print one JSON object on stdout."""
    sys.stdout.write(json_module.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")


def print_lines(*lines: str) -> None:
    """Print lines on stdout."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def print_result(result: Mapping[str, Any], folder: Path, *, json: bool) -> None:
    """Print a run's `result.json` content: as it is under --json, else its notes, a line a metric and the report."""
    if json:
        print_json(result)
        return
    print_lines(*(f"note: {note}" for note in result.get("notes", ())))
    metrics: Mapping[str, Mapping[str, Any]] = result["metrics"]
    width = max(map(len, metrics), default=0)
    for name, metric in metrics.items():
        print_lines(f"{name:<{width}}  {_describe_metric(metric)}")
    report = "report.html" if "report.html" in result["artifacts"] else "result.json"
    print_lines(f"{result['timings_s']['total']:.0f} s, {result['peak_memory_mb']:.0f} MB; see {folder / report}")


def _describe_metric(metric: Mapping[str, Any]) -> str:
    """Return a metric as '0.812 (n = 24, 95 % 0.79 to 0.83)'."""
    if metric["value"] is None:
        return "not measured (n = 0)"
    interval = f", 95 % {metric['ci95'][0]:.4g} to {metric['ci95'][1]:.4g}" if metric["ci95"] else ""
    return f"{metric['value']:.4g} (n = {metric['n']}{interval})"
