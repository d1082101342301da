"""What decides the study of NYUv2-CAD (`ovssc-nyu`): which frames, classes and networks."""

import dataclasses
from pathlib import Path

from vantage.errors import UsageError
from vantage.studies.nyu_classes import Vocabulary

CUBE = 60
"""Voxels along each edge of the networks' cube in which Table 3's protocol measures (section 4.2)."""
FEW_TEXTS = 40
"""Of more texts than these one point a voxel is asked, so that their answers fit into memory."""
MOST_POINTS = 3
"""Query points along a voxel's edge: in one of 6 cm they then lie as close as the volumes' voxels."""
SEEN = "visible-true"
"""The visible points with their true class: what is reached without completing anything."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class NyuStudySettings:
    """Which frames, classes and networks.

    Raises:
        UsageError: a list of classes is lacking or is not wanted, or a network is not NAME=FILE.
    """

    data: Path
    """Folder in SSCNet's layout, such as NYUCADtest."""
    classes: Vocabulary = "11"
    class_list: Path | None = None
    """CSV with the columns id, name and class, for all but the 11."""
    models: tuple[str, ...] = ()
    """Networks as NAME=FILE."""
    frames: int = 0
    """The first so many frames; 0 takes all."""
    points: int = 2
    """Query points along each edge of a voxel; of more than `FEW_TEXTS` texts one is asked."""

    def __post_init__(self) -> None:
        if self.classes not in ("11", "894", "894-own"):
            raise UsageError(f"--classes {self.classes}: expected 11, 894 or 894-own")
        if (self.classes == "11") != (self.class_list is None):
            raise UsageError(
                f"--classes {self.classes}: the 11 need no --class-list, 894 need one: a CSV with the columns id, name "
                "and class (one of the 11)"
            )
        if self.frames < 0:
            raise UsageError(f"--frames {self.frames}: expected a number of frames, or 0 for all")
        if not 1 <= self.points <= MOST_POINTS:
            raise UsageError(f"--points {self.points}: expected 1 to {MOST_POINTS} along each edge of a voxel")
        self.named_models()

    def named_models(self) -> dict[str, str]:
        """Return the networks' files by name.

        Raises:
            UsageError: one is not NAME=FILE, or has a name that is taken.
        """
        found: dict[str, str] = {}
        for model in self.models:
            name, equals, file = model.partition("=")
            if not (name and equals and file):
                raise UsageError(f"--models {model}: expected NAME=FILE, such as semabs=room-semabs")
            if name in found or name == SEEN:
                raise UsageError(f"--models {model}: the name {name} is taken")
            found[name] = file
        return found

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of everything that is compared."""
        return (*self.named_models(), SEEN)
