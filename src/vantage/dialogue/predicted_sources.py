"""Who perceives views where nothing is annotated, by name; models are loaded when they are asked for."""

import dataclasses
import functools
from collections.abc import Callable, Sequence

from vantage.captures import Capture
from vantage.dialogue.perception import Perception
from vantage.errors import UsageError

SOURCES = ("predicted", "sensor", "hf")
"""The `room-*` encoders with a small head; an RGB-D recording's own depth; models in Hugging Face format."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ModelPaths:
    """Folders or hub names of the models of the source "hf"; None takes the released one's name, and no VGGT."""

    depth: str | None = None
    """Of a Depth Pro."""
    masks: str | None = None
    """Of a SAM 2."""
    captioner: str | None = None
    """Of a BLIP for captions."""
    vggt: str | None = None
    """File or folder of VGGT's weights, for several views."""
    questioner: str | None = None
    """Of a LLaVA that asks about several views together; None asks none."""


def source_named(
    name: str, models: ModelPaths | None = None, *, questions: int = 0
) -> Callable[[Capture, Sequence[int]], Perception]:
    """Return who perceives views of captures.

    Args:
        name: one of `SOURCES`.
        models: where those of "hf" lie.
        questions: about several views together that the model which asks is to ask; others ask none.

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
        from vantage.dialogue.models import ModelNames, load_models, perceive_with

        given = {key: path for key, path in dataclasses.asdict(models or ModelPaths()).items() if path is not None}
        if not questions:
            given.pop("questioner", None)
        return functools.partial(perceive_with, models=load_models(ModelNames(**given)), questions=questions)
    raise UsageError(f"source {name!r} of perceptions is not known; choose one of {', '.join(SOURCES)}")
