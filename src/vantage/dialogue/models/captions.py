"""Captions of images and of things by BLIP (Li et al. 2022), a model in Hugging Face format, and what they name."""

import dataclasses
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from vantage.encoders.hub import model_folder
from vantage.encoders.huggingface_files import read_model, read_statistics, read_tokenizer
from vantage.encoders.preprocessing import CLIP_MEAN, CLIP_STD
from vantage.rooms.looks.colours import ALL

HUB_ID = "Salesforce/blip-image-captioning-large"
MOST_WORDS = 30
"""Most tokens of a caption: BLIP's are about ten words."""
AT_ONCE = 8
"""Images captioned together, which bounds the memory."""
ARTICLES = ("a", "an", "the", "some", "one", "two", "three", "several")
JOINTS = re.compile(
    r"\b(of|in|on|with|at|by|for|from|to|near|next|under|above|behind|that|which|and|is|are|sitting|standing)\b"
)
"""What ends a noun phrase's own words; "a cup of tea" names the cup."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class BlipCaptioner:
    """BLIP for captions."""

    model: Any
    """A `BlipForConditionalGeneration`."""
    tokenizer: Any
    mean: tuple[float, float, float] = CLIP_MEAN
    std: tuple[float, float, float] = CLIP_STD
    name: str = "BLIP"

    @classmethod
    def load(cls, name: str = HUB_ID) -> "BlipCaptioner":
        """Load weights and words from a folder or the hub's cache.

        Args:
            name: a folder or hub name.

        Raises:
            MissingError: they are not here; the message says what to download.
            DataError: they are damaged or of another architecture.
        """
        folder = model_folder(name)
        mean, std = read_statistics(folder, (CLIP_MEAN, CLIP_STD))
        model = read_model(folder, "BlipForConditionalGeneration").eval()
        return cls(model=model, tokenizer=read_tokenizer(folder), mean=mean, std=std)

    @torch.no_grad()
    def captions(self, images: Sequence[Float[np.ndarray, "_h _w 3"]]) -> list[str]:
        """Return a caption for each image.

        Args:
            images: RGB in [0, 1], of any sizes.
        """
        side = self.model.config.vision_config.image_size
        mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (self.mean, self.std))
        told: list[str] = []
        for start in range(0, len(images), AT_ONCE):
            pixels = [torch.from_numpy(np.ascontiguousarray(image)) for image in images[start : start + AT_ONCE]]
            resized = [
                torch.nn.functional.interpolate(
                    each.permute(2, 0, 1)[None].float(), (side, side), mode="bicubic", antialias=True
                )
                for each in pixels
            ]
            batch = (torch.cat(resized).clamp(0, 1) - mean) / std
            # Greedy, so that the same image always gets the same words.
            words = self.model.generate(pixel_values=batch, max_new_tokens=MOST_WORDS, num_beams=1, do_sample=False)
            told += [text.strip() for text in self.tokenizer.batch_decode(words, skip_special_tokens=True)]
        return told


@dataclasses.dataclass(frozen=True, kw_only=True)
class Phrase:
    """What a caption of one thing says."""

    noun: str
    """The head noun with the nouns before it: "coffee table"."""
    colour: str = ""
    """A basic colour, where one is named."""


def head_phrase(caption: str) -> Phrase | None:
    """Return the thing that a caption names first, or None where it names none.

    Args:
        caption: such as "a red coffee table in a room".
    """
    words = re.findall(r"[a-z]+(?:'[a-z]+)?", JOINTS.split(caption.lower())[0])
    said = [word for word in words if word not in ARTICLES]
    colours = [word for word in said if word in ALL or word == "grey"]
    nouns = [word for word in said if word not in colours]
    if not nouns:
        return None
    # Adjectives cannot be told from nouns here: the last two words are what most things are called by.
    return Phrase(noun=" ".join(nouns[-2:]), colour=colours[0].replace("grey", "gray") if colours else "")
