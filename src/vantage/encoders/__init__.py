"""Images and text to features."""

from vantage.encoders.base import Encoder as Encoder
from vantage.encoders.base import EncoderCard as EncoderCard
from vantage.encoders.base import Family as Family
from vantage.encoders.base import Features as Features
from vantage.encoders.base import TextEncoder as TextEncoder
