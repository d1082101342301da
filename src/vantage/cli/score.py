"""`vantage score`."""

import dataclasses
from pathlib import Path
from typing import Annotated, Literal

import tyro

from vantage.cli.common import RunFlags, open_run, parse_size, print_result
from vantage.cli.study import split_list, split_numbers
from vantage.errors import UsageError
from vantage.storage import cache_folder


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(RunFlags):
    """Score encoders in fixed test rooms: objects, depth, surfaces, edges, likeness between views, words and places.

    Beside them stand an encoder that says the same everywhere, `pixels` and `oracle`. One cell per room and encoder;
    --resume goes on after the last room that was done.
    """

    encoders: Annotated[tuple[str, ...], tyro.conf.Positional]
    """Encoders; `vantage encoders` lists them."""
    out: Path = Path("runs/score")
    """Folder of the run: config.json, env.json, log.jsonl, result.json, report.html, cells/ and heads/."""
    rooms: tuple[str, ...] = ("900000-900004",)
    """Seeds of test rooms, 900000 and up. The page is comparable with others of the same rooms and sizes only."""
    language: str = "room-clip"
    """Image-text encoder that is asked in the place of those that read no text, distilled beside them."""
    field: Literal["gaussians", "nerf"] = "gaussians"
    """Kind of field for words and places."""
    image_size: str = "256x192"
    """Width and height of the views whose features are looked into, in pixels."""
    field_size: str = "128x96"
    """Width and height of the views of the field, in pixels."""
    fit_rooms: int = 20
    """Training rooms that linear heads are fitted on."""
    views: int = 48
    """Views of a room for the field and for poses."""
    steps: int = 300
    """Training steps of each room's field."""


def run(command: Command) -> int:
    """Score encoders."""
    from vantage.runs import exit_code
    from vantage.studies.score import COMMAND, run_score
    from vantage.studies.score_cells import load_models
    from vantage.studies.score_settings import ScoreSettings

    if not command.encoders:
        raise UsageError("no encoder is named; give one or more, such as vantage score room-dino room-vggt")
    image_width, image_height = parse_size(command.image_size)
    field_width, field_height = parse_size(command.field_size)
    settings = ScoreSettings(
        encoders=split_list(command.encoders),
        rooms=split_numbers("--rooms", command.rooms),
        language=command.language,
        fields=(command.field,),
        seeds=(command.seed,),
        image_width=image_width,
        image_height=image_height,
        fit_rooms=command.fit_rooms,
        field_views=command.views,
        field_width=field_width,
        field_height=field_height,
        steps=command.steps,
    )
    models = load_models(settings)
    with open_run(command, COMMAND, settings) as folder:
        result = run_score(folder, settings, models, cache=cache_folder(), quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)
