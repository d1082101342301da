"""What is predicted of one image: depth, segments and their names."""

import dataclasses

import numpy as np
import torch
from jaxtyping import Float, Float32, Int32, Int64
from torch import Tensor

from vantage.dialogue.predicted_head import SCALE, RoomPerceiver, load_perceiver
from vantage.dialogue.predicted_segments import JOINED, segments_of
from vantage.dialogue.predicted_words import Named, Vocabulary, patch_cover

HEAD_SHORT_SIDE = 192
"""Rows at which images are looked at: the size of the views that the head learned on."""
PATCH = 8
"""Side of the encoders' patches, of which images must be multiples."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SeenView:
    """What was predicted of one image, at the image's size."""

    depth: Float32[np.ndarray, "h w"]
    """Metres."""
    numbers: Int32[np.ndarray, "h w"]
    """Segment per pixel, 1 and up; 0 = none."""
    kinds: tuple[int, ...]
    """Of each segment, an index of `KINDS`."""
    named: tuple[Named | None, ...]
    """Of each segment; None for structure."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RoomPredictor:
    """Everything that is needed to perceive images of rooms."""

    perceiver: RoomPerceiver
    vocabulary: Vocabulary

    @torch.no_grad()
    def see(self, image: Float[np.ndarray, "h w 3"], threshold: float = JOINED) -> SeenView:
        """Predict depth, segments and their names.

        Args:
            image: RGB in [0, 1].
            threshold: least mean probability over a common border for two regions to be one thing.
        """
        small = head_image(image)
        tokens, start = self.perceiver.see(small)
        found = self.perceiver.head(tokens, small, start)
        joined, kinds = found.joined[0].sigmoid().numpy(), found.kinds[0].softmax(dim=0).numpy()
        cut = segments_of(joined[0], joined[1], kinds, threshold=threshold)
        words = tokens[:, : self.perceiver.clip.model.settings.vit.width].permute(0, 2, 3, 1)
        patches = torch.nn.functional.normalize(self.perceiver.clip.model.patch_head(words).float(), dim=-1)[0]
        named = tuple(
            self.vocabulary.name(patches, patch_cover(cut.numbers == number, *patches.shape[:2])) if kind == 0 else None
            for number, kind in enumerate(cut.kinds, start=1)
        )
        rows, columns = _lattice(image.shape[0], cut.numbers.shape[0]), _lattice(image.shape[1], cut.numbers.shape[1])
        return SeenView(
            depth=found.log_depth[0].exp().numpy()[np.ix_(rows, columns)].astype(np.float32),
            numbers=cut.numbers[np.ix_(rows, columns)].astype(np.int32),
            kinds=cut.kinds,
            named=named,
        )


def load_predictor() -> RoomPredictor:
    """Return the shipped perceiver with its vocabulary.

    Raises:
        MissingError: the package came without its weights.
    """
    perceiver = load_perceiver()
    return RoomPredictor(perceiver=perceiver, vocabulary=Vocabulary.of(perceiver.clip, perceiver.clip.logit_scale))


def head_image(image: Float[np.ndarray, "h w 3"]) -> Float[Tensor, "1 3 h2 w2"]:
    """Return an image at the size that the head has learned, sides multiples of twice the patch."""
    height, width = image.shape[:2]
    scale = HEAD_SHORT_SIDE / min(height, width)
    size = [max(1, round(side * scale / (SCALE * PATCH))) * SCALE * PATCH for side in (height, width)]
    pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None].float()
    if (height, width) == tuple(size):
        return pixels
    return torch.nn.functional.interpolate(pixels, size, mode="bilinear", antialias=True).clamp(0, 1)


def _lattice(fine: int, coarse: int) -> Int64[np.ndarray, " fine"]:
    """Return the coarse index of each fine one; depth and numbers must not be mixed across edges."""
    return ((np.arange(fine) + 0.5) * coarse / fine).astype(np.int64)
