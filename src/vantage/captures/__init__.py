"""Posed images in and out."""

from vantage.captures.capture import Capture as Capture
from vantage.captures.capture import PointCloud as PointCloud
from vantage.captures.capture import SceneObject as SceneObject
from vantage.captures.capture import SceneRelation as SceneRelation
from vantage.captures.capture import SetAside as SetAside
from vantage.captures.capture import ViewSource as ViewSource
from vantage.captures.check import check_images as check_images
from vantage.captures.colmap_writer import write_colmap as write_colmap
from vantage.captures.open import open_capture as open_capture
from vantage.captures.rgbd_writer import write_rgbd as write_rgbd
from vantage.captures.segmentations import Segmentations as Segmentations
from vantage.captures.segmentations import has_segmentations as has_segmentations
from vantage.captures.segmentations import open_segmentations as open_segmentations
from vantage.captures.transforms_writer import write_transforms as write_transforms
from vantage.captures.view import View as View
