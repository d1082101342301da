"""`vantage pretrain room-semabs`: the 3D half of Semantic Abstraction."""

import dataclasses
from typing import TYPE_CHECKING

from vantage.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from vantage.abstraction.training import CompletionTraining
    from vantage.cli.pretrain import Command, Training
    from vantage.metrics import Metric
    from vantage.runs import RunFolder

STEPS = 2800
"""Optimiser steps unless others are asked for: some 55 minutes of one core."""


def plan(command: "Command") -> "tuple[CompletionTraining, Training]":
    """Return the network's settings and its training.

    Raises:
        UsageError: a flag is given that is for encoders alone.
    """
    from vantage.abstraction.training_run import train_completion

    settings = settings_for(command)

    def train(folder: "RunFolder") -> "tuple[list[Path], dict[str, Metric]]":
        weights, metrics = train_completion(
            folder,
            settings,
            pool_folder=command.pool,
            workers=command.workers or 1,
            device=command.device,
            quiet=command.json,
        )
        return [weights], metrics

    return settings, train


def settings_for(command: "Command") -> "CompletionTraining":
    """Return the settings that a command asks for.

    Raises:
        UsageError: a flag is given that is for encoders alone.
    """
    from vantage.abstraction.network import NetworkSettings
    from vantage.abstraction.samples_rooms import SampleSettings
    from vantage.abstraction.training import CompletionTraining

    if command.minutes is not None or command.base is not None:
        raise UsageError("room-semabs is trained for --steps from nothing; --minutes and --base are for encoders")
    # Chefer's extractor is what tells that rival from semabs.
    extractor = "gradient-single" if command.approach == "chefer" else "value-path-fast"
    samples = dataclasses.replace(SampleSettings(), extractor=extractor, world=command.world or "train3d")
    if command.views is not None:
        if command.views < 1:
            raise UsageError(f"--views {command.views}: expected at least 1")
        close = 1 if command.views > 1 else 0
        paths = (("random", command.views - close), ("looks", close))
        samples = dataclasses.replace(samples, paths=tuple(path for path in paths if path[1]))
    return CompletionTraining(
        network=NetworkSettings(approach=command.approach, grid=command.grid),
        samples=samples,
        rooms=command.rooms,
        first_room=command.first_room,
        validation_rooms=command.validation_rooms,
        steps=STEPS if command.steps is None else command.steps,
    )
