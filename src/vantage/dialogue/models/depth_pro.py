"""Metric depth from one image by Depth Pro (Bochkovskii et al. 2024), a model in Hugging Face format."""

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32

from vantage.encoders.hub import model_folder
from vantage.encoders.huggingface_files import read_model
from vantage.errors import DataError
from vantage.geometry import Camera
from vantage.storage import read_json

HUB_ID = "apple/DepthPro-hf"
SIDE = 1536
"""Rows and columns that the model sees (its processor's `size`)."""
MEAN = STD = 0.5
"""Of every channel (its processor's `image_mean` and `image_std`)."""
LEAST, MOST = 1e-4, 1e4
"""Bounds of inverse depth in its processor's post-processing: depth ends at 10 km."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class DepthPro:
    """Depth Pro; its own guess of the field of view is asked only where the focal length is not known."""

    model: Any
    """A `DepthProForDepthEstimation`."""
    side: int = SIDE
    name: str = "Depth Pro"

    @classmethod
    def load(cls, name: str = HUB_ID) -> "DepthPro":
        """Load weights from a folder or the hub's cache.

        Args:
            name: a folder or hub name.

        Raises:
            MissingError: the weights are not here; the message says what to download.
            DataError: they are damaged or of another architecture.
        """
        folder = model_folder(name)
        return cls(model=read_model(folder, "DepthProForDepthEstimation").eval(), side=_side(folder))

    @torch.no_grad()
    def depth(self, image: Float[np.ndarray, "h w 3"], camera: Camera) -> Float32[np.ndarray, "h w"]:
        """Return z-depth in metres.

        Args:
            image: RGB in [0, 1].
            camera: of the image; its focal length makes the model's canonical inverse depth metric.
        """
        return _metres(self._look(image), image.shape[:2], camera)

    @torch.no_grad()
    def depth_and_camera(self, image: Float[np.ndarray, "h w 3"]) -> tuple[Float32[np.ndarray, "h w"], Camera] | None:
        """Return z-depth in metres and the camera by the model's own guess of the field of view.

        Args:
            image: RGB in [0, 1].

        Returns:
            None where the model was saved without the part that guesses, or guesses no possible angle.
        """
        found = self._look(image)
        if found.field_of_view is None:
            return None
        degrees = float(found.field_of_view.flatten()[0])
        if not 0 < degrees < 180:
            return None
        camera = Camera.from_fov(fov_x=math.radians(degrees), width=image.shape[1], height=image.shape[0])
        return _metres(found, image.shape[:2], camera), camera

    def _look(self, image: Float[np.ndarray, "h w 3"]) -> Any:
        pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None].float()
        # As its processor does: normalised first, then resized without smoothing.
        resized = torch.nn.functional.interpolate(
            (pixels - MEAN) / STD, (self.side, self.side), mode="bilinear", align_corners=False
        )
        return self.model(pixel_values=resized)


def _metres(found: Any, size: tuple[int, ...], camera: Camera) -> Float32[np.ndarray, "_h _w"]:
    """Return depth in metres of the model's canonical inverse depth, at the image's size."""
    canonical = found.predicted_depth[:, None].float()
    inverse = torch.nn.functional.interpolate(
        canonical * (camera.width / camera.fx), size, mode="bilinear", align_corners=False
    )
    return (1 / inverse.clamp(LEAST, MOST))[0, 0].numpy().astype(np.float32)


def _side(folder: Path) -> int:
    """Return the side of what the model sees from preprocessor_config.json, or the released one's."""
    file = folder / "preprocessor_config.json"
    if not file.is_file():
        return SIDE
    content = read_json(file)
    size = content.get("size") if isinstance(content, dict) else None
    sides = (size.get("height"), size.get("width")) if isinstance(size, dict) else (None, None)
    if not isinstance(sides[0], int) or sides[0] <= 0 or sides[0] != sides[1]:
        raise DataError(f"{file}: size {size!r}; expected a height and a width that are equal and positive")
    return sides[0]
