"""What a perception needs from models; any object with these methods will do."""

import dataclasses
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64

from vantage.geometry import Camera


@runtime_checkable
class DepthModel(Protocol):
    """Tells metric depth from one image."""

    @property
    def name(self) -> str:
        """What the source is called."""
        ...

    def depth(self, image: Float[np.ndarray, "h w 3"], camera: Camera) -> Float32[np.ndarray, "h w"]:
        """Return z-depth in metres of an RGB image in [0, 1]; 0 where it is not known."""
        ...


@runtime_checkable
class LensModel(DepthModel, Protocol):
    """Tells metric depth from one image of which even the lens is not known."""

    def depth_and_camera(self, image: Float[np.ndarray, "h w 3"]) -> tuple[Float32[np.ndarray, "h w"], Camera] | None:
        """Return z-depth in metres of an RGB image in [0, 1] and its camera, or None where the lens stays unknown."""
        ...


@runtime_checkable
class MaskModel(Protocol):
    """Cuts one image into things."""

    @property
    def name(self) -> str:
        """What the source is called."""
        ...

    def masks(self, image: Float[np.ndarray, "h w 3"]) -> list[Bool[np.ndarray, "h w"]]:
        """Return masks, the surest first; they may overlap."""
        ...


@runtime_checkable
class Captioner(Protocol):
    """Tells images in words."""

    @property
    def name(self) -> str:
        """What the source is called."""
        ...

    def captions(self, images: Sequence[Float[np.ndarray, "_h _w 3"]]) -> list[str]:
        """Return a phrase or sentence for each image."""
        ...


@runtime_checkable
class Questioner(Protocol):
    """A vision-language model that asks and answers questions about several images itself."""

    @property
    def name(self) -> str:
        """What the source is called."""
        ...

    def replies(self, images: Sequence[Float[np.ndarray, "_h _w 3"]], prompts: Sequence[str]) -> list[str]:
        """Return a reply to each prompt about images in [0, 1] of one place, which are shown together."""
        ...


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Reconstruction:
    """Depth and cameras of several views in one unit, which need not be the metre."""

    depth: tuple[Float32[np.ndarray, "_h _w"], ...]
    """z-depth of each view at its image's size, in the model's unit; 0 where it is not known."""
    confidence: tuple[Float32[np.ndarray, "_h _w"], ...]
    """Larger is surer."""
    cameras: tuple[Camera, ...]
    world_from_camera: tuple[Float64[np.ndarray, "4 4"], ...]
    """Lengths in the model's unit."""


@runtime_checkable
class Reconstructor(Protocol):
    """Tells depth and cameras from several views together."""

    @property
    def name(self) -> str:
        """What the source is called."""
        ...

    def reconstruct(self, images: Sequence[Float[np.ndarray, "_h _w 3"]]) -> Reconstruction:
        """Return what is known of views of one scene, which are of one size."""
        ...
