"""Gaussians as samples of a Markov chain (3DGS-MCMC, Kheradmand et al. 2024): relocated and shaken, never reset.

Densification by thresholds (`densification`) is replaced: Gaussians that have become transparent move onto opaque ones,
whose opacity and scale are corrected so that the picture stays; noise lets nearly transparent ones wander; opacity and
scale are pressed towards zero, so that what is not needed becomes free. Constants are gsplat's (`strategy/mcmc.py`).
"""

import dataclasses
from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float, Float64, Int
from scipy.special import comb
from torch import Tensor

from vantage.fields.densification import Adam
from vantage.fields.gaussians import GaussianField, ScreenStatistics
from vantage.geometry import Camera, matrix_from_quat_wxyz

MAX_COPIES = 51
"""Gaussians that the correction reckons with in one place (the reference's `N_max`)."""
_CHOSEN = comb(np.arange(1, MAX_COPIES + 1)[:, None], np.arange(1, MAX_COPIES + 1))
"""Row n - 1, column j - 1: in how many ways j are chosen of n."""
SHARPNESS, FREE_BELOW = 100.0, 0.005
"""Noise falls from full to none around this opacity, as a sigmoid of this slope (gsplat, `op_sigmoid`)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class McmcSettings:
    """When Gaussians move and how much they are shaken."""

    start: int = 500
    """First step that may relocate."""
    stop: int = 25_000
    """No relocation from this step on."""
    every: int = 100
    """Steps between relocations."""
    max_gaussians: int = 200_000
    """The cap: growth ends here."""
    growth: float = 1.05
    """At each relocation there may be this many times as many Gaussians."""
    dead_opacity: float = 0.005
    """Gaussians no more opaque than this are relocated."""
    noise: float = 5e5
    """Noise per step, times the learning rate of the means and the Gaussian's covariance."""
    opacity_weight: float = 0.01
    """Weight of the mean opacity in the loss."""
    scale_weight: float = 0.01
    """Weight of the mean scale, as a share of the scene's scale, in the loss."""


def corrected(
    opacities: Float[Tensor, " n"], scales: Float[Tensor, "n 3"], copies: Int[Tensor, " n"]
) -> tuple[Float[Tensor, " n"], Float[Tensor, "n 3"]]:
    """Return what each of `copies` Gaussians in one place has to have so that together they look like the one.

    The opacity in the middle stays, and so does the integral of alpha along any line through it.
    """
    n = copies.clamp(1, MAX_COPIES)
    exact = opacities.double()
    each = 1 - (1 - exact) ** (1 / n)
    order = torch.arange(1, MAX_COPIES + 1, dtype=torch.float64, device=copies.device)
    # Summed over a line, 1 - (1 - o g)^n is the sum over j of C(n, j) (-1)^(j + 1) o^j / sqrt(j) times that of g.
    chosen: Float64[Tensor, "m j"] = torch.from_numpy(_CHOSEN).to(copies.device)
    signs = torch.where(order % 2 == 1, 1.0, -1.0).double()
    spread = (chosen[n - 1] * signs / order.sqrt() * each[:, None] ** order).sum(dim=1)
    return each.to(opacities), scales * (exact / spread).to(scales)[:, None]


class McmcStrategy:
    """Relocates, grows and shakes; takes the place of a `Densifier`."""

    absolute_gradient = False

    def __init__(self, settings: McmcSettings, *, scene_scale: float) -> None:
        self.settings = settings
        self.scene_scale = scene_scale

    def loss(self, field: GaussianField) -> Float[Tensor, ""]:
        """Return what presses opacities and scales down."""
        s = self.settings
        return s.opacity_weight * field.opacities.mean() + s.scale_weight * field.scales.mean() / self.scene_scale

    def observe(self, statistics: ScreenStatistics, camera: Camera) -> None:
        """Gradients on the screen do not matter here."""

    def refine(self, step: int, adam: Adam, generator: torch.Generator) -> dict[str, int]:
        """Relocate and grow if it is due, and shake; return how many Gaussians were moved and added."""
        s = self.settings
        report: dict[str, int] = {}
        if s.start < step < s.stop and step % s.every == 0:
            report = {"moved": self._relocate(adam, generator), "added": self._grow(adam, generator)}
        self._shake(adam, generator)
        return report

    def _relocate(self, adam: Adam, generator: torch.Generator) -> int:
        opacities = adam.field.opacities.detach()
        dead = opacities <= self.settings.dead_opacity
        count = int(dead.sum())
        if count == 0 or count == len(dead):
            return 0
        source = torch.arange(len(dead), device=dead.device)
        source[dead] = _drawn(torch.where(dead, 0, opacities), count, generator)
        _place(adam, source, self.settings.dead_opacity)
        return count

    def _grow(self, adam: Adam, generator: torch.Generator) -> int:
        n = len(adam.field)
        count = max(0, min(self.settings.max_gaussians, int(self.settings.growth * n)) - n)
        if count > 0:
            opacities = adam.field.opacities.detach()
            new = _drawn(opacities, count, generator)
            _place(adam, torch.cat([torch.arange(n, device=new.device), new]), self.settings.dead_opacity)
        return count

    def _shake(self, adam: Adam, generator: torch.Generator) -> None:
        field = adam.field
        with torch.no_grad():
            free = torch.sigmoid(SHARPNESS * (FREE_BELOW - field.opacities))
            noise = (
                torch.randn(len(field), 3, generator=generator).to(free.device)
                * (free * self.settings.noise * adam.rate("means"))[:, None]
            )
            axes = matrix_from_quat_wxyz(field.quats_wxyz) * field.scales[:, None, :]
            field.means.add_((axes @ (axes.mT @ noise[..., None]))[..., 0])

    def state_tensors(self) -> dict[str, Tensor]:
        """Return nothing: the field is all the state there is."""
        return {}

    def load_state_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Restore nothing."""


def _drawn(weights: Float[Tensor, " n"], count: int, generator: torch.Generator) -> Int[Tensor, " m"]:
    """Return `count` numbers drawn by their weights; on the CPU, so that a seed means the same everywhere."""
    return torch.multinomial(weights.cpu(), count, replacement=True, generator=generator).to(weights.device)


def _place(adam: Adam, source: Int[Tensor, " m"], least_opacity: float) -> None:
    """Make Gaussian i a copy of number `source[i]`; where several share a source they are corrected.

    Those start without moments: the moments of who was there before would push them where the other was going.
    """
    field = adam.field
    copies = torch.bincount(source, minlength=len(field))[source]
    shared = copies > 1
    opacities, scales = corrected(
        field.opacities.detach()[source[shared]], field.scales.detach()[source[shared]], copies[shared]
    )

    def change(name: str, value: Tensor) -> Tensor:
        moved = value[source]
        if name == "opacity_logits":
            # A copy fainter than the limit would be relocated again at once.
            moved[shared] = torch.logit(opacities.clamp(least_opacity, 1 - torch.finfo(opacities.dtype).eps))
        elif name == "log_scales":
            moved[shared] = scales.log()
        return moved

    def change_moment(moment: Tensor) -> Tensor:
        moved = moment[source]
        moved[shared] = 0
        return moved

    adam.replace(change, change_moment)
