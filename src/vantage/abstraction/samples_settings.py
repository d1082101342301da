"""What decides the samples of rooms."""

import dataclasses
from typing import Literal

from vantage.abstraction.extractors import EXTRACTORS
from vantage.abstraction.frame import Bounds
from vantage.abstraction.oracle_masks import OracleMistakes
from vantage.errors import UsageError
from vantage.rooms.words.vocabulary import NOVEL, PLAIN, Nouns

ORACLES: dict[str, OracleMistakes] = {
    "oracle": OracleMistakes(blur=3.0),
    # The false positives that relevancy_quality.py measures beside room-clip.
    "oracle-noisy": OracleMistakes(blur=3.0, misses=0.2, false_positives=0.2),
}
"""Known masks in place of relevancy, so that the 3D half is measured apart from the words."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SampleSettings:
    """What decides the samples of a room.

    Raises:
        UsageError: the extractor is not known, or a number is out of range.
    """

    world: str = "train3d"
    nouns: Literal["plain", "novel"] = "plain"
    """The words for classes; the novel ones are for tests."""
    extractor: str = "value-path-fast"
    """One of `EXTRACTORS`, "oracle" or "oracle-noisy"."""
    paths: tuple[tuple[str, int], ...] = (("random", 3), ("looks", 1))
    """Camera paths and views on each; the first is filtered as the paper's views."""
    width: int = 320
    """Of the rendered views, pixels. Depth and colour are kept at every n-th pixel (`MOST_POINTS`)."""
    height: int = 240
    least_pixels: int = 115
    """From which on an object is visible: 0.15% of the view, as the 96 of 256x192 that room-clip is measured with."""
    classes: int = 12
    """At most so many classes that are seen, ..."""
    attributes: int = 3
    """... objects told by their colour, ..."""
    absent: int = 2
    """... classes that are not there, ..."""
    descriptions: int = 8
    """... and descriptions are asked of a view."""
    uniform_points: int = 8000
    """Query points drawn evenly in the picture and the bounds. (Paper: 400 000; each of ours is drawn from anew.)"""
    object_points: int = 160
    """Query points in each visible object's solid matter, and half as many beside it in and over its box."""
    lattice: int = 0
    """If not 0, the query points are the middles of this many cells along each axis instead, for scoring."""
    cells: int = 64
    """Matter counts at a query point if it is within a third of a cell of it, of so many along each axis
    (`cell_owners`): 1.9 cm. A lattice has cells of its own."""
    segments: bool = True
    """Whether relevancy is made even within segments of the RGB-D image (`segments.py`)."""
    bounds: Bounds = dataclasses.field(default_factory=Bounds)

    def __post_init__(self) -> None:
        if self.extractor not in (*EXTRACTORS, *ORACLES):
            raise UsageError(
                f"extractor {self.extractor!r} is not known; choose one of {', '.join([*EXTRACTORS, *ORACLES])}"
            )
        if min(self.width, self.height, self.classes, self.uniform_points) < 1:
            raise UsageError(f"sample settings {self}: expected sizes of at least 1")

    @property
    def words(self) -> Nouns:
        """The words for classes."""
        return NOVEL if self.nouns == "novel" else PLAIN
