"""`vantage demo`."""

import dataclasses

from vantage.cli.common import RunFlags, open_run, print_result
from vantage.storage import cache_folder


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(RunFlags):
    """Make a room, distill it, ask it questions and write the report; nothing is downloaded."""

    room: int = 900_001
    """Seed of the room; seeds from 900000 up were never trained on."""
    views: int = 64
    """Views rendered of the room; every eighth is held out."""
    steps: int = 2000
    """Training steps."""


def run(command: Command) -> int:
    """Run the demo."""
    from vantage.fields import DistillSettings
    from vantage.runs import exit_code
    from vantage.studies import DemoSettings, run_demo

    settings = DemoSettings(
        room=command.room, views=command.views, distill=DistillSettings(steps=command.steps, seed=command.seed)
    )
    with open_run(command, "demo", settings) as folder:
        result = run_demo(folder, settings, cache=cache_folder(), quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)
