"""One cell of the localization study: an encoder beside the language encoder, in a field of a scene, with a seed."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float

from vantage.encoders import Family
from vantage.errors import DataError
from vantage.storage import load_tensors, read_json, save_tensors, write_json

Number = float | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class CellName:
    """Which cell."""

    scene: str
    encoder: str
    field: str
    seed: int

    @property
    def stem(self) -> str:
        """The cell's file name without its ending."""
        # An encoder's name may be a path or a name on a hub.
        plain = "".join(c if c.isalnum() or c in "-._@+" else "-" for c in self.encoder)
        return f"{self.scene}--{plain}--{self.field}--seed-{self.seed}"


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
class Cell:
    """What a cell came to."""

    name: CellName
    fingerprints: dict[str, str]
    """Of the encoder and the language encoder."""
    family: Family
    """The encoder's."""
    asked: tuple[Asked, ...]
    placed: tuple[Placed, ...]
    shown: tuple[Shown, ...]

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
        """Write the cell; its JSON file comes last, and without it nothing counts."""
        tensors = {}
        for number, shown in enumerate(self.shown):
            for kind, image in (("photo", shown.photo), ("true", shown.true), ("relevancy", shown.relevancy)):
                pixels = np.rint(image.astype(np.float64) * 255).astype(np.uint8)
                tensors[f"{number}.{kind}"] = torch.from_numpy(pixels)
        save_tensors(folder / f"{self.name.stem}.safetensors", tensors)
        content: dict[str, Any] = {"cell": dataclasses.asdict(self.name), "fingerprints": self.fingerprints}
        content |= {"family": self.family, "values": self.values()}
        content |= {"asked": list(map(dataclasses.asdict, self.asked))}
        content |= {"placed": list(map(dataclasses.asdict, self.placed))}
        content |= {"shown": [{"text": shown.text, "view": shown.view} for shown in self.shown]}
        write_json(folder / f"{self.name.stem}.json", content)

    @classmethod
    def load(cls, folder: Path, name: CellName) -> "Cell | None":
        """Read a cell, or return None where it is not done.

        Raises:
            DataError: its files are damaged.
        """
        path = folder / f"{name.stem}.json"
        if not path.is_file():
            return None
        content: Any = read_json(path)
        tensors, _ = load_tensors(folder / f"{name.stem}.safetensors")
        try:
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
        except (KeyError, TypeError) as error:
            raise DataError(f"{path}: no cell of this study ({error}); remove it to compute it again") from error
