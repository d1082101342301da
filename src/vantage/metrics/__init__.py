"""Measured values with their sample size and interval, and metrics of images."""

from vantage.metrics.images import psnr_db as psnr_db
from vantage.metrics.images import ssim as ssim
from vantage.metrics.metric import Metric as Metric
