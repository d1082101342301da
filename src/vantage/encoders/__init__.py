"""Images and text to features."""

from vantage.encoders.base import Encoder as Encoder
from vantage.encoders.base import EncoderCard as EncoderCard
from vantage.encoders.base import Family as Family
from vantage.encoders.base import Features as Features
from vantage.encoders.base import TextEncoder as TextEncoder
from vantage.encoders.cache import CaptureFeatures as CaptureFeatures
from vantage.encoders.cache import FeatureCache as FeatureCache
from vantage.encoders.cache import encode_capture as encode_capture
from vantage.encoders.cache import encode_capture_steps as encode_capture_steps
from vantage.encoders.registry import encoder_cards as encoder_cards
from vantage.encoders.registry import load_encoder as load_encoder
from vantage.encoders.registry import load_text_encoder as load_text_encoder
from vantage.encoders.registry import weights_present as weights_present
