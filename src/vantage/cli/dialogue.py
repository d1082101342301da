"""`vantage dialogue`: make conversations, look at them, write them for other tools."""

import dataclasses
import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from vantage.cli.common import CommonFlags, print_json, print_lines
from vantage.cli.dialogue_make import Make, make, parse_layout
from vantage.cli.study import split_list
from vantage.errors import UsageError

if TYPE_CHECKING:
    from vantage.dialogue.conversation import Level


@dataclasses.dataclass(frozen=True, kw_only=True)
class Inspect(CommonFlags):
    """Write a page that shows conversations over their images, with what each answer rests on drawn in."""

    run: Annotated[Path, tyro.conf.Positional]
    """Folder of a run of `vantage dialogue make`, or of its shards."""
    out: Path
    """HTML file to write."""
    first: int = 0
    """Number of the first conversation to show."""
    count: int = 50
    """How many to show."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Export(CommonFlags):
    """Write conversations for other tools; order, levels and layout are chosen here, nothing is made anew."""

    run: Annotated[Path, tyro.conf.Positional]
    """Folder of a run of `vantage dialogue make`, or of its shards."""
    out: Annotated[Path, tyro.conf.Positional]
    """New folder to write into."""
    format: Literal["llava", "messages", "webdataset"]
    """LLaVA's JSON with images, chat messages as JSON lines with images, or tar files."""
    order: Literal["forward", "reverse", "random"] = "forward"
    """From narrow to broad, from broad to narrow, or drawn."""
    shuffle: Literal["level", "turn"] = "level"
    """What --order random draws: the order of the levels, or of all turns."""
    levels: tuple[str, ...] = ("pixel", "object", "scene", "vqa", "caption")
    """Levels to keep."""
    layout: str | None = None
    """At most so many turns at pixel, object, scene and caption level, and about several views together, such as
    5,4,1,2,0. None keeps all that were made."""


Command = (
    Annotated[Make, tyro.conf.subcommand("make", description=inspect.getdoc(Make))]
    | Annotated[Inspect, tyro.conf.subcommand("inspect", description=inspect.getdoc(Inspect))]
    | Annotated[Export, tyro.conf.subcommand("export", description=inspect.getdoc(Export))]
)


def run(command: Make | Inspect | Export) -> int:
    """Make, inspect or export conversations."""
    if isinstance(command, Inspect):
        return _inspect(command)
    if isinstance(command, Export):
        return _export(command)
    return make(command)


def parse_levels(words: Sequence[str]) -> "tuple[Level, ...]":
    """Return levels by their names, parted by spaces or commas.

    Raises:
        UsageError: there is no such level.
    """
    from vantage.dialogue.conversation import LEVELS

    named = split_list(words)
    if unknown := [word for word in named if word not in LEVELS]:
        raise UsageError(f"--levels {unknown[0]}: not known; choose of {', '.join(LEVELS)}")
    return tuple(level for level in LEVELS if level in named)


def _inspect(command: Inspect) -> int:
    from vantage.dialogue.inspection import inspect_run

    if command.first < 0 or command.count < 1:
        raise UsageError(f"--first {command.first} --count {command.count}: expected 0 or more, and 1 or more")
    shown = inspect_run(command.run, command.out, first=command.first, count=command.count)
    facts = {"page": str(command.out), "conversations": shown}
    if command.json:
        print_json(facts)
    else:
        print_lines(f"{shown} conversations; see {command.out}")
    return 0


def _export(command: Export) -> int:
    from vantage.dialogue.exports import Arrangement, export
    from vantage.runs import progress

    arrangement = Arrangement(
        layout=None if command.layout is None else parse_layout(command.layout),
        order=command.order,
        unit=command.shuffle,
        levels=parse_levels(command.levels),
        seed=command.seed,
    )
    with progress("exporting conversations", None, quiet=command.json) as bar:
        written = export(
            command.run, command.out, format=command.format, arrangement=arrangement, each=lambda: bar.advance(1)
        )
    if command.json:
        print_json({"written": [str(path) for path in written]})
    else:
        print_lines(*(f"see {path}" for path in written))
    return 0
