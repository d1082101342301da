"""The switches for quality; all are off unless set (`docs/fields/quality.md` says what each one gains)."""

import dataclasses
from collections.abc import Sequence

from vantage.errors import UsageError
from vantage.fields.densification import AbsgradSettings
from vantage.fields.quality.depth_supervision import DepthSettings
from vantage.fields.quality.exposure import ExposureSettings
from vantage.fields.quality.mcmc import McmcSettings
from vantage.fields.quality.plateau import PlateauSettings


@dataclasses.dataclass(frozen=True, kw_only=True)
class QualitySettings:
    """What is done beyond the plain training. All but `plateau` is for Gaussians."""

    absgrad: AbsgradSettings | None = None
    """Densify by absolute gradients, in which pixels that pull a Gaussian apart do not cancel."""
    mcmc: McmcSettings | None = None
    """Relocate Gaussians instead of densifying by thresholds."""
    antialiased: bool = False
    """Gaussians smaller than a pixel grow fainter instead of larger."""
    exposure: ExposureSettings | None = None
    """A change of colours per training image."""
    depth: DepthSettings | None = None
    """Known depth draws the rendered one."""
    plateau: PlateauSettings | None = None
    """Stop when views set apart have stopped getting better."""

    def __post_init__(self) -> None:
        if self.absgrad is not None and self.mcmc is not None:
            raise UsageError("absgrad and mcmc are both set: MCMC does not densify by gradients; leave one out")

    @classmethod
    def named(cls, names: Sequence[str], *, max_gaussians: int) -> "QualitySettings":
        """Return the settings with these switches on, each with its defaults; `max_gaussians` is MCMC's cap.

        Raises:
            UsageError: there is no such switch, or two exclude each other.
        """
        known = {
            "absgrad": AbsgradSettings(),
            "mcmc": McmcSettings(max_gaussians=max_gaussians),
            "antialiased": True,
            "exposure": ExposureSettings(),
            "depth": DepthSettings(),
            "plateau": PlateauSettings(),
        }
        unknown = [name for name in names if name not in known]
        if unknown:
            raise UsageError(f"no switch for quality is called {', '.join(unknown)}; there are {', '.join(known)}")
        return cls(**{name: known[name] for name in names})

    def of_gaussians(self) -> list[str]:
        """Return the names of switches that are set and that only Gaussians have."""
        names = ("absgrad", "mcmc", "antialiased", "exposure", "depth")
        return [name for name in names if getattr(self, name)]
