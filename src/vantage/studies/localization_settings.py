"""Everything that decides the localization study."""

import dataclasses

from vantage.errors import UsageError
from vantage.localization import GroundingSettings, QuerySettings
from vantage.studies.content_scenes import SceneSettings
from vantage.studies.study_settings import StudySettings


@dataclasses.dataclass(frozen=True, kw_only=True)
class LocalizationSettings(StudySettings):
    """What to distill, and what to ask; the language encoder's own name among the encoders stands for it alone."""

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
        super().__post_init__()
        if self.steps < 1:
            raise UsageError(f"{self.steps} steps; expected at least 1")
