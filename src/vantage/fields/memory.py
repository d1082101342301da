"""How much memory a distillation takes, about, known before it begins."""

from vantage.encoders import cache
from vantage.fields.distill_settings import DistillSettings
from vantage.fields.hash_grid import HashGridSettings
from vantage.fields.nerf.settings import NerfSettings
from vantage.fields.training_views import CACHE_BYTES

BASE_BYTES = 750_000_000
"""Python with torch, numba and the report's figures: a run of 500 Gaussians seen in 48x40 peaked at 731 MB on Linux."""
ENCODING_BYTES_PER_PIXEL = 400
"""Of a batch that is encoded at once: room-clip takes 150 MB for 8 images of 256x192. Large encoders take more."""
NUMBERS_PER_GAUSSIAN = 3 + 3 + 4 + 1 + 3
"""Mean, scales, quaternion, opacity and base colour."""
COPIES = 4
"""A parameter, its gradient and Adam's two moments."""
RECORD_BYTES = 64 + 4 * 4 * 16
"""The rasterizer's record of a Gaussian, and its slots in a few tiles with their gradients."""
SLOTS_OF_FEATURES = 5
"""What the rasterizer keeps of each number that Gaussians carry: its own copy, and a sum in each of a few tiles."""
BYTES_PER_PIXEL = 400
"""Renderings, losses and their gradients of one view: some 100 numbers a pixel, measured."""
SEMANTIC_BYTES_PER_NUMBER = 4 * 6
"""Of a compared pixel's feature: target, prediction, and what the loss keeps of both."""

NERF_BYTES_PER_NUMBER = 4 * 3
"""Of a sample's activations: the number, its gradient, and what a layer keeps beside."""
OCCUPANCY_BYTES = 5
"""A cell's remembered density and its mark."""


def peak_bytes(
    settings: DistillSettings, *, views: int, width: int, height: int, maps: int = 5, feature_numbers: int = 0
) -> int:
    """Return about how many bytes a distillation takes at its peak, with small encoders.

    Args:
        settings: of the distillation.
        views: of the capture.
        width: of a view in pixels.
        height: of a view in pixels.
        maps: numbers per pixel of a decoded view: 3 of colour, and its depth, mask, instances and classes.
        feature_numbers: length of all distilled encoders' features together.
    """
    decoded = min(CACHE_BYTES, views * width * height * maps * 4)
    field = _nerf_bytes(settings.nerf) if settings.field == "nerf" else _gaussian_bytes(settings)
    carried = _carried_bytes(settings, feature_numbers)
    compared = settings.semantic_points * (
        feature_numbers + settings.semantics.grid.width + 4 * settings.semantics.hidden
    )
    encoded = min(cache.BATCH_PIXELS, views * width * height) * ENCODING_BYTES_PER_PIXEL
    rendered = width * height * BYTES_PER_PIXEL + compared * SEMANTIC_BYTES_PER_NUMBER
    return BASE_BYTES + decoded + encoded + field + carried + rendered


def _most_gaussians(settings: DistillSettings) -> int:
    mcmc = settings.quality.mcmc
    return max(mcmc.max_gaussians if mcmc else settings.densification.max_gaussians, settings.start_gaussians)


def _gaussian_bytes(settings: DistillSettings) -> int:
    bands = (settings.sh_degree + 1) ** 2 - 1
    return _most_gaussians(settings) * ((NUMBERS_PER_GAUSSIAN + 3 * bands) * COPIES * 4 + RECORD_BYTES)


def _nerf_bytes(settings: NerfSettings) -> int:
    model = settings.model
    numbers = model.grid.width + 3 * model.hidden + model.geometry + 9 + model.appearance
    asked = settings.samples + settings.refresh_points
    return _table_bytes(model.grid) + asked * numbers * NERF_BYTES_PER_NUMBER + model.occupancy**3 * OCCUPANCY_BYTES


def _carried_bytes(settings: DistillSettings, feature_numbers: int) -> int:
    """Return what features take where they live: in a hash grid, or in the Gaussians."""
    if settings.semantics_kind == "grid":
        return _table_bytes(settings.semantics.grid)
    carried = settings.feature_gaussians
    numbers = feature_numbers if carried.decoder == "none" else carried.width
    return _most_gaussians(settings) * numbers * (COPIES + SLOTS_OF_FEATURES) * 4


def _table_bytes(grid: HashGridSettings) -> int:
    entries = sum(min((cells + 1) ** 3, 2**grid.log2_table) for cells in grid.resolutions())
    return entries * grid.features * COPIES * 4
