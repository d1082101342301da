"""Conversations as batches for a vision-language model: token by token, with labels on answers alone.

Labels are made by construction: every part of a chat is tokenised by itself, and only the parts that are answers are
labelled. Nothing is tokenised twice and compared, and nothing is cut off: a chat that does not fit is refused by name.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from vantage.dialogue.exports import IMAGE_TOKEN, Arrangement
from vantage.dialogue.sample import Sample
from vantage.errors import DataError, UsageError

IGNORED = -100
"""Label of what is not learnt (the default of torch's cross entropy)."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Chat:
    """Questions, answers and images, ready to be tokenised."""

    name: str
    turns: tuple[tuple[str, str], ...]
    """Each a question and its answer, without image tokens."""
    images: tuple[UInt8[np.ndarray, "_h _w 3"], ...]
    """By view; all are shown before the first question."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ChatTemplate:
    """What stands around questions and answers; the defaults are Qwen2's."""

    before_question: str = "<|im_start|>user\n"
    before_answer: str = "<|im_end|>\n<|im_start|>assistant\n"
    end: str = "<|im_end|>"
    """Ends an answer, and is learnt with it: without it a model never stops."""
    between: str = "\n"
    """Between an answer's end and the next question."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ImageForm:
    """How a model wants its images: square, without cropping, so that told points stay in the picture."""

    size: int
    """Pixels each way."""
    mean: tuple[float, float, float]
    """Of RGB in [0, 1]."""
    std: tuple[float, float, float]

    def pixels(self, image: UInt8[np.ndarray, "h w 3"]) -> Float[Tensor, "3 s s"]:
        """Return an image as the model's input."""
        from PIL import Image

        resized = Image.fromarray(image).resize((self.size, self.size), Image.Resampling.BICUBIC)
        values = np.asarray(resized, dtype=np.float32) / 255
        normal = (values - np.array(self.mean, np.float32)) / np.array(self.std, np.float32)
        return torch.from_numpy(normal).permute(2, 0, 1).contiguous()


def chat_of(sample: Sample, arrangement: Arrangement | None = None) -> Chat:
    """Return a stored sample as a chat.

    Args:
        sample: with images.
        arrangement: of its turns; as they were made when None.
    """
    turns = (arrangement or Arrangement()).turns(sample)
    return Chat(
        name=sample.name,
        turns=tuple((turn.question, turn.answer) for turn in turns),
        images=tuple(view.pixels() for view in sample.views),
    )


def chat_of_llava(record: Mapping[str, Any], folder: Path) -> Chat:
    """Return a record of LLaVA's JSON as a chat.

    Args:
        record: with `id`, `image` and `conversations`.
        folder: that the images' names count from.

    Raises:
        DataError: turns do not alternate, or there are not as many image tokens as images.
    """
    from PIL import Image

    name, talk = str(record["id"]), list(record["conversations"])
    names = [record["image"]] if isinstance(record["image"], str) else list(record["image"])
    if not talk or [each["from"] for each in talk] != ["human", "gpt"] * (len(talk) // 2):
        raise DataError(f"sample {name!r}: turns of {[each['from'] for each in talk]}; expected human and gpt by turns")
    values = [str(each["value"]) for each in talk]
    tokens = [value.count(IMAGE_TOKEN) for value in values]
    if tokens[0] != len(names) or any(tokens[1:]):
        raise DataError(
            f"sample {name!r}: {sum(tokens)} image tokens and {len(names)} images; expected one each, first"
        )
    values[0] = values[0].replace(f"{IMAGE_TOKEN}\n", "").replace(IMAGE_TOKEN, "")
    images = []
    for each in names:
        with Image.open(folder / each, formats=("PNG", "JPEG")) as image:
            images.append(np.asarray(image.convert("RGB")))
    return Chat(name=name, turns=tuple(zip(values[::2], values[1::2], strict=True)), images=tuple(images))


class ChatCollator:
    """Makes batches of chats: `input_ids`, `attention_mask`, `labels`, `pixel_values`, as LLaVA's models take them."""

    def __init__(
        self,
        encode: Callable[[str], Sequence[int]],
        *,
        image_token: int,
        tokens_per_image: int,
        pad: int,
        image_form: ImageForm,
        longest: int,
        template: ChatTemplate | None = None,
    ) -> None:
        """Set up a collator.

        Args:
            encode: a tokenizer's text to ids, without special tokens of its own.
            image_token: id that stands for a part of an image.
            tokens_per_image: ids of each image: the tower's patches.
            pad: id that fills up shorter chats.
            image_form: of the tower.
            longest: most ids of a chat; longer ones are refused, never cut.
            template: of the chats.

        Raises:
            UsageError: a template's end is nothing to the tokenizer, or a number is below 1.
        """
        if tokens_per_image < 1 or longest < 1:
            raise UsageError(f"{tokens_per_image} tokens per image, at most {longest} in all: expected 1 or more")
        self._encode = encode
        self._image_token = image_token
        self._tokens_per_image = tokens_per_image
        self._pad = pad
        self._form = image_form
        self._longest = longest
        self._template = template or ChatTemplate()
        self._end = tuple(encode(self._template.end))
        if not self._end:
            raise UsageError(f"the tokenizer makes nothing of {self._template.end!r}, which ends an answer")

    def tokens(self, chat: Chat) -> tuple[list[int], list[int]]:
        """Return a chat's ids and labels.

        Raises:
            DataError: it has no answer, is too long, or a text of it holds the image token or the template's end.
        """
        shape = self._template
        ids: list[int] = []
        labels: list[int] = []

        def add(part: Sequence[int], *, learnt: bool) -> None:
            ids.extend(part)
            labels.extend(part if learnt else [IGNORED] * len(part))

        for k, (question, answer) in enumerate(chat.turns):
            add(self._encode((shape.between if k else "") + shape.before_question), learnt=False)
            if k == 0:
                add([self._image_token] * (self._tokens_per_image * len(chat.images)), learnt=False)
            add(self._text(chat, question), learnt=False)
            add(self._encode(shape.before_answer), learnt=False)
            add([*self._text(chat, answer), *self._end], learnt=True)
        if not any(answer for _, answer in chat.turns):
            raise DataError(f"sample {chat.name!r} has no answer to learn from")
        if len(ids) > self._longest:
            raise DataError(
                f"sample {chat.name!r} has {len(ids)} tokens, {self._tokens_per_image * len(chat.images)} of them of "
                f"{len(chat.images)} images; at most {self._longest} fit: allow more, or choose fewer views or levels"
            )
        return ids, labels

    def _text(self, chat: Chat, text: str) -> list[int]:
        part = list(self._encode(text))
        if self._image_token in part or (len(self._end) == 1 and self._end[0] in part):
            raise DataError(
                f"sample {chat.name!r}: the text {text[:60]!r} holds a token that the template keeps for itself"
            )
        return part

    def __call__(self, chats: Sequence[Chat]) -> dict[str, Tensor]:
        """Return a batch; images of all chats follow one another, as their tokens do.

        Raises:
            DataError: there are no chats, or one is refused (`tokens`).
        """
        if not chats:
            raise DataError("a batch of no chats")
        made = [self.tokens(chat) for chat in chats]
        width = max(len(ids) for ids, _ in made)
        ids = torch.full((len(made), width), self._pad)
        labels = torch.full((len(made), width), IGNORED)
        mask = torch.zeros((len(made), width), dtype=torch.long)
        for row, (part, learnt) in enumerate(made):
            ids[row, : len(part)] = torch.tensor(part)
            labels[row, : len(part)] = torch.tensor(learnt)
            mask[row, : len(part)] = 1
        batch = {"input_ids": ids, "attention_mask": mask, "labels": labels}
        pictures = [self._form.pixels(image) for chat in chats for image in chat.images]
        return {**batch, "pixel_values": torch.stack(pictures)} if pictures else batch
