"""Everything that decides a distilled scene."""

import dataclasses
from typing import Literal

from vantage.errors import UsageError
from vantage.fields.densification import DensificationSettings
from vantage.fields.feature_gaussians import FeatureGaussianSettings
from vantage.fields.nerf.settings import NerfSettings
from vantage.fields.quality.settings import QualitySettings
from vantage.fields.semantics import SemanticSettings


@dataclasses.dataclass(frozen=True, kw_only=True)
class DistillSettings:
    """How a scene is trained. Rates are gsplat's (`simple_trainer.py`), the means' in units of the scene's scale."""

    field: Literal["gaussians", "nerf"] = "gaussians"
    """Kind of field. What follows of Gaussians and their rates is for them; a NeRF has its own under `nerf`."""
    semantics_kind: Literal["grid", "gaussians"] = "grid"
    """Where features live: in a hash grid over space, or in numbers that each Gaussian carries."""
    steps: int = 2000
    """Training steps: of Gaussians one view each, of a NeRF a few thousand rays of several views."""
    start_gaussians: int = 30_000
    """Gaussians to start with, where depth or random points allow the choice."""
    start_opacity: float = 0.5
    """Opacity at the start. Higher than gsplat's 0.1, whose points do not lie as densely as depth maps do."""
    sh_degree: int = 3
    """Highest degree of the spherical harmonics."""
    sh_every: int = 500
    """Steps after which one more degree is used (gsplat: 1000 of 30,000)."""
    ssim_weight: float = 0.2
    """Loss = (1 - w) L1 + w (1 - SSIM)."""
    semantic_points: int = 4096
    """Random pixels per step at which features are compared."""
    rate_means: float = 1.6e-4
    """Learning rate of the means per unit of scene scale; falls to 1% over the run."""
    rate_log_scales: float = 5e-3
    """Learning rate of the log scales."""
    rate_quats: float = 1e-3
    """Learning rate of the rotations."""
    rate_opacities: float = 5e-2
    """Learning rate of the opacity logits."""
    rate_sh0: float = 2.5e-3
    """Learning rate of the base colour; the other harmonics take a twentieth."""
    rate_grid: float = 1e-2
    """Learning rate of the hash grid (instant-ngp); falls to 10% over the run."""
    rate_heads: float = 2e-3
    """Learning rate of the semantic heads; falls to 10% over the run."""
    checkpoint_every: int = 250
    """Steps between checkpoints."""
    seed: int = 0
    """Seed of every random draw."""
    densification: DensificationSettings = dataclasses.field(default_factory=DensificationSettings)
    semantics: SemanticSettings = dataclasses.field(default_factory=SemanticSettings)
    feature_gaussians: FeatureGaussianSettings = dataclasses.field(default_factory=FeatureGaussianSettings)
    nerf: NerfSettings = dataclasses.field(default_factory=NerfSettings)
    quality: QualitySettings = dataclasses.field(default_factory=QualitySettings)

    def __post_init__(self) -> None:
        if self.semantics_kind == "gaussians" and self.field != "gaussians":
            raise UsageError(
                f"features that Gaussians carry need Gaussians, and the field is {self.field!r}; "
                'distill with the semantics "grid", or with a field of Gaussians'
            )
        only_gaussians = self.quality.of_gaussians()
        if self.field != "gaussians" and only_gaussians:
            raise UsageError(
                f"{', '.join(only_gaussians)}: only Gaussians have these, and the field is {self.field!r}; "
                "leave them out (a NeRF has settings of its own for depth and appearance)"
            )
