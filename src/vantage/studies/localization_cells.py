"""One cell of the localization study: an encoder beside the language encoder, in a field of a scene, with a seed."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float

from vantage.studies.cells import CellName, EncoderCell, read_cell, write_cell

Number = float | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """One query in one held-out view."""

    text: str
    view: str
    pixels: int
    """Size of the true mask."""
    scores: dict[str, Number]
    """Of the answer, by measure; LPIPS is None where it cannot be measured."""
    shuffled: dict[str, Number]
    """Of the answer to the next text in the list, held against this mask; empty where there is one text."""
    empty: dict[str, Number]
    """Of a mask of nothing."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Placed:
    """One query in space."""

    text: str
    error: float
    """From the best place to what the text names, in the world's units."""
    shuffled: Number
    """From the best place of the next text."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """A query as pictures."""

    text: str
    view: str
    photo: Float[np.ndarray, "h w 3"]
    true: Bool[np.ndarray, "h w"]
    relevancy: Float[np.ndarray, "h w"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Cell(EncoderCell):
    """What a cell came to."""

    fingerprints: dict[str, str]
    """Of the encoder and the language encoder."""
    asked: tuple[Asked, ...]
    placed: tuple[Placed, ...]
    shown: tuple[Shown, ...]

    @property
    def weights(self) -> dict[str, str]:
        """Fingerprints of its encoders, by name."""
        return self.fingerprints

    @property
    def has_lpips(self) -> bool:
        """Whether every answer was measured by LPIPS, too."""
        return all(one.scores.get("lpips") is not None for one in self.asked)

    def values(self, who: str = "scores") -> dict[str, float]:
        """Return each measure's mean over the cell's queries and views; of the position, over its queries.

        Args:
            who: whose: `scores`, `shuffled` or `empty`.
        """
        found: dict[str, list[float]] = {}
        for one in self.asked:
            for measure, value in getattr(one, who).items():
                if value is not None:
                    found.setdefault(measure, []).append(value)
        if who != "empty":
            errors = [placed.error if who == "scores" else placed.shuffled for placed in self.placed]
            known = [error for error in errors if error is not None]
            found |= {"position_error_m": known} if known else {}
        return {measure: float(np.mean(values)) for measure, values in found.items()}

    def save(self, folder: Path) -> None:
        """Write the cell."""
        tensors = {}
        for number, shown in enumerate(self.shown):
            for kind, image in (("photo", shown.photo), ("true", shown.true), ("relevancy", shown.relevancy)):
                pixels = np.rint(image.astype(np.float64) * 255).astype(np.uint8)
                tensors[f"{number}.{kind}"] = torch.from_numpy(pixels)
        content: dict[str, Any] = {"cell": self.name.to_json(), "fingerprints": self.fingerprints}
        content |= {"family": self.family, "values": self.values()}
        content |= {"asked": list(map(dataclasses.asdict, self.asked))}
        content |= {"placed": list(map(dataclasses.asdict, self.placed))}
        content |= {"shown": [{"text": shown.text, "view": shown.view} for shown in self.shown]}
        write_cell(folder, self.name, content, tensors)

    @classmethod
    def load(cls, folder: Path, name: CellName) -> "Cell | None":
        """Read a cell, or return None where it is not done (`read_cell`)."""

        def parse(content: Any, tensors: dict[str, torch.Tensor]) -> "Cell":
            shown = tuple(
                Shown(
                    text=one["text"],
                    view=one["view"],
                    photo=tensors[f"{number}.photo"].numpy() / 255,
                    true=tensors[f"{number}.true"].numpy() > 0,
                    relevancy=tensors[f"{number}.relevancy"].numpy() / 255,
                )
                for number, one in enumerate(content["shown"])
            )
            return cls(
                name=name,
                fingerprints=content["fingerprints"],
                family=content["family"],
                asked=tuple(Asked(**one) for one in content["asked"]),
                placed=tuple(Placed(**one) for one in content["placed"]),
                shown=shown,
            )

        return read_cell(folder, name, parse)
