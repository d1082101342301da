"""The rules of alpha blending that the kernels and their torch twin share; those of gsplat 1.5."""

import math

LOW_PASS = 0.3
"""Added to both variances of a projected Gaussian, in square pixels (`eps2d` of gsplat 1.5)."""

MAX_ALPHA = 0.999
"""No Gaussian hides more than this (gsplat 1.5, `rasterize_to_pixels`)."""

MIN_ALPHA = 1 / 255
"""A Gaussian below this alpha leaves the pixel untouched: one step of an 8-bit image."""

MIN_TRANSMITTANCE = 1e-4
"""The Gaussian that would bring a pixel's transmittance to this or below, and all behind it, are not blended."""

FRUSTUM_MARGIN = 0.3
"""The projection is linearised at most this share of half the field of view outside the image (gsplat 1.5)."""

LOG2_E = math.log2(math.e)
"""Exponents are kept in base 2 inside the kernels, where 2^t is cheap."""

LOG2_MIN_ALPHA = math.log2(MIN_ALPHA)
"""A pixel is touched where log2 of alpha is at least this."""
