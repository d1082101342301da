"""Fitting a scene's features: what a step compares, and the optimizer of what turns it into features."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.encoders import Features
from vantage.errors import UsageError
from vantage.fields.distill_settings import DistillSettings
from vantage.fields.feature_gaussians import FeatureGaussians
from vantage.fields.field_trainer import FieldTrainer, SurfacePixels, part_of
from vantage.fields.gaussian_training import GaussianTrainer
from vantage.fields.semantics import SemanticField, semantic_loss
from vantage.fields.training_views import FeatureSequence, TrainingViews


class SemanticTrainer:
    """A scene's features with their optimizer.

    What the Gaussians carry is optimised and densified with the Gaussians (`GaussianTrainer.adam`); the grid, the heads
    and the decoders have an Adam here.
    """

    def __init__(
        self,
        targets: Mapping[str, FeatureSequence],
        views: TrainingViews,
        trainer: FieldTrainer,
        settings: DistillSettings,
    ) -> None:
        """Start with untrained features for the encoders of `targets`, whose maps are in the capture's order."""
        self.targets, self.views, self.trainer, self.settings = targets, views, trainer, settings
        dims = {name: features[0].grid.shape[-1] for name, features in targets.items()}
        some = views.capture.train_indices[:8]
        norms = {name: _typical_norm([features[i] for i in some]) for name, features in targets.items()}
        self.semantics: SemanticField | FeatureGaussians
        groups: list[dict[str, Any]]
        if settings.semantics_kind == "gaussians":
            self.semantics, groups = self._feature_gaussians(dims, norms)
        else:
            semantics = SemanticField(trainer.bounds, dims, settings.semantics, norms=norms, seed=settings.seed)
            self.semantics = semantics.to(views.device)
            groups = [
                {"params": [self.semantics.grid.table], "lr": settings.rate_grid, "name": "grid"},
                {"params": list(self.semantics.heads.parameters()), "lr": settings.rate_heads, "name": "heads"},
            ]
        self._rates = [group["lr"] for group in groups]
        self.adam = torch.optim.Adam(groups, eps=1e-15, fused=True)

    def _feature_gaussians(
        self, dims: dict[str, int], norms: dict[str, float]
    ) -> tuple[FeatureGaussians, list[dict[str, Any]]]:
        settings = self.settings.feature_gaussians
        if not isinstance(self.trainer, GaussianTrainer):
            raise UsageError("features of Gaussians need a field of Gaussians")
        field = self.trainer.field
        semantics = FeatureGaussians(field, dims, settings, norms=norms, seed=self.settings.seed).to(self.views.device)
        # With the Gaussians' other parameters, so that cloning, splitting and pruning take it along.
        self.trainer.adam.optimizer.add_param_group(
            {"params": [field.features], "lr": settings.rate_features, "name": "features"}
        )
        decoders = {"params": list(semantics.decoders.parameters()), "lr": settings.rate_decoder, "name": "decoders"}
        return semantics, [decoders]

    def set_rates(self, progress: float) -> None:
        """Let the rates fall to 10% as `progress` goes from 0 to 1."""
        for group, rate in zip(self.adam.param_groups, self._rates, strict=True):
            group["lr"] = rate * 0.1**progress
        if isinstance(self.trainer, GaussianTrainer) and isinstance(self.semantics, FeatureGaussians):
            self.trainer.adam.set_rate("features", self.settings.feature_gaussians.rate_features * 0.1**progress)

    def loss(self, surfaces: Sequence[SurfacePixels]) -> Float[Tensor, ""]:
        """Compare the features at some pixels with the encoders', summed over the encoders."""
        total = torch.zeros((), device=self.views.device)
        if not surfaces or not self.targets:
            return total
        predicted = self._predict(surfaces)
        for name, features in self.targets.items():
            target = torch.cat([features[s.view].sample(s.pixels[None].cpu())[0].float() for s in surfaces])
            total = total + semantic_loss(predicted[name], target.to(total.device), norm=self.semantics.norms[name])
        return total

    def _predict(self, surfaces: Sequence[SurfacePixels]) -> dict[str, Float[Tensor, "n d"]]:
        if isinstance(self.semantics, SemanticField):
            return self.semantics(torch.cat([surface.points for surface in surfaces]))
        parts: dict[str, list[Tensor]] = {name: [] for name in self.semantics.dims}
        for surface in surfaces:
            view = self.views.training_view(surface.view)
            blended = self.semantics.blend(view.camera, view.world_from_camera)
            for name, found in parts.items():
                found.append(self.semantics.decode_at(blended, surface.pixels, name))
        return {name: torch.cat(found) for name, found in parts.items()}

    def state_tensors(self) -> dict[str, Tensor]:
        """Return everything a resumed run needs, by name; what Gaussians carry is in the field's state."""
        tensors = {f"semantics.{n}": t for n, t in self.semantics.state_dict().items()}
        for number, state in self.adam.state_dict()["state"].items():
            tensors |= {f"semantic_adam.{number}.{key}": value for key, value in state.items()}
        return tensors

    def load_state_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Restore what `state_tensors` returned."""
        self.semantics.load_state_dict(part_of(tensors, "semantics."))
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in part_of(tensors, "semantic_adam.").items():
            number, key = name.split(".", 1)
            state.setdefault(int(number), {})[key] = tensor
        self.adam.load_state_dict(self.adam.state_dict() | {"state": state})


def _typical_norm(features: Sequence[Features]) -> float:
    """Return the root mean square norm of patch features."""
    squares = torch.cat([(f.grid.float() ** 2).sum(dim=-1).reshape(-1) for f in features])
    return max(float(squares.mean().sqrt()), 1e-12)
