"""The text side of the embedded image-text encoders: a word-level tokenizer and a small transformer."""

import dataclasses
import functools
import re
from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from vantage.encoders.vit import Block, initialize
from vantage.errors import DataError, UsageError

PAD, UNKNOWN, START = "<pad>", "<unk>", "<start>"
"""Special words; they stand first in every vocabulary, in this order."""

_WORD = re.compile(r"[a-z0-9]+")


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextSettings:
    """Shape of the text tower."""

    width: int = 128
    depth: int = 2
    heads: int = 4
    max_words: int = 24
    """Longer texts are cut here; the longest caption of a room has about 20 words."""


@dataclasses.dataclass(frozen=True, eq=False)
class Vocabulary:
    """A word-level vocabulary: lower-cased letters and digits; anything else separates words."""

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.words[:3] != (PAD, UNKNOWN, START) or len(set(self.words)) != len(self.words):
            raise DataError(f"vocabulary must begin with {PAD} {UNKNOWN} {START} and hold each word once")

    @functools.cached_property
    def _index(self) -> dict[str, int]:
        """Each word's number."""
        return {word: i for i, word in enumerate(self.words)}

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> "Vocabulary":
        """Return the vocabulary of all words in the texts, sorted, so that equal texts give equal numbers."""
        found = sorted({word for text in texts for word in _WORD.findall(text.lower())})
        return cls((PAD, UNKNOWN, START, *found))

    def __len__(self) -> int:
        return len(self.words)

    def unknown_words(self, text: str) -> list[str]:
        """Return the text's words that the vocabulary does not hold, in order."""
        index = self._index
        return [word for word in _WORD.findall(text.lower()) if word not in index]

    def encode(self, texts: Sequence[str], max_words: int) -> Int[Tensor, "n t"]:
        """Turn texts into word numbers, each behind `<start>` and padded to the longest.

        Raises:
            UsageError: a text holds no word at all.
        """
        index = self._index
        rows: list[list[int]] = []
        for text in texts:
            words = _WORD.findall(text.lower())
            if not words:
                raise UsageError(f"text {text[:40]!r} holds no word; expected something like 'a red mug'")
            rows.append([2, *(index.get(word, 1) for word in words[:max_words])])
        longest = max(map(len, rows), default=1)
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows]).reshape(len(rows), longest)


class TextTower(nn.Module):
    """Two transformer blocks over word and place embeddings; the `<start>` token becomes the text's vector."""

    def __init__(self, vocabulary_size: int, out_dim: int, settings: TextSettings | None = None) -> None:
        super().__init__()
        self.settings = settings = settings or TextSettings()
        self.words = nn.Embedding(vocabulary_size, settings.width)
        self.places = nn.Parameter(torch.zeros(settings.max_words + 1, settings.width))
        self.blocks = nn.ModuleList(Block(settings.width, settings.heads, 4) for _ in range(settings.depth))
        self.norm = nn.LayerNorm(settings.width)
        self.head = nn.Linear(settings.width, out_dim, bias=False)
        self.apply(initialize)
        nn.init.normal_(self.words.weight, std=0.02)
        nn.init.normal_(self.places, std=0.01)  # CLIP's initial place embedding

    def forward(self, numbers: Int[Tensor, "n t"]) -> Float[Tensor, "n d"]:
        """Encode word numbers (0 = padding) to vectors, not normalised."""
        keep: Bool[Tensor, "n t"] = numbers != 0
        x = self.words(numbers) + self.places[: numbers.shape[1]]
        for block in self.blocks:
            x = block(x, None, keep[:, None, None, :])
        return self.head(self.norm(x[:, 0]))
