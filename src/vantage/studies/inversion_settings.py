"""Everything that decides the inversion study."""

import dataclasses
import math

from vantage.errors import UsageError
from vantage.inversion import InerfSettings, SpineSettings
from vantage.studies.content_scenes import SceneSettings
from vantage.studies.study_settings import StudySettings, refuse_unknown

COARSE, FULL, RETRIEVAL = "spine-coarse", "spine", "retrieval"
SPLATLOC, SPLATLOC_AGAIN, INERF = "splatloc", "splatloc-iterated", "inerf"
METHODS = (FULL, COARSE, RETRIEVAL, SPLATLOC, SPLATLOC_AGAIN, INERF)
"""SPINE whole and its coarse phase alone; image retrieval; and what starts from a guess: Splat-Loc as published and
rendering again like SPINE does, and iNeRF."""
OF_ENCODERS = (FULL, COARSE, RETRIEVAL)
"""Methods that look at an encoder's embedding; the others are the same for all encoders."""

THRESHOLDS = ((5.0, 0.05), (10.0, 0.10), (30.0, 0.50))
"""Degrees and metres within which a pose counts as found. The paper's stand in an appendix that is not published; the
first is the strict one of relocalization (Shotton et al., 2013), the last the baselines' guess itself."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class InversionStudySettings(StudySettings):
    """Which scenes, encoders, fields and methods, and how large."""

    methods: tuple[str, ...] = METHODS
    """What is compared."""
    views: int = 48
    """Views of a scene: rendered of a room, or evenly spread over a capture."""
    hold_out: int = 8
    """Every n-th view is held out and sought."""
    width: int = 256
    """Of views of rooms, pixels."""
    height: int = 192
    """Of views of rooms, pixels."""
    max_size: int | None = 256
    """Longest side of a capture's views in pixels; larger ones are shrunk."""
    steps: int = 1500
    """Training steps of a distillation."""
    guess_rotation_deg: float = 30.0
    """How far the guess that the baselines get is turned (paper, section 5.2)."""
    guess_translation_m: float = 0.5
    """How far it is shifted."""
    spine: SpineSettings = dataclasses.field(default_factory=SpineSettings)
    inerf: InerfSettings = dataclasses.field(default_factory=lambda: InerfSettings(steps=300))

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_unknown("method", self.methods, METHODS)
        if not self.methods:
            raise UsageError(f"nothing to compare; choose of {', '.join(METHODS)}")
        if not self.rooms and not self.captures:
            raise UsageError("no scene is named; give --rooms 900000-900008 or --captures FOLDER")
        if self.hold_out < 2 or self.views <= self.hold_out or self.steps < 1:
            raise UsageError(f"{self.views} views, every {self.hold_out}th sought, {self.steps} steps; expected more")
        if not 0 <= self.guess_rotation_deg <= 180 or not 0 <= self.guess_translation_m < math.inf:
            raise UsageError(f"a guess {self.guess_rotation_deg} degrees and {self.guess_translation_m} m off")

    @property
    def scene(self) -> SceneSettings:
        """The views of a scene."""
        return SceneSettings(
            views=self.views, hold_out=self.hold_out, width=self.width, height=self.height, max_size=self.max_size
        )
