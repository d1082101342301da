"""From a weight file to the DUSt3R, MASt3R or MUSt3R it holds.

Which model it is and of which shape is read off the tensors; only what they cannot tell, such as the number of heads,
comes from the arguments in the file.
"""

import math
import re
from collections.abc import Collection

import torch

from vantage.encoders.croco_heads import DptSettings
from vantage.encoders.dust3r import Dust3r, TwoViewSettings
from vantage.encoders.mast3r import Mast3r
from vantage.encoders.must3r import Must3r, Must3rSettings
from vantage.encoders.naver_weights import NaverWeights
from vantage.errors import DataError

Model = Dust3r | Mast3r | Must3r

TRAINED_SIDE = 512
"""Longer side in pixels of the images that the released models were trained on, but for the one of 224."""

LARGEST_SIDE = 4096
"""Beyond it a checkpoint's argument is no training size: attention over so many patches fits no memory."""

SIGNATURES = ("enc_blocks.0.attn.qkv.weight", "encoder.blocks_enc.0.attn.qkv.weight")
"""One of these is in every weight file of the family."""

RELEASED_MODES = {
    "pos_embed": "RoPE100",
    "depth_mode": ("exp", -math.inf, math.inf),
    "conf_mode": ("exp", 1, math.inf),
    "desc_conf_mode": ("exp", 0, math.inf),
    "two_confs": True,
}
"""Arguments of all released models; others would mean other computations on the same tensors."""


def trained_side(weights: NaverWeights) -> int:
    """Return the longer side of the training images as the checkpoint's arguments say, else that of most releases."""
    sizes = [arguments.get("img_size") for arguments in weights.arguments.values()]
    sides = [side for size in sizes if isinstance(size, list | tuple) for side in size]
    usable = [side for side in sides if isinstance(side, int) and 0 < side <= LARGEST_SIDE]
    return max(usable, default=TRAINED_SIDE)


def build_model(weights: NaverWeights) -> Model:
    """Build the model that a weight file holds; which one and of which shape is read off its tensors.

    Raises:
        DataError: the tensors are of another architecture.
    """
    try:
        # Built without memory, then given the file's own tensors.
        with torch.device("meta"):
            model = _empty_model(weights)
        model.load_state_dict(weights.tensors, strict=True, assign=True)
    except RuntimeError as error:
        detail = " ".join(str(error).split())[:300]
        raise DataError(f"{weights.path}: not what its first tensors promise ({detail}); download it again") from error
    return model.requires_grad_(False).eval()


def _empty_model(weights: NaverWeights) -> Model:
    if SIGNATURES[1] in weights.tensors:
        return Must3r(must3r_settings(weights))
    settings = two_view_settings(weights)
    # Stored by the makers though nothing uses it; a file that was written without it is as good.
    weights.tensors.setdefault("mask_token", torch.zeros(1, 1, settings.decoder_width, device="cpu"))
    return Dust3r(settings) if settings.descriptor is None else Mast3r(settings)


def two_view_settings(weights: NaverWeights) -> TwoViewSettings:
    """Read the shape of a DUSt3R or MASt3R off its tensors; only the numbers of heads come from its arguments.

    Raises:
        DataError: the weights are of another architecture, or of modes vantage does not compute.
    """
    width, _, patch, _ = _shape_of(weights, "patch_embed.proj.weight", 4)
    narrow, _ = _shape_of(weights, "decoder_embed.weight", 2)
    for key, expected in RELEASED_MODES.items():
        _expect_argument(weights, "model", key, expected)
    dpt, head = None, "downstream_head1.dpt."
    if any(name.startswith(head) for name in weights.tensors):
        layers = [_shape_of(weights, f"{head}act_postprocess.{number}.0.weight", 4)[0] for number in range(4)]
        fused, last = (_shape_of(weights, f"{head}head.{number}.weight", 4) for number in (0, 2))
        dpt = DptSettings(layers=(layers[0], layers[1], layers[2], layers[3]), width=fused[1], last=last[0])
    descriptor = None
    if "downstream_head1.head_local_features.fc2.weight" in weights.tensors:
        channels, _ = _shape_of(weights, "downstream_head1.head_local_features.fc2.weight", 2)
        # The channel behind the descriptor is its confidence.
        descriptor = channels // patch**2 - 1
    return TwoViewSettings(
        width=width,
        depth=_count_blocks(weights.tensors, "enc_blocks."),
        heads=_heads_of(weights, "model", "enc_num_heads", width),
        decoder_width=narrow,
        decoder_depth=_count_blocks(weights.tensors, "dec_blocks."),
        decoder_heads=_heads_of(weights, "model", "dec_num_heads", narrow),
        patch=patch,
        dpt=dpt,
        descriptor=descriptor,
    )


def must3r_settings(weights: NaverWeights) -> Must3rSettings:
    """Read the shape off the tensors; only the numbers of heads come from the checkpoint's arguments.

    Raises:
        DataError: the weights are of another architecture.
    """
    width, _, patch, _ = _shape_of(weights, "encoder.patch_embed.proj.weight", 4)
    narrow, _ = _shape_of(weights, "decoder.feat_embed_enc_to_dec.weight", 2)
    for part in ("encoder", "decoder"):
        _expect_argument(weights, part, "pos_embed", "RoPE100")
    return Must3rSettings(
        width=width,
        depth=_count_blocks(weights.tensors, "encoder.blocks_enc."),
        heads=_heads_of(weights, "encoder", "num_heads", width),
        decoder_width=narrow,
        decoder_depth=_count_blocks(weights.tensors, "decoder.blocks_dec."),
        decoder_heads=_heads_of(weights, "decoder", "num_heads", narrow),
        patch=patch,
        feedback="decoder.feedback_norm.weight" in weights.tensors,
    )


def _count_blocks(tensors: Collection[str], prefix: str) -> int:
    """Return how many different blocks `prefix`0, `prefix`1, ... the names speak of."""
    pattern = re.compile(re.escape(prefix) + r"(\d+)\.")
    # Not the largest number: a damaged name must not make a million blocks. A gap is found when the tensors are loaded.
    return len({found[1] for name in tensors if (found := pattern.match(name))})


def _shape_of(weights: NaverWeights, name: str, dimensions: int) -> tuple[int, ...]:
    """Return a tensor's shape.

    Raises:
        DataError: it is not there, is empty, or has another number of dimensions.
    """
    tensor = weights.tensors.get(name)
    if tensor is None or tensor.dim() != dimensions or not tensor.numel():
        found = "missing" if tensor is None else f"of shape {tuple(tensor.shape)}"
        raise DataError(f"{weights.path}: tensor {name!r} is {found}; not weights of DUSt3R, MASt3R or MUSt3R")
    return tuple(tensor.shape)


def _heads_of(weights: NaverWeights, part: str, key: str, width: int) -> int:
    """Return the number of heads: as the arguments say, else 64 channels each as in all released models (ViT).

    Raises:
        DataError: the arguments name no positive number.
    """
    heads = weights.arguments.get(part, {}).get(key, max(1, width // 64))
    if isinstance(heads, bool) or not isinstance(heads, int) or heads < 1:
        raise DataError(f"{weights.path}: {key} is {heads!r}; expected a positive whole number")
    return heads


def _expect_argument(weights: NaverWeights, part: str, key: str, expected: object) -> None:
    """Refuse a checkpoint whose arguments say something vantage does not compute.

    Raises:
        DataError: the argument is there and differs.
    """
    found = weights.arguments.get(part, {}).get(key, expected)
    found = tuple(found) if isinstance(found, list) else found
    if found != expected:
        raise DataError(f"{weights.path}: {key} is {found!r}; vantage knows the released models' {expected!r} only")
