"""The page on which one looks around in a distilled scene."""

from vantage.viewer.located import Locate as Locate
from vantage.viewer.located import Located as Located
from vantage.viewer.look import Look as Look
from vantage.viewer.newest import NewestWorker as NewestWorker
from vantage.viewer.page import CameraPicture as CameraPicture
from vantage.viewer.page import Page as Page
from vantage.viewer.painter import ScenePainter as ScenePainter
from vantage.viewer.viewpoint import Viewpoint as Viewpoint
