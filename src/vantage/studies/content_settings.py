"""Everything that decides the content study."""

import dataclasses

from vantage.errors import UsageError
from vantage.probes import THRESHOLDS, check_thresholds
from vantage.probes.clusters import CLUSTERS
from vantage.studies.content_scenes import SceneSettings

FIELDS = ("gaussians", "nerf")
IMAGE = "image"
"""The place of features that are not distilled."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ContentSettings:
    """What to look into, and how.

    Raises:
        UsageError: nothing is named, something is named twice, or there is no such field.
    """

    encoders: tuple[str, ...]
    """Encoders, by name."""
    rooms: tuple[int, ...] = ()
    """Seeds of rooms."""
    captures: tuple[str, ...] = ()
    """Folders of captures."""
    fields: tuple[str, ...] = ()
    """Fields that features are distilled into besides; none looks at images alone."""
    seeds: tuple[int, ...] = (0,)
    """Seeds of clusterings, of the points that are compared, and of distillation."""
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
        check_thresholds(self.thresholds)
        for name in ("encoders", "rooms", "captures", "fields", "seeds"):
            values = getattr(self, name)
            if len(set(values)) < len(values):
                raise UsageError(f"{name} {', '.join(map(str, values))}: one is named twice")
        if not self.encoders or not self.seeds:
            raise UsageError("no encoder or no seed is named; give --encoders room-dino --seeds 0")
        unknown = [field for field in self.fields if field not in FIELDS]
        if unknown:
            raise UsageError(f"field {unknown[0]!r} is not known; choose of {', '.join(FIELDS)}, or none")
        if self.clusters < 2 or self.steps < 1:
            raise UsageError(f"{self.clusters} clusters, {self.steps} steps; expected at least 2 and 1")

    @property
    def places(self) -> tuple[str, ...]:
        """Where features are looked into: in the image, and in each field."""
        return (IMAGE, *self.fields)
