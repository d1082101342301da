"""Where was this image taken? Camera poses from images, in a distilled scene, without a first guess."""

from vantage.inversion.coarse import CoarseSettings as CoarseSettings
from vantage.inversion.coarse import PoseHypotheses as PoseHypotheses
from vantage.inversion.coarse import SpineCoarse as SpineCoarse
from vantage.inversion.coarse import fit_coarse as fit_coarse
from vantage.inversion.coarse import nearest_view as nearest_view
from vantage.inversion.fine import FinePose as FinePose
from vantage.inversion.fine import FineSettings as FineSettings
from vantage.inversion.fine import SpineFine as SpineFine
from vantage.inversion.fine import scene_camera as scene_camera
from vantage.inversion.matching import DenseDescriber as DenseDescriber
from vantage.inversion.matching import SiftDescriber as SiftDescriber
from vantage.inversion.matching import match as match
from vantage.inversion.photometric import PhotometricSettings as PhotometricSettings
from vantage.inversion.photometric import refine_by_colours as refine_by_colours
from vantage.inversion.pnp import PnpPose as PnpPose
from vantage.inversion.pnp import PnpSettings as PnpSettings
from vantage.inversion.pnp import solve_pnp as solve_pnp
from vantage.inversion.poses import PoseFrame as PoseFrame
from vantage.inversion.poses import perturbed_pose as perturbed_pose
from vantage.inversion.poses import pose_errors as pose_errors
from vantage.inversion.views import KnownViews as KnownViews
from vantage.inversion.views import embed_image as embed_image
from vantage.inversion.views import photographed_views as photographed_views
from vantage.inversion.views import rendered_views as rendered_views
