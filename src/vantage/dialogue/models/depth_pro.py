"""Metric depth from one image by Depth Pro (Bochkovskii et al. 2024), a model in Hugging Face format."""

import dataclasses
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
    """Depth Pro with known focal lengths; its own guess of the field of view is not asked."""

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
        pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None].float()
        # As its processor does: normalised first, then resized without smoothing.
        resized = torch.nn.functional.interpolate(
            (pixels - MEAN) / STD, (self.side, self.side), mode="bilinear", align_corners=False
        )
        canonical = self.model(pixel_values=resized).predicted_depth[:, None].float()
        inverse = torch.nn.functional.interpolate(
            canonical * (camera.width / camera.fx), image.shape[:2], mode="bilinear", align_corners=False
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
