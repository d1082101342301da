"""Reports: one self-contained HTML file per run, and the pictures that go into it."""

from vantage.reports.charts import camera_top_view as camera_top_view
from vantage.reports.charts import line_chart as line_chart
from vantage.reports.feature_colors import FeatureColors as FeatureColors
from vantage.reports.pictures import Picture as Picture
from vantage.reports.pictures import Scale as Scale
from vantage.reports.pictures import colorize_depth as colorize_depth
from vantage.reports.pictures import overlay_relevancy as overlay_relevancy
from vantage.reports.pictures import pca_images as pca_images
from vantage.reports.pictures import write_png as write_png
from vantage.reports.report import Link as Link
from vantage.reports.report import Report as Report
from vantage.reports.solid_pictures import draw_solids as draw_solids
from vantage.reports.solids import SolidLayer as SolidLayer
from vantage.reports.solids import SolidScene as SolidScene
from vantage.reports.solids import hex_colour as hex_colour
from vantage.reports.solids import label_colours as label_colours
