"""Differentiable rasterization of 3D Gaussians on the CPU, and its readable twin in plain torch."""

from vantage.fields.rasterizer.function import rasterize as rasterize
from vantage.fields.rasterizer.harmonics import sh_to_rgb as sh_to_rgb
from vantage.fields.rasterizer.reference import rasterize_reference as rasterize_reference
from vantage.fields.rasterizer.result import Rasterized as Rasterized
