"""Everything that decides the inversion study."""

import dataclasses
import math

from vantage.errors import UsageError
from vantage.inversion import InerfSettings, SpineSettings

FIELDS = ("gaussians", "nerf")

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
class InversionStudySettings:
    """Which scenes, encoders, fields and methods, and how large.

    Raises:
        UsageError: nothing is named, something is named twice, or there is no such field or method.
    """

    encoders: tuple[str, ...]
    """Encoders, by name."""
    rooms: tuple[int, ...] = ()
    """Seeds of rooms."""
    captures: tuple[str, ...] = ()
    """Folders of captures."""
    fields: tuple[str, ...] = ("gaussians",)
    """Kinds of field."""
    seeds: tuple[int, ...] = (0,)
    """Seeds of distillation, of the networks and of the guesses."""
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
        for name in ("encoders", "rooms", "captures", "fields", "seeds", "methods"):
            values = getattr(self, name)
            if len(set(values)) < len(values):
                raise UsageError(f"{name} {', '.join(map(str, values))}: one is named twice")
        if not self.encoders or not self.seeds or not self.fields or not self.methods:
            raise UsageError("nothing to study; give --encoders room-dino, and at least one seed, field and method")
        for what, values, known in (("field", self.fields, FIELDS), ("method", self.methods, METHODS)):
            unknown = [value for value in values if value not in known]
            if unknown:
                raise UsageError(f"{what} {unknown[0]!r} is not known; choose of {', '.join(known)}")
        if not self.rooms and not self.captures:
            raise UsageError("no scene is named; give --rooms 900000-900008 or --captures FOLDER")
        if self.hold_out < 2 or self.views <= self.hold_out or self.steps < 1:
            raise UsageError(f"{self.views} views, every {self.hold_out}th sought, {self.steps} steps; expected more")
        if not 0 <= self.guess_rotation_deg <= 180 or not 0 <= self.guess_translation_m < math.inf:
            raise UsageError(f"a guess {self.guess_rotation_deg} degrees and {self.guess_translation_m} m off")
