"""Fitting a NeRF: one step compares random rays of several training views with the photographs."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.captures import Capture
from vantage.fields.distill_settings import DistillSettings
from vantage.fields.field_trainer import FieldStep, SurfacePixels, part_of, spread
from vantage.fields.initialization import scene_bounds, start_points
from vantage.fields.nerf.batches import Batch, draw_batch
from vantage.fields.nerf.field import NerfField, RayColors
from vantage.fields.nerf.poses import PoseCorrections
from vantage.fields.nerf.rays import Rays
from vantage.fields.nerf.seeding import DEPTH_ERROR, cells_with_surfaces
from vantage.fields.training_views import TrainingViews

BOUNDS_POINTS = 30_000
"""Points that say where the scene is: as many as Gaussians start with."""

FEWEST_PIXELS = 256
"""Pixels per step at least, however many samples they need."""

WARM_UP = 10
"""Steps over which the rates rise: Adam's first steps have the full rate whatever the gradient."""


CELLS_BEHIND = 1
"""Cells behind a surface of known depth that its ray still looks at, beyond the error that depth may have."""


class NerfTrainer:
    """A NeRF with its optimizer; how many rays a step takes follows from the samples they need."""

    def __init__(self, capture: Capture, views: TrainingViews, settings: DistillSettings) -> None:
        """Start where the capture's sparse points, its depth or its cameras say that the scene is."""
        self.settings, self.nerf = settings, settings.nerf
        self.views = views
        self.train_indices = capture.train_indices
        rng = np.random.default_rng([settings.seed, 0])
        starting = [views.view(i) for i in spread(self.train_indices, 60)]
        points, _, self.start_kind = start_points(capture, starting, count=BOUNDS_POINTS, rng=rng)
        self.bounds = scene_bounds(points)
        far = np.linalg.norm(capture.camera_positions - np.array(self.bounds.centre), axis=1).max()
        images = len(capture) if self.nerf.model.appearance else 0
        self.blind = self.nerf.blind if _knows_no_depth(views, self.train_indices) else None
        self.field = NerfField(
            self.bounds,
            self.nerf.model if self.blind is None else self.blind.model(self.nerf.model),
            reach=float(far) + 3**0.5 * self.bounds.half_extent,
            images=images,
            seed=settings.seed,
        )
        self.poses = PoseCorrections(len(capture)).to(views.device)
        self.pixels_per_step = 2048
        self.min_alpha = self.nerf.min_alpha
        self._seed_occupancy()
        self.field.to(views.device)
        self.optimizer = self._optimizer()
        self._seen: RayColors | None = None

    def _seed_occupancy(self) -> None:
        field = self.field
        seen = (self.views.training_view(i) for i in self.train_indices)
        cells = cells_with_surfaces(seen, self.bounds, field.occupancy.resolution, field.edges)
        if cells is not None:
            field.occupancy.allow_only(cells.allowed)
            field.occupancy.hold_open(cells.measured)
            self.min_alpha = self.nerf.min_alpha_measured

    def _optimizer(self) -> torch.optim.Adam:
        s = self.nerf
        groups = [
            {"params": [self.field.grid.table], "lr": s.rate},
            {"params": [*self.field.networks.parameters(), self.field.appearance], "lr": s.rate_networks},
            {"params": [self.poses.twists], "lr": s.camera_rate},
        ]
        # instant-ngp, section 4: a short memory of squares and a tiny epsilon suit tables of which few entries are
        # touched in a step.
        return torch.optim.Adam(groups, betas=(0.9, 0.99), eps=1e-15, fused=True)

    def look(self, step: int, generator: torch.Generator) -> FieldStep:
        """Look along this step's rays and compare what they see with the photographs."""
        batch = self._draw(step, generator)
        rays = dataclasses.replace(batch.rays, ends=self._ends(batch))
        jitter = torch.rand(len(rays), generator=generator).to(self.views.device)
        numbers = [torch.full((part.stop - part.start,), index) for index, part in batch.views.items()]
        images = torch.cat(numbers).to(self.views.device)
        surfaces = torch.stack([batch.layers.near, batch.layers.far], dim=-1) / rays.depth_per_metre[:, None]
        seen = self.field.look(
            rays,
            jitter=jitter,
            images=images,
            surfaces=surfaces if self.blind is None else None,
            band=self.nerf.surface_band * self.bounds.half_extent,
            most=None if self.blind is None else self.blind.most_samples,
        )
        self._seen = seen
        loss, mse = self._loss(seen, batch, step)
        return FieldStep(
            loss=loss,
            parts={"psnr_db": -10 * math.log10(max(mse, 1e-10)), "rays": float(len(rays))},
            surfaces=self._surfaces(seen, rays, batch),
        )

    def _draw(self, step: int, generator: torch.Generator) -> Batch:
        count = min(self.nerf.views, len(self.train_indices))
        order = torch.randperm(len(self.train_indices), generator=generator)[:count].tolist()
        views = {self.train_indices[i]: self.views.training_view(self.train_indices[i]) for i in order}

        def pose_of(index: int) -> np.ndarray | Tensor:
            pose = views[index].world_from_camera
            return self.poses.corrected(index, pose, self.bounds.half_extent) if self.nerf.camera_rate > 0 else pose

        single = self.blind is not None and self._progress(step) < self.blind.single_until
        return draw_batch(
            views,
            pose_of,
            each=self.pixels_per_step // count,
            supersampled=self.nerf.model.supersampled and not single,
            generator=generator,
        )

    def _ends(self, batch: Batch) -> Float[Tensor, " r"]:
        """Return where to stop looking along each ray: a little behind the surface where its depth is known."""
        cell = 4 / self.field.occupancy.resolution * self.bounds.half_extent
        far = batch.layers.far
        behind = far / batch.rays.depth_per_metre * (1 + DEPTH_ERROR) + CELLS_BEHIND * cell
        return torch.where(far > 0, behind, torch.inf)

    def _loss(self, seen: RayColors, batch: Batch, step: int) -> tuple[Tensor, float]:
        """Return the loss and the mean squared error of the colours, over usable pixels."""
        squared = ((batch.of_pixels(seen.rgb) - batch.rgb) ** 2).mean(dim=-1)
        color = torch.where(batch.usable, squared, 0.0).sum() / batch.usable.sum().clamp_min(1)
        # Rays through one pixel meet surfaces of their own: of depth each counts as much as any other.
        usable = batch.usable[batch.owners]
        known = (usable & (batch.layers.far > 0)).float()
        single = (usable & (batch.layers.depth > 0)).float()
        loss = color
        if seen.astray is not None and self.blind is not None:
            rise = min(1.0, self._progress(step) / self.blind.own_rise)
            loss = loss + self.blind.own_weight * rise * (usable * seen.astray).sum() / usable.sum().clamp_min(1)
        elif seen.astray is not None and bool(known.any()):
            off = (seen.depth - batch.layers.depth).abs() / self.bounds.half_extent
            loss = loss + self.nerf.depth_weight * (single * off).sum() / single.sum().clamp_min(1)
            surface_weight = self.nerf.surface_weight * self.nerf.surface_fall ** self._progress(step)
            loss = loss + surface_weight * (known * seen.astray).sum() / known.sum()
        return loss, float(color.detach())

    def _surfaces(self, seen: RayColors, rays: Rays, batch: Batch) -> list[SurfacePixels]:
        """Return where the step's own rays pass and the points that the field shows there, as many as features want."""
        depth = seen.depth.detach()
        points = (rays.origins + (depth / rays.depth_per_metre)[:, None] * rays.directions).detach()
        # A ray that mostly misses has no surface to carry a feature.
        usable = (seen.alpha.detach() > 0.5) & (depth > 0) & batch.usable[batch.owners]
        each = -(-self.settings.semantic_points // len(batch.views))
        surfaces = []
        for index, part in batch.views.items():
            chosen = part.start + usable[part].nonzero()[:each, 0]
            if len(chosen) > 0:
                surfaces.append(SurfacePixels(view=index, pixels=batch.positions[chosen], points=points[chosen]))
        return surfaces

    def _progress(self, step: int) -> float:
        return min(1.0, step / max(1, self.settings.steps))

    def update(self, step: int, generator: torch.Generator) -> None:
        """Move the parameters, and learn which cells are empty."""
        s, seen = self.nerf, self._seen
        fall = s.final_rate ** self._progress(step) * min(1.0, (step + 1) / WARM_UP)
        for group, rate in zip(self.optimizer.param_groups, (s.rate, s.rate_networks, s.camera_rate), strict=True):
            group["lr"] = rate * fall
        self.optimizer.step()
        if seen is None:
            return
        threshold = self.min_alpha / (self.field.settings.step * self.bounds.half_extent)
        self.field.occupancy.observe(seen.asked, seen.densities, decay=s.decay, threshold=threshold)
        if step % s.refresh_every == 0:
            points = self.field.occupancy.random_empty_points(s.refresh_points, generator)
            with torch.no_grad():
                self.field.occupancy.observe(points, self.field.densities(points), decay=1.0, threshold=threshold)
        wanted = self.pixels_per_step * s.samples / max(1, len(seen.asked))
        # Halfway towards what this step's rays would have needed, so that one odd batch does not throw it about.
        fewest = FEWEST_PIXELS if self.blind is None else self.blind.fewest_pixels
        self.pixels_per_step = int(min(s.most_rays, max(fewest, (self.pixels_per_step + wanted) / 2)))

    def zero_grad(self) -> None:
        """Forget the gradients of the last step."""
        self.optimizer.zero_grad(set_to_none=True)

    def modules(self) -> dict[str, nn.Module]:
        """Return what holds parameters."""
        return {"field": self.field, "poses": self.poses}

    def state_tensors(self) -> dict[str, Tensor]:
        """Return everything a resumed run needs, by name."""
        occupancy = self.field.occupancy
        tensors = {f"field.{n}": t for n, t in self.field.state_dict().items()}
        tensors |= {f"poses.{n}": t for n, t in self.poses.state_dict().items()}
        tensors |= {f"occupancy.{n}": t for n, t in occupancy.state_tensors().items()}
        for number, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"nerf_adam.{number}.{key}": value for key, value in state.items()}
        tensors["rays_per_step"] = torch.tensor(self.pixels_per_step)
        return tensors

    def load_state_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Restore what `state_tensors` returned."""
        self.field.load_state_dict(part_of(tensors, "field."))
        self.poses.load_state_dict(part_of(tensors, "poses."))
        self.field.occupancy.load_state_tensors(part_of(tensors, "occupancy."))
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in part_of(tensors, "nerf_adam.").items():
            number, key = name.split(".", 1)
            state.setdefault(int(number), {})[key] = tensor
        self.optimizer.load_state_dict(self.optimizer.state_dict() | {"state": state})
        self.pixels_per_step = int(tensors["rays_per_step"])


def _knows_no_depth(views: TrainingViews, indices: tuple[int, ...]) -> bool:
    """Return whether none of these views has a pixel of known depth."""
    depths = (views.view(index).depth for index in indices)
    return not any(depth is not None and bool((depth > 0).any()) for depth in depths)
