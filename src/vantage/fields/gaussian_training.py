"""Fitting Gaussians: one step renders one training view, compares it with the photograph and densifies."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from vantage.captures import Capture
from vantage.fields.densification import Adam, Densifier
from vantage.fields.distill_settings import DistillSettings
from vantage.fields.field_trainer import FieldStep, SurfacePixels, part_of, spread
from vantage.fields.gaussians import GaussianField, ScreenStatistics
from vantage.fields.initialization import gaussians_from_points, scene_bounds, start_points
from vantage.fields.quality.depth_supervision import depth_loss, depth_weight
from vantage.fields.quality.exposure import ExposureModel
from vantage.fields.quality.mcmc import McmcStrategy
from vantage.fields.rendering import Rendering, backproject_depth, pose_tensor
from vantage.fields.training_views import TrainingView, TrainingViews
from vantage.metrics import ssim


class GaussianTrainer:
    """Gaussians with their optimizer, what decides where there are more of them, and the switches for quality."""

    def __init__(self, capture: Capture, views: TrainingViews, settings: DistillSettings) -> None:
        """Start from the capture's sparse points, its depth, or points drawn at random."""
        self.settings = settings
        self.views = views
        self.train_indices = capture.train_indices
        rng = np.random.default_rng([settings.seed, 0])
        starting = [views.view(i) for i in spread(self.train_indices, 60)]
        points, colors, self.start_kind = start_points(capture, starting, count=settings.start_gaussians, rng=rng)
        field = gaussians_from_points(points, colors, sh_degree=settings.sh_degree, opacity=settings.start_opacity)
        self.field = field.to(views.device)
        self.field.antialiased = settings.quality.antialiased
        self.bounds = scene_bounds(points)
        positions = capture.camera_positions[list(self.train_indices)]
        distance = float(np.linalg.norm(positions - positions.mean(axis=0), axis=1).max())
        # gsplat: 1.1 times the cameras' spread; a capture from one spot falls back on the scene's own size.
        self.scene_scale = 1.1 * distance if distance > 1e-3 * self.bounds.half_extent else self.bounds.half_extent
        s = settings
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
        self.densifier: Densifier | McmcStrategy
        if s.quality.mcmc is not None:
            self.densifier = McmcStrategy(s.quality.mcmc, scene_scale=self.scene_scale)
        else:
            self.densifier = Densifier(
                s.densification,
                scene_scale=self.scene_scale,
                count=len(self.field),
                absgrad=s.quality.absgrad,
                device=views.device,
            )
        self.exposure = None
        if s.quality.exposure is not None:
            self.exposure = ExposureModel(s.quality.exposure, images=self.train_indices, device=views.device)
        self._seen: tuple[ScreenStatistics, TrainingView] | None = None

    def view_of(self, step: int) -> int:
        """Return the view that trains at a step: a fresh shuffle of all training views every epoch."""
        epoch, position = divmod(step, len(self.train_indices))
        order = np.random.default_rng([self.settings.seed, 1, epoch]).permutation(len(self.train_indices))
        return self.train_indices[order[position]]

    def look(self, step: int, generator: torch.Generator) -> FieldStep:
        """Render this step's view and compare it with the photograph."""
        index = self.view_of(step)
        view = self.views.training_view(index)
        rendering, statistics = self.field.render_with_statistics(
            view.camera,
            view.world_from_camera,
            sh_degree=step // self.settings.sh_every,
            absolute_gradient=self.densifier.absolute_gradient,
        )
        self._seen = (statistics, view)
        rgb = rendering.rgb if self.exposure is None else self.exposure.apply(rendering.rgb, index)
        loss, parts = self._color_loss(rgb, view)
        loss = loss + self.densifier.loss(self.field) + self._depth_loss(rendering.depth, view, step)
        surface = self._surface(index, view, rendering, generator)
        return FieldStep(loss=loss, parts=parts, surfaces=[] if surface is None else [surface])

    def update(self, step: int, generator: torch.Generator) -> None:
        """Move the Gaussians, and clone, split or prune them where that is due."""
        progress = self._progress(step)
        self.adam.set_rate("means", self.settings.rate_means * self.scene_scale * 0.01**progress)
        if self._seen is not None:
            self.densifier.observe(self._seen[0], self._seen[1].camera)
        self.adam.optimizer.step()
        if self.exposure is not None:
            self.exposure.update(progress)
        self.densifier.refine(step, self.adam, generator)

    def _progress(self, step: int) -> float:
        return min(1.0, step / max(1, self.settings.steps))

    def zero_grad(self) -> None:
        """Forget the gradients of the last step."""
        self.adam.optimizer.zero_grad(set_to_none=True)

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

    def _depth_loss(self, depth: Tensor, view: TrainingView, step: int) -> Tensor:
        settings = self.settings.quality.depth
        if settings is None or view.depth is None:
            return depth.new_zeros(())
        loss = depth_loss(depth, view.depth, scene_scale=self.scene_scale, settings=settings, mask=view.mask)
        return depth_weight(settings, self._progress(step)) * loss

    def _surface(
        self, index: int, view: TrainingView, rendering: Rendering, generator: torch.Generator
    ) -> SurfacePixels | None:
        """Return random pixels with the points that the rendered depth shows there; None where nothing is seen."""
        depth = rendering.depth.detach()
        points = backproject_depth(depth, view.camera, pose_tensor(view.world_from_camera, depth)).reshape(-1, 3)
        # A ray that mostly misses has no surface to carry a feature.
        usable = ((rendering.alpha.detach() > 0.5) & (depth > 0)).reshape(-1)
        if view.mask is not None:
            usable &= view.mask.reshape(-1)
        usable_indices = usable.nonzero()[:, 0]
        if len(usable_indices) == 0:
            return None
        draw = torch.randint(len(usable_indices), (self.settings.semantic_points,), generator=generator)
        chosen = usable_indices[draw.to(usable_indices.device)]
        pixels = torch.stack([chosen % view.camera.width, chosen // view.camera.width], dim=-1).float() + 0.5
        return SurfacePixels(view=index, pixels=pixels, points=points[chosen])

    def modules(self) -> dict[str, nn.Module]:
        """Return what holds parameters."""
        return {"field": self.field}

    def state_tensors(self) -> dict[str, Tensor]:
        """Return everything a resumed run needs, by name."""
        tensors = {f"field.{n}": t for n, t in self.field.tensors().items()}
        tensors |= {f"adam.{n}": t for n, t in self.adam.state_tensors().items()}
        tensors |= {f"densifier.{n}": t for n, t in self.densifier.state_tensors().items()}
        if self.exposure is not None:
            tensors |= {f"exposure.{n}": t for n, t in self.exposure.state_tensors().items()}
        return tensors

    def load_state_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Restore what `state_tensors` returned."""
        restored = GaussianField.from_tensors(part_of(tensors, "field."), where="checkpoint")
        self.adam.replace(lambda name, _: getattr(restored, name).detach(), lambda moment: moment)
        self.adam.load_state_tensors(part_of(tensors, "adam."))
        self.densifier.load_state_tensors(part_of(tensors, "densifier."))
        if self.exposure is not None:
            self.exposure.load_state_tensors(part_of(tensors, "exposure."))
