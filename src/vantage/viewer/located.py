"""Where an image was taken: what the page asks for, and what it gets."""

import dataclasses
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from vantage.fields import SceneCamera


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Located:
    """What came of an image."""

    said: str
    """The pose and how sure it is, or why there is none, in a sentence."""
    camera: SceneCamera | None = None
    """Where it was taken; None where that was not found."""
    image: Float[np.ndarray, "h w 3"] | None = None
    """The image as it was looked at, RGB in [0, 1]."""


@runtime_checkable
class Locate(Protocol):
    """Finds images in a scene. Called on the worker's thread; the first call may take long."""

    def __call__(self, name: str, content: bytes, after_step: Callable[[], None]) -> Located:
        """Return where the image in a file of this name and content was taken.

        Args:
            name: of the file.
            content: of the file.
            after_step: to be called every now and then during long work; raises to give it up.

        Raises:
            VantageError: it is not an image, or this scene cannot place images.
        """
        ...
