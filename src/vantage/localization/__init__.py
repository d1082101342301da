"""Find what a text names in a distilled scene."""

from vantage.localization.grounded import GroundedMasks as GroundedMasks
from vantage.localization.grounded import GroundingSettings as GroundingSettings
from vantage.localization.measures import MaskScores as MaskScores
from vantage.localization.measures import continuous_mask as continuous_mask
from vantage.localization.measures import score_mask as score_mask
from vantage.localization.perceptual import load_lpips as load_lpips
from vantage.localization.query import ImageAnswer as ImageAnswer
from vantage.localization.query import PointAnswer as PointAnswer
from vantage.localization.query import QuerySettings as QuerySettings
from vantage.localization.query import SceneQuery as SceneQuery
from vantage.localization.relevancy import CANONICAL_NEGATIVES as CANONICAL_NEGATIVES
from vantage.localization.relevancy import DEFAULT_TEMPERATURE as DEFAULT_TEMPERATURE
from vantage.localization.relevancy import relevancy as relevancy
from vantage.localization.scoring import LocalizationCase as LocalizationCase
from vantage.localization.scoring import LocalizationResult as LocalizationResult
from vantage.localization.scoring import find_cases as find_cases
from vantage.localization.scoring import score_cases as score_cases
from vantage.localization.scoring import true_mask as true_mask
from vantage.localization.truth import CaptionMasks as CaptionMasks
from vantage.localization.truth import DrawnMasks as DrawnMasks
from vantage.localization.truth import MaskTruth as MaskTruth
from vantage.localization.truth import TrueCase as TrueCase
from vantage.localization.truth import position_error as position_error
from vantage.localization.truth import true_cases as true_cases
