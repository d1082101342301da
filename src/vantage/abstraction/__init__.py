"""From one RGB-D image and words to objects: relevancy maps of labels, and what they come to in 3D."""

from vantage.abstraction.completion import Completer as Completer
from vantage.abstraction.completion import Completion as Completion
from vantage.abstraction.completion import Found as Found
from vantage.abstraction.frame import Bounds as Bounds
from vantage.abstraction.frame import ViewFrame as ViewFrame
from vantage.abstraction.frame import view_frame as view_frame
from vantage.abstraction.labels import BACKGROUND as BACKGROUND
from vantage.abstraction.labels import HOME_PHOTO as HOME_PHOTO
from vantage.abstraction.network import RELATIONS as RELATIONS
from vantage.abstraction.oracle_masks import OracleExtractor as OracleExtractor
from vantage.abstraction.oracle_masks import OracleMistakes as OracleMistakes
from vantage.abstraction.relevancy import EncoderExtractor as EncoderExtractor
from vantage.abstraction.relevancy import Extractor as Extractor
from vantage.abstraction.relevancy import RelevancyMap as RelevancyMap
from vantage.abstraction.rgbd import RgbdView as RgbdView
from vantage.abstraction.settings import PRESETS as PRESETS
from vantage.abstraction.settings import RelevancySettings as RelevancySettings
