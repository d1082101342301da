"""`vantage pretrain`."""

import dataclasses
import time
from pathlib import Path
from typing import Annotated, Literal

import tyro

from vantage.cli.common import RunFlags, print_result


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(RunFlags):
    """Train an embedded encoder from scratch on procedural rooms; validated on rooms it has not seen."""

    encoder: Annotated[Literal["room-clip"], tyro.conf.Positional]
    """Which one."""
    minutes: float = 40.0
    """Training time after the rooms are rendered; how many steps fit is measured at the start."""
    steps: int | None = None
    """Exact number of training steps, instead of minutes."""
    rooms: int = 500
    """Rooms to train on."""
    pool: Path | None = None
    """Folder of rendered rooms, shared between runs; by default inside the run."""
    workers: int | None = None
    """Rendering processes; by default one per core."""
    device: str = "auto"
    """Where to train: auto, cpu or cuda."""


def run(command: Command) -> int:
    """Train."""
    from vantage.pretraining import PoolSettings, PretrainingSettings, pretrain, write_training_report
    from vantage.runs import RunFolder, exit_code

    settings = PretrainingSettings(pool=PoolSettings(rooms=command.rooms), steps=command.steps, minutes=command.minutes)
    with RunFolder.open(
        command.out,
        command="pretrain",
        settings=settings,
        seed=command.seed,
        resume=command.resume,
        overwrite=command.overwrite,
    ) as folder:
        start = time.monotonic()
        weights, metrics = pretrain(
            folder,
            settings,
            pool_folder=command.pool,
            workers=command.workers,
            device=command.device,
            quiet=command.json,
        )
        report = write_training_report(folder, metrics)
        result = folder.finish(metrics, [weights.name, report.name], {"pretrain": time.monotonic() - start})
    print_result(result, command.out, json=command.json)
    return exit_code(result)
