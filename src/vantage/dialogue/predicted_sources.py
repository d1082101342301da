"""Who perceives views where nothing is annotated, by name; models are loaded when they are asked for."""

import functools
from collections.abc import Callable, Sequence

from vantage.captures import Capture
from vantage.dialogue.perception import Perception
from vantage.errors import UsageError

SOURCES = ("predicted", "sensor", "hf")
"""The `room-*` encoders with a small head; an RGB-D recording's own depth; models in Hugging Face format."""


def source_named(name: str) -> Callable[[Capture, Sequence[int]], Perception]:
    """Return who perceives views of captures.

    Args:
        name: one of `SOURCES`.

    Raises:
        UsageError: there is none of this name.
        MissingError: its weights are not here; the message says what to download or make.
    """
    if name == "sensor":
        from vantage.dialogue.predicted_sensor import perceive_sensor

        return perceive_sensor
    # Imported late, because both bring torch and transformers with them.
    if name == "predicted":
        from vantage.dialogue.predicted import perceive_predicted
        from vantage.dialogue.predicted_view import load_predictor

        return functools.partial(perceive_predicted, predictor=load_predictor())
    if name == "hf":
        from vantage.dialogue.models import load_models, perceive_with

        return functools.partial(perceive_with, models=load_models())
    raise UsageError(f"source {name!r} of perceptions is not known; choose one of {', '.join(SOURCES)}")
