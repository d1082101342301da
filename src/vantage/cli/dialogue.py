"""`vantage dialogue`: make conversations, look at them, write them for other tools."""

import dataclasses
import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from vantage.cli.common import CommonFlags, RunFlags, open_run, parse_size, print_json, print_lines, print_result
from vantage.cli.study import split_list, split_numbers
from vantage.errors import UsageError

if TYPE_CHECKING:
    from vantage.dialogue import Layout
    from vantage.dialogue.conversation import Level


@dataclasses.dataclass(frozen=True, kw_only=True)
class Make(RunFlags):
    """Make conversations about captures and procedural rooms: parquet shards in OUT/shards, with images and evidence.

    Interrupted, --resume makes the shards that are missing. Files do not depend on --engine or --workers.
    """

    captures: Annotated[tuple[Path, ...], tyro.conf.Positional] = ()
    """Folders of posed images with depth and instances (or see --perceive)."""
    photos: tuple[Path, ...] = ()
    """Photographs without poses, or folders of them, with --perceive hf or predicted; one scene each."""
    rooms: tuple[str, ...] = ()
    """Seeds of procedural rooms, such as 0-199. Below 800000 they train, below 900000 they validate, the rest test."""
    views: tuple[str, ...] = ("1",)
    """Images of a conversation, 1 to 8; of several numbers, such as 1,2,4, each gets its share."""
    per_scene: int = 4
    """Conversations of each room or capture."""
    layout: str = "5,4,1,2"
    """Turns at pixel, object, scene and caption level."""
    perceive: str = "truth"
    """Where depth, instances and words come from: truth (what captures hold), predicted, sensor or hf."""
    depth_model: str | None = None
    """hf: folder or hub name of a Depth Pro; None takes the released one, and so on."""
    mask_model: str | None = None
    """hf: folder or hub name of a SAM 2."""
    caption_model: str | None = None
    """hf: folder or hub name of a BLIP for captions."""
    vggt: Path | None = None
    """hf: file or folder of VGGT's weights, for conversations about several views."""
    scene_filter: str | None = None
    """Image-text encoder, such as a CLIP of `vantage encoders`: views that it takes for anything but photographs of
    scenes (SpatialBoost's labels) are dropped. None keeps all."""
    pairs: Literal["covisible", "lpips"] = "covisible"
    """What tells which views go together: what they both see, by depth and poses, or how alike they look, by LPIPS."""
    pair_range: str | None = None
    """Least and most of the share seen in common, or of the LPIPS distance. By default 0.1,0.9 or 0.35,0.65."""
    lpips: Path | None = None
    """Folder of LPIPS's weights, for --pairs lpips; None looks where torch and the package `lpips` keep them."""
    expand: bool = False
    """Make conversations of four and eight views of two that go together and those on the path between them, where the
    answers about the two hold in more than half."""
    keep: Literal["any", "complete"] = "any"
    """Keep conversations with any turn, or only those with every turn of the layout."""
    numbers: Literal["human", "exact"] = "human"
    """Lengths as people say them, or with two decimals of a meter."""
    distance: Literal["closest", "centres", "both"] = "closest"
    """What the distance between two things is: between closest points, between centres, or both."""
    size: str = "256x192"
    """Width and height of the rooms' images in pixels."""
    room_views: int = 8
    """Views of each room, which its conversations share."""
    max_size: int | None = None
    """Longest side of captures' images in pixels; larger ones are shrunk. None keeps them."""
    images: Literal["inside", "files"] = "inside"
    """Store images in the shards, or once each in OUT/shards/images."""
    encoding: Literal["png", "jpeg"] = "png"
    """Store images without loss, or a fifth as large."""
    per_shard: int = 512
    """Conversations of one file; a kill loses at most the files that are being made."""
    engine: Literal["process", "ray"] = "process"
    """Who works: processes of this machine, or Ray (extra `ray`)."""
    workers: int = 1
    """Processes or tasks at once."""


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
    levels: tuple[str, ...] = ("pixel", "object", "scene", "caption")
    """Levels to keep."""
    layout: str = "5,4,1,2"
    """At most so many turns at pixel, object, scene and caption level."""


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
    return _make(command)


def parse_layout(text: str) -> "Layout":
    """Return the layout of a text such as `5,4,1,2`.

    Raises:
        UsageError: the text is not four whole numbers, or all of them are 0.
    """
    from vantage.dialogue import Layout

    words = [word.strip() for word in text.split(",")]
    if len(words) != 4 or not all(word.isdecimal() for word in words):
        raise UsageError(f"--layout {text}: expected turns at pixel, object, scene and caption level, such as 5,4,1,2")
    pixel, thing, scene, caption = map(int, words)
    return Layout(pixel=pixel, object=thing, scene=scene, caption=caption)


def parse_range(text: str) -> tuple[float, float]:
    """Return two numbers of a text such as `0.35,0.65`.

    Raises:
        UsageError: the text is not two numbers with a comma between them.
    """
    try:
        least, most = map(float, text.split(","))
    except ValueError:
        raise UsageError(f"--pair-range {text}: expected two numbers, such as 0.35,0.65") from None
    return least, most


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


def _make(command: Make) -> int:
    from vantage.dialogue import AskSettings
    from vantage.dialogue.choosing import ChoiceSettings
    from vantage.dialogue.generation import COMMAND, GenerationSettings, check_inputs, run_generation
    from vantage.dialogue.making import MakeSettings
    from vantage.dialogue.photographs import find_photographs
    from vantage.dialogue.predicted_sources import ModelPaths
    from vantage.dialogue.sources import SceneSettings
    from vantage.runs import exit_code

    width, height = parse_size(command.size)
    settings = GenerationSettings(
        rooms=split_numbers("--rooms", command.rooms),
        captures=tuple(str(folder) for folder in command.captures),
        photographs=find_photographs(command.photos),
        make=MakeSettings(
            scene=SceneSettings(room_views=command.room_views, width=width, height=height, max_size=command.max_size),
            views=split_numbers("--views", command.views),
            per_scene=command.per_scene,
            layout=parse_layout(command.layout),
            perceive=command.perceive,
            models=ModelPaths(
                depth=command.depth_model,
                masks=command.mask_model,
                captioner=command.caption_model,
                vggt=None if command.vggt is None else str(command.vggt),
            ),
            choice=ChoiceSettings(
                scenes=command.scene_filter,
                pairs=command.pairs,
                pair_range=None if command.pair_range is None else parse_range(command.pair_range),
                lpips=None if command.lpips is None else str(command.lpips),
                expand=command.expand,
            ),
            ask=AskSettings(numbers=command.numbers, distance=command.distance),
            keep=command.keep,
            encoding=command.encoding,
            seed=command.seed,
        ),
        images=command.images,
        per_shard=command.per_shard,
    )
    check_inputs(settings)
    with open_run(command, COMMAND, settings) as folder:
        result = run_generation(folder, settings, engine=command.engine, workers=command.workers, quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)


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
        layout=parse_layout(command.layout),
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
