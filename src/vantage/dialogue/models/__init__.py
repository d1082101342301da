"""Models that perceive photographs: depth, masks, reconstruction and captions, each behind a small interface."""

from vantage.dialogue.models.captions import BlipCaptioner as BlipCaptioner
from vantage.dialogue.models.depth_pro import DepthPro as DepthPro
from vantage.dialogue.models.interfaces import Captioner as Captioner
from vantage.dialogue.models.interfaces import DepthModel as DepthModel
from vantage.dialogue.models.interfaces import LensModel as LensModel
from vantage.dialogue.models.interfaces import MaskModel as MaskModel
from vantage.dialogue.models.interfaces import Questioner as Questioner
from vantage.dialogue.models.interfaces import Reconstruction as Reconstruction
from vantage.dialogue.models.interfaces import Reconstructor as Reconstructor
from vantage.dialogue.models.perceive import ModelNames as ModelNames
from vantage.dialogue.models.perceive import Models as Models
from vantage.dialogue.models.perceive import load_models as load_models
from vantage.dialogue.models.perceive import perceive_with as perceive_with
from vantage.dialogue.models.questioner import LlavaQuestioner as LlavaQuestioner
from vantage.dialogue.models.reconstruction import VggtReconstructor as VggtReconstructor
from vantage.dialogue.models.sam2 import Sam2Masks as Sam2Masks
from vantage.dialogue.models.scale import MetricScale as MetricScale
from vantage.dialogue.models.scale import metric_scale as metric_scale
