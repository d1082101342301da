"""Distillation: train a field and its semantic field together from posed images and their features.

One step renders one training view, compares its colour with the photograph, lifts random pixels by the rendered depth
(detached: features never move geometry) and compares the semantic field there with the encoders' features. All
randomness of a step comes from (seed, step), so a resumed run repeats the unbroken one exactly.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from vantage.captures import Capture
from vantage.encoders import Features
from vantage.errors import DataError, VantageError
from vantage.fields.densification import Adam, Densifier
from vantage.fields.distill_settings import DistillSettings
from vantage.fields.distilled_scene import DistilledScene, SceneCamera
from vantage.fields.gaussians import GaussianField
from vantage.fields.initialization import gaussians_from_points, scene_bounds, start_points
from vantage.fields.rendering import backproject_depth, pose_tensor
from vantage.fields.semantics import SemanticField, semantic_loss
from vantage.fields.training_views import FeatureSequence, TrainingView, TrainingViews
from vantage.metrics import ssim

# Steps with a loss that is not finite are skipped; this many in a row mean that the field diverged for good.
MAX_BAD_STEPS = 10


class Distiller:
    """The state of a distillation, which can be stepped, saved and restored."""

    def __init__(
        self, capture: Capture, targets: Mapping[str, FeatureSequence], settings: DistillSettings | None = None
    ) -> None:
        """Start from a capture and, per encoder, the features of each of its views (in the capture's order)."""
        self.settings = settings or DistillSettings()
        self.views = TrainingViews(capture)
        if not capture.train_indices:
            raise DataError(f"capture {capture.name!r} has no training views; hold out fewer of its {len(capture)}")
        self.targets = targets
        self.train_indices = capture.train_indices
        self.step = 0
        self.bad_steps = 0
        rng = np.random.default_rng([self.settings.seed, 0])
        starting = [self.views.view(i) for i in _spread(self.train_indices, 60)]
        points, colors, self.start_kind = start_points(capture, starting, count=self.settings.start_gaussians, rng=rng)
        self.field = gaussians_from_points(
            points, colors, sh_degree=self.settings.sh_degree, opacity=self.settings.start_opacity
        )
        self.bounds = scene_bounds(points)
        dims = {name: features[0].grid.shape[-1] for name, features in targets.items()}
        norms = {
            name: _typical_norm([features[i] for i in self.train_indices[:8]]) for name, features in targets.items()
        }
        self.semantics = SemanticField(self.bounds, dims, self.settings.semantics, norms=norms, seed=self.settings.seed)
        positions = capture.camera_positions[list(self.train_indices)]
        spread = float(np.linalg.norm(positions - positions.mean(axis=0), axis=1).max())
        # gsplat: 1.1 times the cameras' spread; a capture from one spot falls back on the scene's own size.
        self.scene_scale = 1.1 * spread if spread > 1e-3 * self.bounds.half_extent else self.bounds.half_extent
        s = self.settings
        self.adam = Adam(
            self.field,
            {
                "means": s.rate_means * self.scene_scale,
                "log_scales": s.rate_log_scales,
                "quats_wxyz": s.rate_quats,
                "opacity_logits": s.rate_opacities,
                "sh0": s.rate_sh0,
                "sh_rest": s.rate_sh0 / 20,
            },
        )
        self.semantic_adam = torch.optim.Adam(
            [
                {"params": [self.semantics.grid.table], "lr": s.rate_grid, "name": "grid"},
                {"params": list(self.semantics.heads.parameters()), "lr": s.rate_heads, "name": "heads"},
            ],
            eps=1e-15,
            fused=True,
        )
        self.densifier = Densifier(s.densification, scene_scale=self.scene_scale, count=len(self.field))

    def view_of(self, step: int) -> int:
        """Return the view that trains at a step: a fresh shuffle of all training views every epoch."""
        epoch, position = divmod(step, len(self.train_indices))
        order = np.random.default_rng([self.settings.seed, 1, epoch]).permutation(len(self.train_indices))
        return self.train_indices[order[position]]

    def train_step(self) -> dict[str, float]:
        """Take one step; return its losses.

        Raises:
            VantageError: the loss was not finite for many steps in a row.
        """
        self._set_rates()
        generator = torch.Generator().manual_seed((self.settings.seed << 32) + self.step)
        index = self.view_of(self.step)
        view = self.views.training_view(index)
        rendering, statistics = self.field.render_with_statistics(
            view.camera, view.world_from_camera, sh_degree=self.step // self.settings.sh_every
        )
        color_loss, parts = self._color_loss(rendering.rgb, view)
        semantic_total = self._semantic_loss(index, view, rendering.depth.detach(), rendering.alpha.detach(), generator)
        total = color_loss + semantic_total
        if not math.isfinite(float(total.detach())):
            self._count_bad_step(color_loss, semantic_total)
            return {"loss": float("inf")}
        self.bad_steps = 0
        self.adam.optimizer.zero_grad(set_to_none=True)
        self.semantic_adam.zero_grad(set_to_none=True)
        total.backward()
        self.densifier.observe(statistics, view.camera)
        self.adam.optimizer.step()
        self.semantic_adam.step()
        self.densifier.refine(self.step, self.adam, generator)
        self.step += 1
        return {
            "loss": float(total.detach()),
            "color": float(color_loss.detach()),
            "semantic": float(semantic_total.detach()),
        } | parts

    def _color_loss(self, rgb: Tensor, view: TrainingView) -> tuple[Tensor, dict[str, float]]:
        w = self.settings.ssim_weight
        image = view.image
        if view.mask is not None:
            # Unusable pixels are shown to both sides as the photograph, so that they neither pull nor blur.
            rgb = torch.where(view.mask[..., None], rgb, image)
        l1 = (rgb - image).abs().mean()
        mse = float(((rgb.detach().clamp(0, 1) - image) ** 2).mean())
        loss = (1 - w) * l1 + w * (1 - ssim(rgb, image)) if w > 0 else l1
        return loss, {"psnr_db": -10 * math.log10(max(mse, 1e-10))}

    def _semantic_loss(
        self, index: int, view: TrainingView, depth: Tensor, alpha: Tensor, generator: torch.Generator
    ) -> Tensor:
        points = backproject_depth(depth, view.camera, pose_tensor(view.world_from_camera, depth)).reshape(-1, 3)
        # A ray that mostly misses has no surface to carry a feature.
        usable = ((alpha > 0.5) & (depth > 0)).reshape(-1)
        if view.mask is not None:
            usable &= view.mask.reshape(-1)
        usable_indices = usable.nonzero()[:, 0]
        if len(usable_indices) == 0 or not self.targets:
            return depth.new_zeros(())
        draw = torch.randint(len(usable_indices), (self.settings.semantic_points,), generator=generator)
        chosen = usable_indices[draw]
        pixels = torch.stack([chosen % view.camera.width, chosen // view.camera.width], dim=-1).float() + 0.5
        predicted = self.semantics(points[chosen])
        total = depth.new_zeros(())
        for name, features in self.targets.items():
            target = features[index].sample(pixels[None])[0].float()
            total = total + semantic_loss(predicted[name], target, norm=self.semantics.norms[name])
        return total

    def _count_bad_step(self, color_loss: Tensor, semantic_total: Tensor) -> None:
        self.bad_steps += 1
        if self.bad_steps >= MAX_BAD_STEPS:
            culprit = next(
                (n for n, p in [*self.field.named_parameters(), *self.semantics.named_parameters()]
                 if not bool(torch.isfinite(p).all())), "no parameter",
            )  # fmt: skip
            raise VantageError(
                f"step {self.step}: the loss was not finite for {MAX_BAD_STEPS} steps "
                f"(colour {float(color_loss.detach())}, semantic {float(semantic_total.detach())}); "
                f"{culprit} is not finite. "
                "Resume from the last checkpoint with lower rates."
            )
        self.step += 1

    def _set_rates(self) -> None:
        progress = min(1.0, self.step / max(1, self.settings.steps))
        self.adam.set_rate("means", self.settings.rate_means * self.scene_scale * 0.01**progress)
        for group, rate in zip(
            self.semantic_adam.param_groups, (self.settings.rate_grid, self.settings.rate_heads), strict=True
        ):
            group["lr"] = rate * 0.1**progress

    def scene(self, fingerprints: Mapping[str, str] | None = None) -> DistilledScene:
        """Return the scene as trained so far; `fingerprints` are those of the distilled encoders."""
        capture = self.views.capture
        held_out = set(capture.test_indices)
        return DistilledScene(
            name=capture.name,
            field=self.field,
            semantics=self.semantics,
            fingerprints=dict(fingerprints or {}),
            cameras=tuple(
                SceneCamera(
                    name=source.name,
                    camera=source.camera,
                    world_from_camera=source.world_from_camera,
                    held_out=index in held_out,
                )
                for index, source in enumerate(capture.sources)
            ),
            metric=capture.metric,
        )

    def state_tensors(self) -> dict[str, Tensor]:
        """Return everything a resumed run needs, by name."""
        tensors = {f"field.{n}": t for n, t in self.field.tensors().items()}
        tensors |= {f"adam.{n}": t for n, t in self.adam.state_tensors().items()}
        tensors |= {f"semantics.{n}": t for n, t in self.semantics.state_dict().items()}
        for number, state in self.semantic_adam.state_dict()["state"].items():
            tensors |= {f"semantic_adam.{number}.{key}": value for key, value in state.items()}
        tensors["densifier.gradient_sum"] = self.densifier.gradient_sum
        tensors["densifier.seen"] = self.densifier.seen
        return {name: tensor.detach().clone() for name, tensor in tensors.items()}

    def load_state_tensors(self, tensors: Mapping[str, Tensor], step: int) -> None:
        """Restore what `state_tensors` returned after `step` steps."""

        def part(prefix: str) -> dict[str, Tensor]:
            return {n.removeprefix(prefix): t.clone() for n, t in tensors.items() if n.startswith(prefix)}

        restored = GaussianField.from_tensors(part("field."), where="checkpoint")
        self.adam.replace(lambda name, _: getattr(restored, name).detach(), lambda moment: moment)
        self.adam.load_state_tensors(part("adam."))
        self.semantics.load_state_dict(part("semantics."))
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in part("semantic_adam.").items():
            number, key = name.split(".", 1)
            state.setdefault(int(number), {})[key] = tensor
        self.semantic_adam.load_state_dict(self.semantic_adam.state_dict() | {"state": state})
        densifier = part("densifier.")
        self.densifier.gradient_sum, self.densifier.seen = densifier["gradient_sum"], densifier["seen"]
        self.step = step

    def train(
        self, *, after_step: Callable[[dict[str, float]], None], stop: Callable[[], bool] = lambda: False
    ) -> bool:
        """Train to the end, calling `after_step` with each step's losses; return False when `stop` asked to leave."""
        while self.step < self.settings.steps:
            after_step(self.train_step())
            if stop():
                return False
        return True


def _spread(indices: Sequence[int], count: int) -> list[int]:
    """Return at most `count` of the indices, evenly spread."""
    if len(indices) <= count:
        return list(indices)
    return [indices[int(i)] for i in np.linspace(0, len(indices) - 1, count).round()]


def _typical_norm(features: Sequence[Features]) -> float:
    """Return the root mean square norm of patch features."""
    squares = torch.cat([(f.grid.float() ** 2).sum(dim=-1).reshape(-1) for f in features])
    return max(float(squares.mean().sqrt()), 1e-12)
