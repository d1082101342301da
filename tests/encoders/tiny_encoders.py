"""One tiny random encoder of every family, for the tests that all of them have to pass."""

import tempfile
from pathlib import Path

import torch

from encoders.tiny_models import save_tiny_model
from vantage.encoders.croco_heads import DptSettings
from vantage.encoders.dust3r import Dust3r, TwoViewSettings
from vantage.encoders.fit3d import FIT3D_RELEASES, Fit3dEncoder
from vantage.encoders.huggingface import load_huggingface
from vantage.encoders.mast3r import Mast3r
from vantage.encoders.must3r import Must3r, Must3rSettings
from vantage.encoders.preprocessing import IMAGENET_MEAN, IMAGENET_STD, Preprocessing
from vantage.encoders.room_clip import RoomClip, RoomClipEncoder, RoomClipSettings
from vantage.encoders.stereo import StereoEncoder
from vantage.encoders.stereo_releases import STEREO_RELEASES
from vantage.encoders.text import TextSettings, Vocabulary
from vantage.encoders.timm_vit import TimmVit, TimmVitSettings
from vantage.encoders.tower import TowerEncoder
from vantage.encoders.vggt import Vggt, VggtEncoder, VggtSettings
from vantage.encoders.vit import VitSettings

HUGGING_FACE = (
    "dinov2",
    "dinov2_with_registers",
    "dinov3_vit",
    "clip_vision_model",
    "siglip_vision_model",
    "siglip2_vision_model",
    "vit_mae",
)
TEXT_GRIDS = ("clip", "siglip", "siglip2", "room-clip")
"""Their grids live in the space of texts, behind the last layer."""
STEREO = ("dust3r", "mast3r", "must3r")
TRANSFORMERS = (*HUGGING_FACE, *TEXT_GRIDS, "fit3d", "vggt", *STEREO)
"""All of two blocks (pairs of blocks for VGGT) and two heads."""
PREFIX = {"dinov2": 1, "clip": 1, "clip_vision_model": 1, "vit_mae": 1, "vggt": 5}
PREFIX |= {"dinov2_with_registers": 3, "dinov3_vit": 3, "room-clip": 3, "fit3d": 3}
"""Class or camera token and registers; none where a family is not named."""

VGGT_SETTINGS = VggtSettings(
    image_size=56, width=32, depth=2, heads=2, embed_depth=1, embed_heads=2, with_heads=()
)  # fmt: skip
FIT3D = TimmVitSettings(
    width=128, depth=2, patch=4, hidden=64, registers=2, positions=16, class_position=False, layer_scale=True,
    pre_norm=False,
)  # fmt: skip
STEREO_SHAPE = {"width": 16, "depth": 2, "heads": 2, "decoder_width": 16, "decoder_depth": 4, "decoder_heads": 4}
ROOM_CLIP = RoomClipSettings(
    dim=12,
    vit=VitSettings(width=32, depth=2, heads=2, patch=4, registers=2),
    text=TextSettings(width=16, depth=2, heads=2, max_words=8),
)


def tiny_encoder(family: str, *, seed: int = 0, **options: str) -> TowerEncoder:
    """Return a random encoder; `options` are those of `load_huggingface`."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        if family == "room-clip":
            return RoomClipEncoder(_spread(RoomClip(Vocabulary.of_texts(["a red mug"]), ROOM_CLIP)), source="a test")
        if family == "vggt":
            return VggtEncoder(_spread(Vggt(VGGT_SETTINGS)), name="vggt")
        if family == "fit3d":
            preprocessing = Preprocessing(patch=4, mean=IMAGENET_MEAN, std=IMAGENET_STD, positions="timm")
            card = FIT3D_RELEASES[0].card
            return Fit3dEncoder(_spread(TimmVit(FIT3D)), card=card, preprocessing=preprocessing)
        if family in STEREO:
            return StereoEncoder(_spread(_stereo(family)), card=STEREO_RELEASES[0].card, long_side=64)
    with tempfile.TemporaryDirectory() as folder:
        # Their weights have a seed of their own.
        encoder = load_huggingface(str(save_tiny_model(Path(folder), family)), card_name=family, **options)
    if seed:
        _spread(encoder.model, generator=torch.Generator().manual_seed(seed))
    return encoder


def _stereo(family: str) -> torch.nn.Module:
    if family == "must3r":
        return Must3r(Must3rSettings(**STEREO_SHAPE))
    if family == "dust3r":
        return Dust3r(TwoViewSettings(**STEREO_SHAPE))
    head = DptSettings(layers=(4, 4, 8, 8), width=8, last=4)
    return Mast3r(TwoViewSettings(**STEREO_SHAPE, dpt=head, descriptor=3))


def _spread(model: torch.nn.Module, *, generator: torch.Generator | None = None) -> torch.nn.Module:
    """Fresh models are nearly linear, and their attention hardly matters; spread them so that every part does."""
    for parameter in model.parameters():
        parameter.data.add_(0.1 * torch.randn(parameter.shape, generator=generator))
    return model
