"""`NerfField`: a scene as density and colour networks over a hash grid, in the manner of instant-ngp and nerfacto."""

import dataclasses
import json
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from vantage.errors import DataError
from vantage.fields.contraction import contract
from vantage.fields.hash_grid import HashGrid, HashGridSettings
from vantage.fields.initialization import Bounds
from vantage.fields.nerf.compositing import composite, median_distances, visible_samples
from vantage.fields.nerf.marching import Samples, interval_edges, march_rays
from vantage.fields.nerf.networks import NerfNetworks, truncated_exp
from vantage.fields.nerf.occupancy import OccupancyGrid
from vantage.fields.nerf.rays import Rays, camera_rays, pixel_positions
from vantage.fields.nerf.resampling import resample
from vantage.fields.nerf.settings import NerfModelSettings
from vantage.fields.nerf.subpixels import QUARTERS, RAYS, neighbours, rough_pixels
from vantage.fields.nerf.waves import ask_in_waves
from vantage.fields.rasterizer.harmonics import sh_basis
from vantage.fields.rendering import Rendering, pose_tensor
from vantage.geometry import Camera

# Below this opacity of the whole ray nothing was hit, and accumulated depth divided by opacity would be noise.
MIN_ALPHA_FOR_DEPTH = 1e-3

MIN_LIGHT = 1e-3
"""Samples that less of the ray's light reaches are left out: they change a colour by a quarter of an 8-bit step."""

MIN_ALPHA = 1e-4
"""Samples that take less of the light are left out."""

CHUNK, FIRST_CHUNK = 8192, 1024
"""Rays rendered at a time at most, and at first, before it is known how many samples they have."""

CHUNK_SAMPLES = 1 << 20
"""Samples looked at together, about: a field in which fog is left has hundreds on a ray. Their codes are 128 MB."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RayColors:
    """What rays see."""

    rgb: Float[Tensor, "r 3"]
    depth: Float[Tensor, " r"]
    """Expected z-depth in metres; 0 where nothing was hit."""
    alpha: Float[Tensor, " r"]
    astray: Float[Tensor, " r"] | None
    """Share of each ray's light, 0 to 1, that does not come from its known surface; None where none is given."""
    asked: Float[Tensor, "n 3"]
    """All the places, in the unit cube, that the density network was asked at."""
    densities: Float[Tensor, " n"]
    """Their densities per metre, without gradients."""
    visible: int
    """How many of them light reached: what the colour network was asked for."""
    marched: int
    """How many places in occupied cells the rays had, asked or in the dark."""


class NerfField(nn.Module):
    """Density and colour of points in space; everything is metres and world frame outside, the unit cube inside."""

    def __init__(
        self,
        bounds: Bounds,
        settings: NerfModelSettings | None = None,
        *,
        reach: float | None = None,
        images: int = 0,
        seed: int = 0,
    ) -> None:
        """Make an untrained field.

        `reach` is how far from a camera the scene goes, in metres; `images` the number of training images where
        each has an appearance of its own.
        """
        super().__init__()
        self.bounds = bounds
        self.settings = settings or NerfModelSettings()
        # Twice the half-diagonal: from one corner of the bounds to the other.
        self.reach = 2 * 3**0.5 * bounds.half_extent if reach is None else reach
        generator = torch.Generator().manual_seed(seed)
        self.grid = HashGrid(self.settings.grid, generator)
        self.networks = NerfNetworks(self.settings, generator)
        self.appearance = nn.Parameter(torch.zeros(images, self.settings.appearance))
        self.occupancy = OccupancyGrid(self.settings.occupancy)
        self.edges: Tensor
        self.register_buffer("edges", self._edges(), persistent=False)

    def _edges(self) -> Float[Tensor, " k"]:
        return interval_edges(self.bounds, self.settings.step, self.reach, self.settings.growth)

    def density_of(self, raw: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
        """Return densities per metre for what the density network says."""
        return truncated_exp(raw) * (self.settings.start_density / (self.settings.step * self.bounds.half_extent))

    def densities(self, points: Float[Tensor, "n 3"]) -> Float[Tensor, " n"]:
        """Return densities per metre at points of the unit cube."""
        return self._ask(points)[1]

    def look(
        self,
        rays: Rays,
        *,
        jitter: Float[Tensor, " r"] | None = None,
        images: Int[Tensor, " r"] | None = None,
        surfaces: Float[Tensor, "r k"] | None = None,
        band: float = 0.0,
        most: int | None = None,
    ) -> RayColors:
        """Return colour, depth and opacity along rays, with gradients where they are enabled.

        `jitter` (0 to 1) is where in its intervals each ray is asked, in the middle by default; `images` says whose
        appearance each ray takes, the mean of all by default; `surfaces` is where the light should come from, in metres
        along each ray, and `band` how many metres beside it count as elsewhere, for `RayColors.astray`: with a band and
        no surfaces, beside the middle of the ray's own light. A ray with more than `most` visible samples is given
        that many others (`resample`).
        """
        if jitter is None:
            jitter = torch.full_like(rays.depth_per_metre, 0.5)
        samples = march_rays(rays, self.bounds, self.edges, self.occupancy, jitter)
        first = ask_in_waves(samples, self._ask, width=self.settings.grid.width, min_light=MIN_LIGHT)
        visible, starts = visible_samples(
            first.densities, samples.lengths, samples.starts, min_light=MIN_LIGHT, min_alpha=MIN_ALPHA
        )
        keep = visible.nonzero()[:, 0]
        seen = samples.kept(keep, starts)
        known: Tensor | None = first.encoded[keep]
        if most is not None or (band > 0 and surfaces is None):
            weights = _weights(first.densities[keep], seen)
            if band > 0 and surfaces is None:
                surfaces = median_distances(weights, seen.distances, starts)[:, None]
            if most is not None:
                seen, known = resample(seen, weights, rays, self.bounds, jitter, most=most), None
        points = seen.points
        if rays.origins.requires_grad or rays.directions.requires_grad:
            world = rays.origins[seen.rays] + seen.distances[:, None] * rays.directions[seen.rays]
            points = contract(world, self.bounds)
        geometry = self.networks.geometry(self.grid(points, known=known))
        colors = self.networks.rgb(geometry, self._of_rays(rays, images)[seen.rays])
        values = torch.cat([colors, seen.distances[:, None]], dim=-1)
        if surfaces is not None:
            beside = (seen.distances[:, None] - surfaces[seen.rays]).abs().amin(dim=-1, keepdim=True)
            values = torch.cat([values, (beside / band).clamp_max(1)], dim=-1)
        blended = composite(self.density_of(geometry[:, 0]), seen.lengths, values, seen.starts)
        hit = blended.alpha > MIN_ALPHA_FOR_DEPTH
        distance = torch.where(hit, blended.values[:, 3] / blended.alpha.clamp_min(MIN_ALPHA_FOR_DEPTH), 0.0)
        return RayColors(
            rgb=blended.values[:, :3],
            depth=distance * rays.depth_per_metre,
            alpha=blended.alpha,
            astray=None if surfaces is None else blended.values[:, 4] + 1 - blended.alpha,
            asked=samples.points[first.asked],
            densities=first.densities[first.asked],
            visible=len(seen),
            marched=len(samples),
        )

    def _ask(self, points: Float[Tensor, "n 3"]) -> tuple[Float[Tensor, "n width"], Float[Tensor, " n"]]:
        encoded = self.grid(points)
        return encoded, self.density_of(self.networks.geometry(encoded)[:, 0])

    def _of_rays(self, rays: Rays, images: Int[Tensor, " r"] | None) -> Float[Tensor, "r inputs"]:
        """Return what the colour network is told about each ray: its direction and its image's appearance."""
        basis = sh_basis(rays.directions, 3)
        if self.settings.appearance == 0:
            return basis
        if images is None:
            own = self.appearance.mean(dim=0).expand(len(rays), -1)
        else:
            own = self.appearance[images]
        return torch.cat([basis, own], dim=-1)

    def rays_of(self, camera: Camera, world_from_camera: np.ndarray | Float[Tensor, "4 4"]) -> Rays:
        """Return the rays through all pixels of a camera, row by row, where the field's parameters are."""
        pose = pose_tensor(world_from_camera, self.grid.table)
        pixels = pixel_positions(torch.arange(camera.width * camera.height, device=pose.device), camera)
        return camera_rays(camera, pose, pixels)

    def render(self, camera: Camera, world_from_camera: np.ndarray | Float[Tensor, "4 4"]) -> Rendering:
        """Render colour, expected depth and opacity from a camera: along each pixel's central ray.

        A pixel whose colour differs from a neighbour's takes the mean over four more rays as well (`supersampled`).
        """
        pose = pose_tensor(world_from_camera, self.grid.table)
        everywhere = torch.arange(camera.width * camera.height, device=pose.device)
        centres = pixel_positions(everywhere, camera)
        parts = self._look_in_chunks(camera_rays(camera, pose, centres))
        shape = (camera.height, camera.width)
        rgb = torch.cat([p.rgb for p in parts])
        if self.settings.supersampled:
            around = neighbours(everywhere, width=camera.width, height=camera.height)
            rough = rough_pixels(rgb.detach()[around]).nonzero()[:, 0]
            places = centres[rough][:, None] + centres.new_tensor(QUARTERS)
            several = self._look_in_chunks(camera_rays(camera, pose, places.reshape(-1, 2)))
            if several:
                others = torch.cat([p.rgb for p in several]).reshape(-1, RAYS - 1, 3).sum(dim=1)
                rgb = rgb.index_put((rough,), (rgb[rough] + others) / RAYS)
        return Rendering(
            rgb=rgb.reshape(*shape, 3),
            depth=torch.cat([p.depth for p in parts]).reshape(shape),
            alpha=torch.cat([p.alpha for p in parts]).reshape(shape),
        )

    def _look_in_chunks(self, rays: Rays) -> list[RayColors]:
        parts, first, count = [], 0, FIRST_CHUNK
        while first < len(rays):
            parts.append(self.look(rays[first : first + count]))
            first += count
            count = max(1, min(CHUNK, int(count * CHUNK_SAMPLES / max(1, parts[-1].marched))))
        return parts

    @property
    def size(self) -> dict[str, int]:
        """How large the field is, in words of its kind."""
        return {
            "parameters": sum(p.numel() for p in self.parameters()),
            "occupied_cells": int(self.occupancy.occupied.sum()),
        }

    def describe(self) -> dict[str, object]:
        """Return what `from_tensors` needs beside the tensors, as JSON values."""
        return {
            "bounds": dataclasses.asdict(self.bounds),
            "reach": self.reach,
            "images": len(self.appearance),
            "settings": dataclasses.asdict(self.settings),
        }

    def tensors(self) -> dict[str, Tensor]:
        """Return parameters and occupied cells by name, for saving."""
        return {n: p.detach() for n, p in self.named_parameters()} | {
            "occupied": self.occupancy.state_tensors()["occupied"]
        }

    @classmethod
    def from_tensors(
        cls, tensors: dict[str, Tensor], *, where: str = "field", description: dict[str, Any]
    ) -> "NerfField":
        """Make a field of what `tensors` and `describe` returned.

        Raises:
            DataError: a tensor is missing, or tensors and description do not belong together.
        """
        try:
            # Scenes from before there were several rays per pixel were trained with one.
            settings = {"supersampled": False, **description["settings"]}
            bounds = description["bounds"]
            field = cls(
                Bounds(centre=tuple(bounds["centre"]), half_extent=bounds["half_extent"]),
                NerfModelSettings(grid=HashGridSettings(**settings.pop("grid")), **settings),
                reach=description["reach"],
                images=description["images"],
            )
        except (KeyError, TypeError) as error:
            raise DataError(
                f"{where}: the description {json.dumps(description)[:200]} lacks or mistypes {error}"
            ) from error
        own = field.tensors()
        problems = sorted(
            n for n in own.keys() | tensors.keys() if n not in own or n not in tensors
            or own[n].shape != tensors[n].shape
        )  # fmt: skip
        if problems:
            raise DataError(f"{where}: tensors {problems[:10]} are missing, unexpected or of another shape")
        field.load_state_dict({n: t for n, t in tensors.items() if n != "occupied"})
        field.occupancy.load_state_tensors({"occupied": tensors["occupied"]})
        return field


@torch.no_grad()
def _weights(densities: Float[Tensor, " n"], samples: Samples) -> Float[Tensor, " n"]:
    """Return how much of its ray's light each sample takes part in."""
    return composite(densities, samples.lengths, densities.new_zeros(len(densities), 1), samples.starts).weights
