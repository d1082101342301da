"""Everything that decides the content study."""

import dataclasses
from typing import ClassVar

from vantage.errors import UsageError
from vantage.probes import THRESHOLDS, check_thresholds
from vantage.probes.clusters import CLUSTERS
from vantage.studies.content_scenes import SceneSettings
from vantage.studies.study_settings import StudySettings

IMAGE = "image"
"""The place of features that are not distilled."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ContentSettings(StudySettings):
    """What to look into, and how."""

    needs_field: ClassVar[bool] = False
    fields: tuple[str, ...] = ()
    """Fields that features are distilled into besides; none looks at images alone."""
    thresholds: tuple[float, ...] = THRESHOLDS
    """Of the geometric fidelity factor."""
    clusters: int = CLUSTERS
    """Of k-means."""
    steps: int = 500
    """Training steps of a distillation."""
    language: str | None = None
    """Encoder that is distilled beside each of the others, on the same hash grid, as the paper does with CLIP."""
    scene: SceneSettings = dataclasses.field(default_factory=SceneSettings)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_thresholds(self.thresholds)
        if self.clusters < 2 or self.steps < 1:
            raise UsageError(f"{self.clusters} clusters, {self.steps} steps; expected at least 2 and 1")

    @property
    def places(self) -> tuple[str, ...]:
        """Where features are looked into: in the image, and in each field."""
        return (IMAGE, *self.fields)
