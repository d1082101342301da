"""From one RGB-D image and words to objects: relevancy maps of labels."""

from vantage.abstraction.labels import BACKGROUND as BACKGROUND
from vantage.abstraction.labels import HOME_PHOTO as HOME_PHOTO
from vantage.abstraction.oracle_masks import OracleExtractor as OracleExtractor
from vantage.abstraction.oracle_masks import OracleMistakes as OracleMistakes
from vantage.abstraction.relevancy import EncoderExtractor as EncoderExtractor
from vantage.abstraction.relevancy import Extractor as Extractor
from vantage.abstraction.relevancy import RelevancyMap as RelevancyMap
from vantage.abstraction.settings import PRESETS as PRESETS
from vantage.abstraction.settings import RelevancySettings as RelevancySettings
