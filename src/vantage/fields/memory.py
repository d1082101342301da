"""How much memory a distillation takes at most, known before it begins."""

from vantage.fields.distill_settings import DistillSettings
from vantage.fields.training_views import CACHE_BYTES

BASE_BYTES = 600_000_000
"""Python with torch, numba and an encoder's code, before any data: measured on Linux."""
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


def peak_bytes(
    settings: DistillSettings, *, views: int, width: int, height: int, maps: int = 5, feature_numbers: int = 0
) -> int:
    """Return an upper estimate of a distillation's memory in bytes, whatever the number of views.

    Args:
        settings: of the distillation.
        views: of the capture.
        width: of a view in pixels.
        height: of a view in pixels.
        maps: numbers per pixel of a decoded view: 3 of colour, and its depth, mask, instances and classes.
        feature_numbers: length of all distilled encoders' features together.
    """
    decoded = min(CACHE_BYTES, views * width * height * maps * 4)
    bands = (settings.sh_degree + 1) ** 2 - 1
    gaussians = max(settings.densification.max_gaussians, settings.start_gaussians)
    per_gaussian = (NUMBERS_PER_GAUSSIAN + 3 * bands) * COPIES * 4 + RECORD_BYTES
    grid = settings.semantics.grid
    width = settings.feature_gaussians.width
    if settings.feature_gaussians.decoder == "none":
        width = feature_numbers
    if settings.semantics_kind == "gaussians":
        per_gaussian += width * (COPIES + SLOTS_OF_FEATURES) * 4
    table = sum(min((r + 1) ** 3, 2**grid.log2_table) for r in grid.resolutions()) * grid.features * COPIES * 4
    compared = settings.semantic_points * (feature_numbers + grid.width + 4 * settings.semantics.hidden)
    return (
        BASE_BYTES
        + decoded
        + gaussians * per_gaussian
        + table
        + width * height * BYTES_PER_PIXEL
        + compared * SEMANTIC_BYTES_PER_NUMBER
    )
