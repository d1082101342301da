"""What predicted segments are called: `room-clip`'s zero-shot names and colours, and captions made of them."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vantage.dialogue.predicted_head import KINDS
from vantage.encoders import TextEncoder
from vantage.rooms import CATALOGUE
from vantage.rooms.looks.colours import ALL
from vantage.rooms.words.captions import MENTIONED, SHOWN, listed
from vantage.rooms.words.vocabulary import MASS, PLURAL_ONLY, with_article


@dataclasses.dataclass(frozen=True, kw_only=True)
class Named:
    """A segment's name and colour, and how sure they are."""

    category: str
    category_chance: float
    """Probability among all categories."""
    colour: str
    colour_chance: float
    """Probability among all colours."""

    @property
    def caption(self) -> str:
        """Its noun phrase with an article."""
        return with_article(f"{self.colour} {self.category}" if self.colour else self.category)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Vocabulary:
    """The words that segments are compared with, each encoded once."""

    categories: tuple[str, ...]
    category_vectors: Float[Tensor, "k d"]
    colours: tuple[str, ...]
    colour_vectors: Float[Tensor, "c d"]
    scale: float
    """Inverse temperature of the patches."""

    @classmethod
    def of(cls, encoder: TextEncoder, scale: float) -> "Vocabulary":
        """Encode every category of the catalogue and every basic colour.

        Args:
            encoder: room-clip, or another whose patches live in the space of its texts.
            scale: inverse temperature it was trained with.
        """
        categories = tuple(sorted(CATALOGUE))
        return cls(
            categories=categories,
            category_vectors=encoder.encode_text([with_article(name) for name in categories]),
            colours=ALL,
            colour_vectors=encoder.encode_text([f"something {name}" for name in ALL]),
            scale=scale,
        )

    def name(self, patches: Float[Tensor, "h w d"], cover: Float[Tensor, "h w"]) -> Named:
        """Name what covers some patches.

        Args:
            patches: unit vectors in the space of the texts.
            cover: share of each patch that the segment covers.
        """
        # Patches that it fills count fully, those it shares with others less than their share: they show others too.
        weight = cover**2
        vector = torch.nn.functional.normalize((patches * weight[..., None]).sum(dim=(0, 1)), dim=0)
        category = (self.scale * self.category_vectors @ vector).softmax(dim=0)
        colour = (self.scale * self.colour_vectors @ vector).softmax(dim=0)
        first, best = int(category.argmax()), int(colour.argmax())
        return Named(
            category=self.categories[first],
            category_chance=float(category[first]),
            colour=self.colours[best],
            colour_chance=float(colour[best]),
        )


def patch_cover(mask: Bool[np.ndarray, "h w"], rows: int, columns: int) -> Float[Tensor, "rows columns"]:
    """Return the share of each patch that a mask covers.

    Args:
        mask: of any size that the patches divide.
        rows: of patches.
        columns: of patches.
    """
    return torch.nn.functional.adaptive_avg_pool2d(torch.from_numpy(mask).float()[None, None], (rows, columns))[0, 0]


def sayable(category: str) -> bool:
    """Tell whether "Is the ... " can be asked of one: plural words make no sentence."""
    return category.split()[-1] not in (*PLURAL_ONLY, *MASS)


def view_captions(things: Sequence[tuple[str, float, float]]) -> tuple[str, ...]:
    """Return two sentences about an image: what it shows, and from left to right; none when it shows no thing.

    Args:
        things: caption, share of the image and mean column of each.
    """
    shown = sorted((thing for thing in things if thing[1] >= SHOWN), key=lambda thing: -thing[1])[:MENTIONED]
    if not shown:
        return ()
    across = sorted(shown, key=lambda thing: thing[2])
    return (
        f"An indoor scene with {listed([caption for caption, _, _ in shown])}.",
        f"From left to right: {listed([caption for caption, _, _ in across])}.",
    )


def structure_name(kind: int) -> str:
    """Return the word for a structural kind."""
    return KINDS[kind]
