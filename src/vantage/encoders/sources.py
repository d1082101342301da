"""What the feature cache asks of a capture (`captures.Capture` fits)."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32


@runtime_checkable
class Size(Protocol):
    """A camera, of which only the size of its images counts."""

    @property
    def width(self) -> int:
        """Pixels."""
        ...

    @property
    def height(self) -> int:
        """Pixels."""
        ...


@runtime_checkable
class Picture(Protocol):
    """A view that has been read; encoders like `oracle` look at more than the image."""

    @property
    def image(self) -> Float32[np.ndarray, "h w 3"]:
        """RGB in [0, 1]."""
        ...


@runtime_checkable
class Source(Protocol):
    """A view that can be read."""

    @property
    def name(self) -> str:
        """The view's name."""
        ...

    @property
    def camera(self) -> Size:
        """Known without reading the image."""
        ...

    def read(self) -> Picture:
        """Read it; raises `DataError` when its files are damaged."""
        ...


@runtime_checkable
class Images(Protocol):
    """A name, and named views that are read when asked for."""

    @property
    def name(self) -> str:
        """The capture's name."""
        ...

    @property
    def sources(self) -> Sequence[Source]:
        """Its views."""
        ...
