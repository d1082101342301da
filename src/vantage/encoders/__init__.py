"""Images and text to features."""

from vantage.encoders.adapter_files import load_adapter as load_adapter
from vantage.encoders.adapter_files import save_adapter as save_adapter
from vantage.encoders.adapters import add_dual_channels as add_dual_channels
from vantage.encoders.base import Encoder as Encoder
from vantage.encoders.base import EncoderCard as EncoderCard
from vantage.encoders.base import Family as Family
from vantage.encoders.base import Features as Features
from vantage.encoders.base import LayerTokens as LayerTokens
from vantage.encoders.base import TextEncoder as TextEncoder
from vantage.encoders.cache import encode_capture as encode_capture
from vantage.encoders.cache import encode_capture_steps as encode_capture_steps
from vantage.encoders.cached_views import CaptureFeatures as CaptureFeatures
from vantage.encoders.cached_views import open_features as open_features
from vantage.encoders.lora import LoraSettings as LoraSettings
from vantage.encoders.lora import add_lora as add_lora
from vantage.encoders.registry import encoder_cards as encoder_cards
from vantage.encoders.registry import how_to_get as how_to_get
from vantage.encoders.registry import load_encoder as load_encoder
from vantage.encoders.registry import load_text_encoder as load_text_encoder
from vantage.encoders.registry import weights_present as weights_present
from vantage.encoders.tower import TowerEncoder as TowerEncoder
from vantage.encoders.tower import as_tower_encoder as as_tower_encoder
