"""Which photographs are worth conversing about: those that an image-text model takes for photographs of scenes.

SpatialBoost keeps 100K of 314K images of SA-1B this way (section D), about a third.
"""

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vantage.encoders import Encoder, TextEncoder
from vantage.errors import UsageError

SCENES = (
    "an iPhone photo of an indoor scene",
    "an iphone photo of an outdoor scene",
    "a DSLR photo of an indoor scene",
    "a DSLR of an outdoor scene",
)
"""The positive labels of SpatialBoost's Table 11, word for word."""
OTHERS = (
    "a close up shot of a single object",
    "a product displayed in front of a white background",
    "an artwork",
    "a painting",
    "a screenshot of a graphical user interface",
    "a piece of text",
    "a sketch",
)
"""The negative labels of Table 11, word for word."""
SCALE = 100.0
"""CLIP's inverse temperature, at which its training ends (Radford et al. 2021, section 2.5)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SceneChoice:
    """What an image was taken for."""

    scores: tuple[float, ...]
    """Probability of each label, `SCENES` first, then `OTHERS`; kept, so that the rule can be changed afterwards."""

    @property
    def label(self) -> str:
        """The likeliest label."""
        return (*SCENES, *OTHERS)[int(np.argmax(self.scores))]

    @property
    def kept(self) -> bool:
        """Whether the likeliest label is a scene's (SpatialVLM's rule)."""
        return self.label in SCENES

    @property
    def scene_chance(self) -> float:
        """Probability of all scenes together, for a rule of one's own."""
        return float(sum(self.scores[: len(SCENES)]))


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SceneFilter:
    """An image-text model with the labels' vectors."""

    encoder: Encoder
    labels: Float[Tensor, "k d"]
    """Unit vectors."""

    @classmethod
    def of(cls, encoder: Encoder) -> "SceneFilter":
        """Encode the labels once.

        Args:
            encoder: whose summaries live in the space of its texts, such as CLIP.

        Raises:
            UsageError: it reads no texts.
        """
        if not isinstance(encoder, TextEncoder):
            raise UsageError(f"{encoder.card.name} reads no texts; choosing photographs needs an image-text encoder")
        vectors = encoder.encode_text([*SCENES, *OTHERS])
        return cls(encoder=encoder, labels=torch.nn.functional.normalize(vectors.float(), dim=-1))

    def choose(self, images: Iterable[Float[np.ndarray, "_h _w 3"]]) -> list[SceneChoice]:
        """Return what each image is taken for; one at a time, since they may differ in size.

        Args:
            images: RGB in [0, 1].
        """
        choices = []
        for image in images:
            pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None].float()
            summary = torch.nn.functional.normalize(self.encoder.encode(pixels).summary.float(), dim=-1)
            chances = (SCALE * summary.cpu() @ self.labels.cpu().mT).softmax(dim=-1)[0]
            choices.append(SceneChoice(scores=tuple(float(chance) for chance in chances)))
        return choices


def kept_share(choices: Sequence[SceneChoice]) -> float:
    """Return the share of images that are kept; SA-1B's, by the paper's numbers, is 0.32.

    Raises:
        UsageError: there are none.
    """
    if not choices:
        raise UsageError("no images were given, so that no share of them was kept")
    return float(np.mean([choice.kept for choice in choices]))
