"""The features of a capture's views, read from the cache when asked for, and the index that finds them again."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vantage.encoders.base import EncoderCard, Features
from vantage.encoders.shards import FORMAT, Place, read_shard
from vantage.encoders.sources import Images
from vantage.errors import DataError, MissingError
from vantage.storage import read_json, write_json

INDEX = "index.json"


@dataclasses.dataclass(frozen=True, kw_only=True)
class DamagedView:
    """A view that could not be read, and why."""

    name: str
    reason: str
    """A short code, such as `image_unreadable`."""
    detail: str


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class CaptureFeatures:
    """The features of a capture's views, read from their shards when asked for."""

    folder: Path
    """Holds the shards and, when all are there, the index."""
    fingerprint: str
    """The encoder's."""
    places: tuple[Place, ...]
    indices: tuple[int, ...]
    """The capture's view behind each entry."""
    set_aside: tuple[DamagedView, ...]
    """Views that could not be read."""
    computed: int = 0
    """How many views had to be encoded; the others were there."""

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, index: int) -> Features:
        """Return the features (batch of one, float32) of the index-th encoded view.

        Raises:
            DataError: the file has been damaged or removed since it was made.
        """
        place = self.places[index]
        features = read_shard(place.shard, self.fingerprint, [place.row])
        if features is None:
            raise DataError(f"{place.shard}: features damaged or gone since they were made; run again")
        # Half precision is for the disk; few CPU kernels take it.
        return dataclasses.replace(features, grid=features.grid.float(), summary=features.summary.float())

    def __iter__(self) -> Iterator[Features]:
        for index in range(len(self)):
            yield self[index]


def write_index(features: CaptureFeatures, capture: Images, card: EncoderCard) -> None:
    """Write which view lies where, so that the folder can be read without the capture."""
    views = [
        {"name": capture.sources[index].name, "index": index, "shard": place.shard.name, "row": place.row}
        for index, place in zip(features.indices, features.places, strict=True)
    ]
    content = {
        "format": FORMAT,
        "fingerprint": features.fingerprint,
        "encoder": dataclasses.asdict(card),
        "capture": capture.name,
        "views": views,
        "set_aside": [dataclasses.asdict(view) for view in features.set_aside],
    }
    write_json(features.folder / INDEX, content)


def open_features(folder: Path | str) -> CaptureFeatures:
    """Open the features that lie in a folder of the cache, by its index.

    Raises:
        MissingError: there is no index; the features were never finished.
        DataError: the index is damaged or of something else.
    """
    folder = Path(folder)
    path = folder / INDEX
    if not path.is_file():
        raise MissingError(f"{path}: no such file; `vantage features` makes it when all views are encoded")
    content = read_json(path)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise DataError(f"{path}: no index of features ({FORMAT})")
    try:
        views: list[dict[str, Any]] = content["views"]
        places = tuple(Place(shard=folder / Path(view["shard"]).name, row=int(view["row"])) for view in views)
        indices = tuple(int(view["index"]) for view in views)
        set_aside = tuple(DamagedView(**view) for view in content["set_aside"])
        fingerprint = str(content["fingerprint"])
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: damaged ({type(error).__name__}: {error}); run `vantage features` again") from error
    return CaptureFeatures(folder=folder, fingerprint=fingerprint, places=places, indices=indices, set_aside=set_aside)
