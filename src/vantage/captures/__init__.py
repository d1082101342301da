"""Posed images in and out."""

from vantage.captures.capture import Capture as Capture
from vantage.captures.capture import PointCloud as PointCloud
from vantage.captures.capture import SceneObject as SceneObject
from vantage.captures.capture import SetAside as SetAside
from vantage.captures.capture import ViewSource as ViewSource
from vantage.captures.open import open_capture as open_capture
from vantage.captures.rgbd_writer import write_rgbd as write_rgbd
from vantage.captures.view import View as View
