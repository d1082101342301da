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
    growth: float = 1.02
    """Each interval beyond the scene is this much longer than the one before: 350 of them reach a thousand times as
    far."""
    start_density: float = 0.1
    """Optical thickness of an interval before training, where depth is known: rays see through the first cells, and
    gradients flow."""
    supersampled: bool = True
    """Whether pixels that differ from a neighbour are trained and drawn as the mean of five rays instead of one."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class BlindSettings:
    """What is different where a capture knows no depth: rays have to find their surfaces (`docs/fields/nerf.md`)."""

    coarser: int = 2
    """Cells and intervals are this many times as long."""
    growth: float = 1.1
    """In place of `NerfModelSettings.growth`: 72 intervals reach a thousand times as far."""
    start_density: float = 0.04
    """In place of `NerfModelSettings.start_density`: rays see a third of a half-extent far, not a tenth."""
    most_samples: int = 48
    """A ray that passes more samples of visible fog has so many, placed where its light comes from (`resampling`)."""
    own_weight: float = 0.01
    """Weight of the share of a ray's light that comes from elsewhere than the middle of it: draws fog to surfaces.
    With more, wrong surfaces harden: at 0.08 a room has 1.8 dB less."""
    own_rise: float = 0.25
    """Share of the run in which that weight rises from 0."""
    single_until: float = 0.8
    """Share of the run in which one ray passes through a pixel, rough or not."""
    fewest_pixels: int = 128
    """Pixels per step at least, however many samples they need: while fog is everywhere each needs hundreds."""

    def model(self, settings: NerfModelSettings) -> NerfModelSettings:
        """Return what such a field is, in place of `settings`."""
        return dataclasses.replace(
            settings,
            occupancy=settings.occupancy // self.coarser,
            step=settings.step * self.coarser,
            growth=self.growth,
            start_density=self.start_density,
        )


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
    blind: BlindSettings = dataclasses.field(default_factory=BlindSettings)
    """Where the capture knows no depth."""
    refresh_every: int = 16
    """Steps between looks into empty cells, which may have filled (instant-ngp)."""
    refresh_points: int = 65_536
    """Points drawn for such a look; those in cells that cannot hold anything cost nothing."""
    camera_rate: float = 0.0
    """Learning rate of corrections to the training cameras' poses, radians and half-extents; 0 = poses are exact."""
