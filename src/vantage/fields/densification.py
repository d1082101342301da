"""Adaptive density control: clone, split, prune and reset, after Kerbl et al. (2023), section 5.

The rules and constants are those of gsplat's default strategy (`gsplat/strategy/default.py`, 1.5.3).
"""

import dataclasses
from collections.abc import Callable, Mapping

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from vantage.fields.gaussians import GaussianField, ScreenStatistics
from vantage.geometry import Camera, matrix_from_quat_wxyz


@dataclasses.dataclass(frozen=True, kw_only=True)
class DensificationSettings:
    """When and how the number of Gaussians changes."""

    start: int = 500
    """First step that may refine."""
    stop: int = 15_000
    """No refinement from this step on."""
    every: int = 100
    """Steps between refinements."""
    reset_every: int = 3000
    """Steps between opacity resets."""
    grow_gradient: float = 2e-4
    """Mean screen-space gradient (normalised device units) above which a Gaussian grows."""
    grow_scale: float = 0.01
    """Share of the scene's scale: a growing Gaussian is cloned below it, split above it."""
    prune_opacity: float = 0.005
    """Gaussians less opaque than this are removed."""
    prune_scale: float = 0.1
    """Share of the scene's scale above which a Gaussian is removed, once opacities were reset."""
    max_gaussians: int = 200_000
    """No growth beyond this number."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class AbsgradSettings:
    """Growth by absolute screen-space gradients (AbsGS, Ye et al. 2024), in which opposite pulls do not cancel."""

    grow_gradient: float = 8e-4
    """Takes the place of `DensificationSettings.grow_gradient`; sums of absolute values are larger (gsplat)."""


class Adam:
    """One torch Adam per parameter of a field, so that Gaussians may come and go with their moments."""

    def __init__(self, field: GaussianField, rates: dict[str, float]) -> None:
        # eps 1e-15 as in the reference code: gradients of single Gaussians are tiny.
        groups = [{"params": [getattr(field, name)], "lr": rate, "name": name} for name, rate in rates.items()]
        self.optimizer = torch.optim.Adam(groups, eps=1e-15, fused=True)
        self.field = field

    def set_rate(self, name: str, rate: float) -> None:
        """Change one parameter's learning rate."""
        for group in self.optimizer.param_groups:
            if group["name"] == name:
                group["lr"] = rate

    def rate(self, name: str) -> float:
        """Return one parameter's learning rate."""
        return next(group["lr"] for group in self.optimizer.param_groups if group["name"] == name)

    def replace(self, change: Callable[[str, Tensor], Tensor], change_moment: Callable[[Tensor], Tensor]) -> None:
        """Replace every parameter by `change(name, value)` and its two moments by `change_moment(moment)`."""
        for group in self.optimizer.param_groups:
            old = group["params"][0]
            new = nn.Parameter(change(group["name"], old.detach()))
            state = self.optimizer.state.pop(old, {})
            for key in ("exp_avg", "exp_avg_sq"):
                if key in state:
                    state[key] = change_moment(state[key])
            self.optimizer.state[new] = state
            group["params"] = [new]
            setattr(self.field, group["name"], new)

    def state_tensors(self) -> dict[str, Tensor]:
        """Return the moments and step counts by name, for a checkpoint."""
        tensors = {}
        for group in self.optimizer.param_groups:
            for key, value in self.optimizer.state.get(group["params"][0], {}).items():
                tensors[f"{group['name']}.{key}"] = value
        return tensors

    def load_state_tensors(self, tensors: dict[str, Tensor]) -> None:
        """Restore what `state_tensors` returned."""
        for group in self.optimizer.param_groups:
            prefix = f"{group['name']}."
            state = {name.removeprefix(prefix): t.clone() for name, t in tensors.items() if name.startswith(prefix)}
            if state:
                self.optimizer.state[group["params"][0]] = state


class Densifier:
    """Watches screen-space gradients and refines the field on schedule."""

    def __init__(
        self,
        settings: DensificationSettings,
        *,
        scene_scale: float,
        count: int,
        absgrad: AbsgradSettings | None = None,
        device: str | torch.device = "cpu",
    ) -> None:
        self.settings = settings
        if absgrad is not None:
            self.settings = dataclasses.replace(settings, grow_gradient=absgrad.grow_gradient)
        self.absolute_gradient = absgrad is not None
        self.scene_scale = scene_scale
        self.gradient_sum, self.seen = torch.zeros(count, device=device), torch.zeros(count, device=device)

    def loss(self, field: GaussianField) -> Float[Tensor, ""]:
        """Return zero: thresholds ask nothing of the training."""
        return field.means.new_zeros(())

    def observe(self, statistics: ScreenStatistics, camera: Camera) -> None:
        """Add one step's screen gradients, after `backward`."""
        gradient = statistics.gradient
        if gradient is None:
            return
        scaled = gradient * gradient.new_tensor([camera.width / 2, camera.height / 2])
        visible = statistics.rasterized.visible
        self.gradient_sum += torch.where(visible, scaled.norm(dim=-1), 0.0)
        self.seen += visible.float()

    def refine(self, step: int, adam: Adam, generator: torch.Generator) -> dict[str, int]:
        """Refine if it is due at `step`; return how many Gaussians were cloned, split and pruned."""
        s = self.settings
        report: dict[str, int] = {}
        if s.start < step < s.stop and step % s.every == 0:
            report = self._grow(adam, generator) | {"pruned": self._prune(step, adam)}
            self._forget(len(adam.field))
        if 0 < step < s.stop and step % s.reset_every == 0:
            self._reset_opacities(adam)
        return report

    def state_tensors(self) -> dict[str, Tensor]:
        """Return the gradients gathered since the last refinement, for a checkpoint."""
        return {"gradient_sum": self.gradient_sum, "seen": self.seen}

    def load_state_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Restore what `state_tensors` returned."""
        self.gradient_sum, self.seen = tensors["gradient_sum"], tensors["seen"]

    def _forget(self, count: int) -> None:
        self.gradient_sum, self.seen = self.gradient_sum.new_zeros(count), self.seen.new_zeros(count)

    def _grow(self, adam: Adam, generator: torch.Generator) -> dict[str, int]:
        s, field = self.settings, adam.field
        mean_gradient = self.gradient_sum / self.seen.clamp_min(1)
        grow = mean_gradient > s.grow_gradient
        room = max(0, s.max_gaussians - len(field))
        if int(grow.sum()) > room:
            # Over budget: the strongest gradients first; a stable sort keeps the result the same everywhere.
            order = torch.argsort(torch.where(grow, mean_gradient, -1.0), descending=True, stable=True)
            grow = torch.zeros_like(grow)
            grow[order[:room]] = True
        small = field.log_scales.detach().max(dim=-1).values.exp() <= s.grow_scale * self.scene_scale
        clone, split = grow & small, grow & ~small
        self._clone_and_split(adam, clone, split, generator)
        return {"cloned": int(clone.sum()), "split": int(split.sum())}

    def _clone_and_split(
        self, adam: Adam, clone: Bool[Tensor, " n"], split: Bool[Tensor, " n"], generator: torch.Generator
    ) -> None:
        """Append copies of `clone`; replace each of `split` by two samples of itself, 1.6 times smaller."""
        field = adam.field
        keep = (~split).nonzero()[:, 0]
        cloned, parents = clone.nonzero()[:, 0], split.nonzero()[:, 0].repeat(2)
        offsets = self._samples(field, parents, generator)

        def change(name: str, value: Tensor) -> Tensor:
            children = value[parents]
            if name == "means":
                children = children + offsets
            elif name == "log_scales":
                children = children - torch.log(torch.tensor(1.6))
            return torch.cat([value[keep], value[cloned], children])

        fresh = len(cloned) + len(parents)
        adam.replace(change, lambda m: torch.cat([m[keep], m.new_zeros(fresh, *m.shape[1:])]))

    @staticmethod
    def _samples(field: GaussianField, parents: Int[Tensor, " m"], generator: torch.Generator) -> Float[Tensor, "m 3"]:
        noise = torch.randn(len(parents), 3, generator=generator).to(parents.device)
        local = noise * field.log_scales.detach()[parents].exp()
        return (matrix_from_quat_wxyz(field.quats_wxyz.detach()[parents]) @ local[..., None])[..., 0]

    def _prune(self, step: int, adam: Adam) -> int:
        s, field = self.settings, adam.field
        remove = field.opacities.detach() < s.prune_opacity
        if step > s.reset_every:
            remove |= field.log_scales.detach().max(dim=-1).values.exp() > s.prune_scale * self.scene_scale
        keep = (~remove).nonzero()[:, 0]
        adam.replace(lambda _, value: value[keep], lambda moment: moment[keep])
        return int(remove.sum())

    def _reset_opacities(self, adam: Adam) -> None:
        ceiling = torch.logit(torch.tensor(2 * self.settings.prune_opacity))
        field = adam.field
        with torch.no_grad():
            field.opacity_logits.clamp_(max=float(ceiling))
        state = adam.optimizer.state.get(field.opacity_logits, {})
        for key in ("exp_avg", "exp_avg_sq"):
            if key in state:
                state[key].zero_()
