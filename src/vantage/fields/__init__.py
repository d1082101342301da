"""Lift features to 3D: radiance fields and the semantic fields distilled into them."""

from vantage.fields.checkpoints import restore_checkpoint as restore_checkpoint
from vantage.fields.checkpoints import save_checkpoint as save_checkpoint
from vantage.fields.densification import DensificationSettings as DensificationSettings
from vantage.fields.distill_settings import DistillSettings as DistillSettings
from vantage.fields.distillation import Distiller as Distiller
from vantage.fields.distilled_scene import DistilledScene as DistilledScene
from vantage.fields.distilled_scene import SceneCamera as SceneCamera
from vantage.fields.evaluation import ViewScores as ViewScores
from vantage.fields.evaluation import evaluate as evaluate
from vantage.fields.evaluation import warp_view as warp_view
from vantage.fields.gaussians import GaussianField as GaussianField
from vantage.fields.hash_grid import HashGrid as HashGrid
from vantage.fields.hash_grid import HashGridSettings as HashGridSettings
from vantage.fields.hash_grid import hash_grid_reference as hash_grid_reference
from vantage.fields.initialization import Bounds as Bounds
from vantage.fields.initialization import gaussians_from_points as gaussians_from_points
from vantage.fields.rasterizer import Rasterized as Rasterized
from vantage.fields.rasterizer import rasterize as rasterize
from vantage.fields.rasterizer import rasterize_reference as rasterize_reference
from vantage.fields.rasterizer import sh_to_rgb as sh_to_rgb
from vantage.fields.rendering import Field as Field
from vantage.fields.rendering import Rendering as Rendering
from vantage.fields.rendering import backproject_depth as backproject_depth
from vantage.fields.semantics import SemanticField as SemanticField
from vantage.fields.semantics import SemanticSettings as SemanticSettings
from vantage.fields.semantics import semantic_loss as semantic_loss
