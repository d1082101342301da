"""How relevancy maps are made, and four ways that have names."""

import dataclasses
from typing import Literal

from vantage.abstraction.labels import BACKGROUND, PLAIN
from vantage.abstraction.tiles import Coverage, Resize
from vantage.errors import UsageError

Evidence = Literal["gradient", "value-path", "self-correlation"]
"""What is read from a crop: gradient-times-attention relevancy, similarity of patches that stand for themselves, or
similarity of patches that attend to those like them."""
Preset = Literal["paper", "released", "fast", "single"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class RelevancySettings:
    """How relevancy maps are made."""

    evidence: Evidence = "gradient"
    """What is read from a crop."""
    shares: tuple[float, ...] = (1.0, 1 / 2, 1 / 3, 1 / 4)
    """Crop sides as shares of the image's shorter side."""
    stride: float = 1 / 4
    """Share of a crop's side by which it is shifted."""
    coverage: Coverage = "flush"
    """Whether a last crop stands flush with the right and bottom borders."""
    resize: Resize = "float"
    """How crops are resized."""
    side: int | None = None
    """Pixels of a crop as the encoder sees it; by default the size it was trained at."""
    flip: bool = True
    """Whether each crop is looked at mirrored too."""
    jitters: int = 5
    """Versions of the image with other colours, beside the image itself."""
    seed: int = 0
    """What the colours are drawn from."""
    layers: int = 1
    """Layers that count for gradients, from the end; 1 is many times as fast as 2."""
    templates: tuple[str, ...] = PLAIN
    """Prompts, each with `{}` in the label's place."""
    background: tuple[str, ...] = BACKGROUND
    """Labels whose mean map is subtracted; none leaves the maps as they are."""
    batch: int = 32
    """Crops that go through the encoder at once."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            UsageError: a setting is out of its range.
        """
        if not self.shares or not all(0 < share <= 1 for share in self.shares):
            raise UsageError(f"crop shares {self.shares}; expected at least one, each above 0 and at most 1")
        if not 0 < self.stride <= 1:
            raise UsageError(f"crop stride {self.stride}; expected above 0 and at most 1 (1/4 in the paper)")
        if self.jitters < 0 or self.batch < 1 or (self.side is not None and self.side < 1):
            raise UsageError(
                f"jitters {self.jitters}, batch {self.batch}, side {self.side}; expected at least 0, 1 and 1"
            )


PRESETS: dict[Preset, RelevancySettings] = {
    # Semantic Abstraction, section 3.2 and appendix 6.3.
    "paper": RelevancySettings(),
    # Its released code: two thirds for a third, borders that no crop covers, 8 bits, nothing subtracted.
    "released": RelevancySettings(
        shares=(1.0, 2 / 3, 1 / 2, 1 / 4), coverage="released", resize="pillow", background=()
    ),
    # Two sizes, half overlapping: a fiftieth of the paper's crops.
    "fast": RelevancySettings(shares=(1.0, 1 / 2), stride=1 / 2, jitters=0),
    # Chefer et al. as Semantic Abstraction compares with them: the whole height at once, no augmentation.
    "single": RelevancySettings(shares=(1.0,), stride=1.0, flip=False, jitters=0),
}
