"""VGGT, a model that grounds images in geometry: from any number of views to depth, points and cameras."""

from vantage.encoders.vggt.cameras import Cameras as Cameras
from vantage.encoders.vggt.cameras import decode_poses as decode_poses
from vantage.encoders.vggt.cameras import encode_poses as encode_poses
from vantage.encoders.vggt.cameras import unproject as unproject
from vantage.encoders.vggt.encoder import VGGT_CARD as VGGT_CARD
from vantage.encoders.vggt.encoder import VggtEncoder as VggtEncoder
from vantage.encoders.vggt.encoder import load_vggt_encoder as load_vggt_encoder
from vantage.encoders.vggt.loading import is_vggt as is_vggt
from vantage.encoders.vggt.loading import load_vggt as load_vggt
from vantage.encoders.vggt.model import Vggt as Vggt
from vantage.encoders.vggt.model import VggtPrediction as VggtPrediction
from vantage.encoders.vggt.model import VggtSettings as VggtSettings
