"""True masks of photographs as in the paper: GroundingDINO finds boxes for a text, SAM 2 cuts out what they hold.

Models in Hugging Face format, by hub name or folder. Their makers' processors need torchvision; the few steps that they
do are done here.
"""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vantage.captures import View
from vantage.encoders.hub import model_folder
from vantage.encoders.huggingface_files import read_model, read_tokenizer
from vantage.encoders.preprocessing import IMAGENET_MEAN, IMAGENET_STD
from vantage.errors import UsageError

SHORT_SIDE, LONG_SIDE = 800, 1333
"""Sides in pixels of what GroundingDINO sees (its processor's `size`, after DETR)."""
MASK_LOGIT = 0.0
"""Logit above which a pixel is in SAM 2's mask (its processor's `mask_threshold`)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class GroundingSettings:
    """Who says where things are in photographs."""

    detector: str = "IDEA-Research/grounding-dino-base"
    """GroundingDINO: a hub name or a folder."""
    segmenter: str = "facebook/sam2.1-hiera-large"
    """SAM 2: a hub name or a folder."""
    box_threshold: float = 0.35
    """Score above which a box counts (GroundingDINO's own demonstration)."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class GroundedMasks:
    """Masks of any texts in any photographs."""

    texts: tuple[str, ...]
    """What is asked for."""
    detector: Any
    """A `GroundingDinoForObjectDetection`."""
    tokenizer: Any
    """The detector's."""
    segmenter: Any
    """A `Sam2Model`."""
    box_threshold: float

    @classmethod
    def load(cls, texts: tuple[str, ...], settings: GroundingSettings) -> "GroundedMasks":
        """Load both models.

        Raises:
            UsageError: there are no texts.
            MissingError: weights are not here; the message says what to download.
            DataError: they are damaged or of another architecture.
        """
        if not texts:
            raise UsageError("a capture that names no objects can be asked only for given texts; give --queries")
        found: list[Path] = [model_folder(settings.detector), model_folder(settings.segmenter)]
        return cls(
            texts=texts,
            detector=read_model(found[0], "GroundingDinoForObjectDetection").eval(),
            tokenizer=read_tokenizer(found[0]),
            segmenter=read_model(found[1], "Sam2Model").eval(),
            box_threshold=settings.box_threshold,
        )

    def masks(self, view: View) -> dict[str, Bool[np.ndarray, "_h _w"]]:
        """Return for each text all that SAM 2 cuts out of the boxes that GroundingDINO finds."""
        image = torch.from_numpy(np.ascontiguousarray(view.image)).permute(2, 0, 1)[None]
        return {text: self.cut_out(image, self.boxes(image, text)) for text in self.texts}

    def boxes(self, image: Float[Tensor, "1 3 h w"], text: str) -> Float[Tensor, "k 4"]:
        """Return the boxes that a text names: left, top, right, bottom in shares of the image."""
        # The model was trained on lower case with a full stop after each phrase.
        tokens = self.tokenizer(f"{text.lower().strip().rstrip('.')}.", return_tensors="pt")
        size = detector_size(image.shape[3], image.shape[2])
        with torch.no_grad():
            found = self.detector(pixel_values=_normalized(image, size), **tokens)
        scores = found.logits[0].sigmoid().amax(dim=-1)
        centre, extent = found.pred_boxes[0][scores > self.box_threshold].split(2, dim=-1)
        return torch.cat([centre - extent / 2, centre + extent / 2], dim=-1).clamp(0, 1)

    def cut_out(self, image: Float[Tensor, "1 3 h w"], boxes: Float[Tensor, "k 4"]) -> Bool[np.ndarray, "h w"]:
        """Return the union of the masks of what is in some boxes; empty where there are none."""
        height, width = image.shape[2:]
        if len(boxes) == 0:
            return np.zeros((height, width), dtype=bool)
        side = self.segmenter.config.vision_config.backbone_config.image_size
        rows, columns = side if isinstance(side, list | tuple) else (side, side)
        scale = torch.tensor([columns, rows, columns, rows])
        with torch.no_grad():
            found = self.segmenter(
                pixel_values=_normalized(image, (columns, rows)),
                input_boxes=(boxes * scale)[None],
                multimask_output=False,
            )
        logits = torch.nn.functional.interpolate(found.pred_masks[0].float(), (height, width), mode="bilinear")
        return (logits[:, 0] > MASK_LOGIT).any(dim=0).numpy()


def detector_size(width: int, height: int) -> tuple[int, int]:
    """Return width and height of what GroundingDINO sees: short side 800, unless the long one would pass 1333."""
    short, long = min(width, height), max(width, height)
    wanted = min(float(SHORT_SIDE), LONG_SIDE * short / long)
    # Rounded as its processor does: the short side to the nearest pixel, the long one down.
    sides = round(wanted), int(wanted * long / short)
    return sides if width <= height else (sides[1], sides[0])


def _normalized(image: Float[Tensor, "1 3 h w"], size: tuple[int, int]) -> Float[Tensor, "1 3 h2 w2"]:
    """Return an image in [0, 1] at (width, height), as networks of ImageNet want it."""
    resized = torch.nn.functional.interpolate(
        image.float(), (size[1], size[0]), mode="bilinear", antialias=True, align_corners=False
    ).clamp(0, 1)
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD))
    return (resized - mean) / std
