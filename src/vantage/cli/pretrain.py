"""`vantage pretrain`."""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from vantage.cli.common import RunFlags, open_run, print_result
from vantage.errors import UsageError

if TYPE_CHECKING:
    from vantage.metrics import Metric
    from vantage.pretraining import TrainingSettings
    from vantage.runs import RunFolder

Training = Callable[["RunFolder"], "tuple[list[Path], dict[str, Metric]]"]
"""Trains in an open run's folder; returns the files of weights, and the metrics on validation rooms."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(RunFlags):
    """Train an embedded encoder on procedural rooms; validated on rooms it has not seen.

    room-clip and room-siglip learn from pictures and words, room-dino from pictures alone; room-dust3r and room-vggt
    fine-tune room-dino on the geometry of two and of several views. room-semabs is the 3D network that completes
    objects from one RGB-D view, on relevancy maps of room-clip.
    """

    encoder: Annotated[
        Literal["room-clip", "room-siglip", "room-dino", "room-dust3r", "room-vggt", "room-semabs"],
        tyro.conf.Positional,
    ]
    """Which one."""
    minutes: float | None = None
    """Training time after the rooms are rendered: by default 40, for room-dust3r 10. The number of steps is planned."""
    steps: int | None = None
    """Exact number of training steps, instead of minutes."""
    rooms: int = 500
    """Rooms to train on."""
    views: int | None = None
    """Views of each room: by default 6 on each of two camera paths, round the furniture and at single things; for
    room-semabs 4 in all, the last one at a single thing."""
    first_room: int = 0
    """Seed of the first room; the others follow. Only training seeds, below 800000, are taken."""
    world: str | None = None
    """Which classes, looks and lights the rooms may show: by default pretrain, for room-semabs train3d."""
    base: Path | None = None
    """Weights of room-dino that room-dust3r and room-vggt begin with; by default the shipped ones."""
    pool: Path | None = None
    """Folder of rendered rooms, shared between runs and encoders; by default inside the run."""
    workers: int | None = None
    """Rendering processes; by default one per core."""
    validation_rooms: int = 10
    """Rooms to measure on at the end; room-semabs chooses its thresholds on them."""
    approach: Literal["semabs", "chefer", "semaware", "clipspatial"] = "semabs"
    """For room-semabs: Semantic Abstraction, or one of the rivals it is compared with."""
    grid: int = 64
    """For room-semabs: voxels along each axis."""
    device: str = "auto"
    """Where to train: auto, cpu or cuda."""


def run(command: Command) -> int:
    """Train."""
    from vantage.cli import pretrain_semabs
    from vantage.pretraining import write_training_report
    from vantage.runs import exit_code

    settings, train = pretrain_semabs.plan(command) if command.encoder == "room-semabs" else plan(command)
    with open_run(command, "pretrain", settings) as folder:
        start = time.monotonic()
        weights, metrics = train(folder)
        report = write_training_report(folder, metrics, command.encoder)
        names = [*(path.name for path in weights), report.name]
        result = folder.finish(metrics, names, {"pretrain": time.monotonic() - start})
    print_result(result, command.out, json=command.json)
    return exit_code(result)


def plan(command: Command) -> "tuple[TrainingSettings, Training]":
    """Return an encoder's settings and its training.

    Raises:
        UsageError: a flag is given that is not for this encoder.
        MissingError: the weights to begin with are not there.
    """
    from vantage.pretraining import pretrain

    settings = settings_for(command)

    def train(folder: "RunFolder") -> "tuple[list[Path], dict[str, Metric]]":
        return pretrain(
            folder,
            settings,
            pool_folder=command.pool,
            workers=command.workers,
            device=command.device,
            quiet=command.json,
        )

    return settings, train


def settings_for(command: Command) -> "TrainingSettings":
    """Return the settings that a command asks for.

    Raises:
        UsageError: --base is given to an encoder that begins with nothing.
        MissingError: the weights to begin with are not there.
    """
    from vantage.pretraining import SETTINGS, GeometricSettings, PoolSettings, hash_of_base

    views = 6 if command.views is None else command.views
    world = command.world or "pretrain"
    pool = PoolSettings(rooms=command.rooms, first_seed=command.first_room, views=views, world=world)
    settings = SETTINGS[command.encoder](pool=pool, steps=command.steps, validation_rooms=command.validation_rooms)
    if command.minutes is not None:
        settings = dataclasses.replace(settings, minutes=command.minutes)
    if isinstance(settings, GeometricSettings):
        base = str(command.base) if command.base else ""
        return dataclasses.replace(settings, base=base, base_hash=hash_of_base(base))
    if command.base is not None:
        raise UsageError(f"{command.encoder} begins with nothing; --base is for room-dust3r and room-vggt")
    return settings
