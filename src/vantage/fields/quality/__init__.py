"""What makes a field better than plain training does, each to be switched on by itself."""

from vantage.fields.quality.depth_supervision import DepthSettings as DepthSettings
from vantage.fields.quality.exposure import ExposureSettings as ExposureSettings
from vantage.fields.quality.exposure import best_affine as best_affine
from vantage.fields.quality.mcmc import McmcSettings as McmcSettings
from vantage.fields.quality.plateau import PlateauSettings as PlateauSettings
from vantage.fields.quality.settings import QualitySettings as QualitySettings
