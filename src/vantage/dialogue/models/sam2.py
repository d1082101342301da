"""Masks of everything in an image by SAM 2 (Ravi et al. 2024), asked at a grid of points."""

import dataclasses
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vantage.encoders.hub import model_folder
from vantage.encoders.huggingface_files import read_model
from vantage.encoders.preprocessing import IMAGENET_MEAN, IMAGENET_STD

HUB_ID = "facebook/sam2.1-hiera-large"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sam2Settings:
    """Which masks are kept; the defaults are those of SAM's automatic mask generator."""

    points_per_side: int = 32
    """Of the grid of points that are asked."""
    points_at_once: int = 64
    """Bounds the memory."""
    least_iou: float = 0.88
    """Least overlap with the truth that the model expects of a mask."""
    least_stability: float = 0.95
    """Least overlap of a mask cut a little higher with the same cut a little lower."""
    offset: float = 1.0
    """How much higher and lower, in logits."""
    overlap: float = 0.7
    """Intersection over union from which two masks are the same, of which the surer is kept."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Sam2Masks:
    """SAM 2 as a generator of masks."""

    model: Any
    """A `Sam2Model`."""
    settings: Sam2Settings = dataclasses.field(default_factory=Sam2Settings)
    name: str = "SAM 2"

    @classmethod
    def load(cls, name: str = HUB_ID, settings: Sam2Settings | None = None) -> "Sam2Masks":
        """Load weights from a folder or the hub's cache.

        Args:
            name: a folder or hub name.
            settings: which masks are kept.

        Raises:
            MissingError: the weights are not here; the message says what to download.
            DataError: they are damaged or of another architecture.
        """
        return cls(model=read_model(model_folder(name), "Sam2Model").eval(), settings=settings or Sam2Settings())

    @torch.no_grad()
    def masks(self, image: Float[np.ndarray, "h w 3"]) -> list[Bool[np.ndarray, "h w"]]:
        """Return masks, the surest first.

        Args:
            image: RGB in [0, 1].
        """
        height, width = image.shape[:2]
        side = self.model.config.vision_config.backbone_config.image_size
        rows, columns = side if isinstance(side, list | tuple) else (side, side)
        pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None].float()
        resized = torch.nn.functional.interpolate(
            pixels, (rows, columns), mode="bilinear", antialias=True, align_corners=False
        ).clamp(0, 1)
        mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD))
        embeddings = self.model.get_image_embeddings((resized - mean) / std)
        found: list[tuple[float, Tensor]] = []
        points = grid_points(self.settings.points_per_side) * torch.tensor([columns, rows])
        for part in points.split(self.settings.points_at_once):
            output = self.model(
                image_embeddings=embeddings,
                input_points=part[None, :, None].float(),
                input_labels=torch.ones(1, len(part), 1, dtype=torch.int64),
                multimask_output=True,
            )
            # (1, points, 3 masks, h, w): every point may mean a part, a thing, or a group.
            found += self._good(output.iou_scores[0].flatten(), output.pred_masks[0].float().flatten(0, 1))
        return _distinct(found, (height, width), self.settings.overlap)

    def _good(self, scores: Float[Tensor, " n"], logits: Float[Tensor, "n h w"]) -> list[tuple[float, Tensor]]:
        chosen = self.settings
        higher, lower = (logits > chosen.offset).sum(dim=(1, 2)), (logits > -chosen.offset).sum(dim=(1, 2))
        stable = higher >= chosen.least_stability * lower
        keep = (scores >= chosen.least_iou) & stable & (higher > 0)
        return [(float(score), mask) for score, mask in zip(scores[keep], logits[keep], strict=True)]


def grid_points(side: int) -> Float[Tensor, "n 2"]:
    """Return the points of a grid in shares of the image, (x, y), each in the middle of its cell."""
    middles = (torch.arange(side) + 0.5) / side
    y, x = torch.meshgrid(middles, middles, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)


def _distinct(
    found: list[tuple[float, Tensor]], size: tuple[int, int], overlap: float
) -> list[Bool[np.ndarray, "_h _w"]]:
    """Return masks at the image's size without those that repeat a surer one."""
    kept: list[Bool[np.ndarray, "_h _w"]] = []
    for _, logits in sorted(found, key=lambda each: -each[0]):
        large = torch.nn.functional.interpolate(logits[None, None], size, mode="bilinear", align_corners=False)
        mask = (large[0, 0] > 0).numpy()
        if mask.any() and all((mask & other).sum() < overlap * (mask | other).sum() for other in kept):
            kept.append(mask)
    return kept
