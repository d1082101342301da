"""Everything that decides the localization study."""

import dataclasses

from vantage.errors import UsageError
from vantage.localization import GroundingSettings, QuerySettings
from vantage.studies.content_scenes import SceneSettings
from vantage.studies.content_settings import FIELDS


@dataclasses.dataclass(frozen=True, kw_only=True)
class LocalizationSettings:
    """What to distill, and what to ask.

    Raises:
        UsageError: nothing is named, something is named twice, or there is no such field.
    """

    encoders: tuple[str, ...]
    """Encoders that share the hash grid with the language encoder; that one's own name stands for it alone."""
    rooms: tuple[int, ...] = ()
    """Seeds of rooms."""
    captures: tuple[str, ...] = ()
    """Folders of captures."""
    fields: tuple[str, ...] = ("gaussians",)
    """Fields that are distilled into."""
    seeds: tuple[int, ...] = (0,)
    """Seeds of distillation."""
    language: str = "room-clip"
    """Encoder that is asked."""
    queries: tuple[str, ...] = ()
    """Texts to ask for; none asks for every caption of a capture that has captions."""
    steps: int = 1000
    """Training steps of a distillation."""
    query: QuerySettings = dataclasses.field(default_factory=QuerySettings)
    """How a query is answered; its threshold is that of the fixed intersection over union."""
    truth: GroundingSettings = dataclasses.field(default_factory=GroundingSettings)
    """Who says where things are in captures that name no objects."""
    scene: SceneSettings = dataclasses.field(default_factory=SceneSettings)

    def __post_init__(self) -> None:
        for name in ("encoders", "rooms", "captures", "fields", "seeds", "queries"):
            values = getattr(self, name)
            if len(set(values)) < len(values):
                raise UsageError(f"{name} {', '.join(map(str, values))}: one is named twice")
        if not self.encoders or not self.fields or not self.seeds:
            raise UsageError(
                "no encoder, field or seed is named; give --encoders room-dino --fields gaussians --seeds 0"
            )
        unknown = [field for field in self.fields if field not in FIELDS]
        if unknown:
            raise UsageError(f"field {unknown[0]!r} is not known; choose of {', '.join(FIELDS)}")
        if self.steps < 1:
            raise UsageError(f"{self.steps} steps; expected at least 1")
