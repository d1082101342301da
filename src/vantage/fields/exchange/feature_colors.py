"""Features in colour, as reports show them."""

from vantage.reports.feature_colors import FeatureColors as FeatureColors
