"""`vantage find`."""

import dataclasses
from typing import Annotated

import tyro

from vantage.cli.common import open_run, print_lines, print_result
from vantage.cli.complete import RgbdFlags, settings_from


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(RgbdFlags):
    """Find an object in an RGB-D image by a description of its place; it may be hidden."""

    description: Annotated[str, tyro.conf.Positional]
    """Such as "the mug behind the laptop": behind, left of, right of, in front of, on top of, or inside."""


def run(command: Command) -> int:
    """Find what is described."""
    from vantage.runs import exit_code
    from vantage.studies.completing import described, run_find

    settings = settings_from(command, (command.description,))
    # Said before a folder is made.
    read_as = described(settings)
    with open_run(command, "find", settings) as folder:
        result = run_find(folder, settings, quiet=command.json)
    if not command.json:
        print_lines(f"sought: {read_as.target}; {read_as.relation}; told by: {read_as.reference}")
    print_result(result, command.out, json=command.json)
    return exit_code(result)
