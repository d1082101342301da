"""Everything that decides a NeRF and how it is trained."""

import dataclasses

from vantage.fields.hash_grid import HashGridSettings


@dataclasses.dataclass(frozen=True, kw_only=True)
class NerfModelSettings:
    """Sizes of a NeRF."""

    grid: HashGridSettings = dataclasses.field(
        default_factory=lambda: HashGridSettings(levels=8, features=4, log2_table=19, coarsest=16, finest=1024)
    )
    hidden: int = 64
    """Width of the hidden layers: one for density, two for colour (instant-ngp)."""
    geometry: int = 15
    """Numbers that the density network hands to the colour network (nerfacto)."""
    appearance: int = 0
    """Length of each training image's own vector for its exposure and tint (nerfacto: 32); 0 = none."""
    occupancy: int = 256
    """Cells along an edge of the contracted cube; the scene itself spans half of them."""
    step: float = 1 / 128
    """Length of a ray's intervals in half-extents of the scene."""
    supersampled: bool = True
    """Whether pixels that differ from a neighbour are trained and drawn as the mean of five rays instead of one."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class NerfSettings:
    """A NeRF and its training."""

    model: NerfModelSettings = dataclasses.field(default_factory=NerfModelSettings)
    samples: int = 32_768
    """Samples per step that the field is asked at; the number of rays adapts."""
    most_rays: int = 8192
    """No more rays per step than this."""
    views: int = 8
    """Training views that a step's rays come from."""
    rate: float = 3e-2
    """Learning rate of the hash grid at the start: three times that of instant-ngp, whose steps see eight times as many
    samples; on a room it saves half of the steps."""
    rate_networks: float = 1e-2
    """Learning rate of the networks at the start (instant-ngp)."""
    final_rate: float = 0.03
    """Share of the learning rates left at the end; they fall exponentially."""
    depth_weight: float = 0.1
    """Weight of the error of the mean depth, in half-extents, where the capture knows depth."""
    surface_weight: float = 0.5
    """Weight of the share of the light that does not come from the known surface (Urban Radiance Fields, section 4.2).
    The mean depth alone leaves a fog around each surface: on a room, 4 dB and three times the depth error."""
    surface_fall: float = 0.02
    """Share of that weight left at the end, falling exponentially: first the surfaces find their place, then the
    colours count. On a room this gains 1 dB over a weight that stays."""
    surface_band: float = 1 / 32
    """Half-extents beside a known surface from which on light counts as astray: 9 cm in a room, two cells."""
    decay: float = 0.9
    """What is left of a cell's remembered density each time that a sample of it says less."""
    min_alpha: float = 0.01
    """Cells whose intervals would take less of the light than this are empty (instant-ngp)."""
    min_alpha_measured: float = 0.1
    """The same where the capture knows depth: cells that it measured a surface in are never taken for empty, and the
    fog around them may go early."""
    refresh_every: int = 16
    """Steps between looks into empty cells, which may have filled (instant-ngp)."""
    refresh_points: int = 65_536
    """Points drawn for such a look; those in cells that cannot hold anything cost nothing."""
    camera_rate: float = 0.0
    """Learning rate of corrections to the training cameras' poses, radians and half-extents; 0 = poses are exact."""
