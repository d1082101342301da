"""`vantage dialogue make`."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from vantage.cli.common import RunFlags, open_run, parse_size, print_result
from vantage.cli.study import split_numbers
from vantage.errors import UsageError

if TYPE_CHECKING:
    from vantage.dialogue import Layout


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
    """Turns at pixel, object, scene and caption level. A fifth number, as in 5,4,1,2,3, adds turns about several views
    together: common, adversarial and multiple choice in turn."""
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
    vqa_model: str | None = None
    """hf: folder or hub name of a LLaVA for several images, which asks and answers the layout's fifth level."""
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


def parse_layout(text: str) -> "Layout":
    """Return the layout of a text such as `5,4,1,2`, or `5,4,1,2,3` with turns about several views together.

    Raises:
        UsageError: the text is not four or five whole numbers, or all of them are 0.
    """
    from vantage.dialogue import Layout

    words = [word.strip() for word in text.split(",")]
    if len(words) not in (4, 5) or not all(word.isdecimal() for word in words):
        raise UsageError(
            f"--layout {text}: expected turns at pixel, object, scene and caption level, such as 5,4,1,2, "
            "and perhaps about several views together, such as 5,4,1,2,3"
        )
    pixel, thing, scene, caption, vqa = (*map(int, words), 0)[:5]
    return Layout(pixel=pixel, object=thing, scene=scene, caption=caption, vqa=vqa)


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


def make(command: Make) -> int:
    """Make conversations; return the exit code."""
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
                questioner=command.vqa_model,
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
