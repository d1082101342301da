"""The released Hugging Face checkpoints that vantage knows by a short name, one record each.

Parameters are counted on transformers' models on the meta device (both towers for image-text models). How the makers
resize is told for comparison only: vantage keeps the whole frame whatever they do (`preprocessing`).
"""

import dataclasses

from vantage.encoders.base import EncoderCard
from vantage.encoders.preprocessing import CLIP_MEAN, CLIP_STD, HALF, IMAGENET_MEAN, IMAGENET_STD, Triple

_APACHE, _MIT, _DINOV3 = "Apache-2.0", "MIT", "DINOv3 License (gated)"
_MAE = "CC BY-NC 4.0 (the hub's copy: Apache-2.0)"
_CLASS_TOKEN, _POOLED = "class token after the final norm", "attention-pooled head"
_PROJECTED, _MEAN = "class token, projected to the text space", "mean over the last map, after the final norm"
_SHORT_CROP, _SQUARE = "shorter side {}, bicubic, centre {}", "square {}, {}"

Statistics = tuple[Triple, Triple]
_IMAGENET: Statistics = (IMAGENET_MEAN, IMAGENET_STD)
_CLIP: Statistics = (CLIP_MEAN, CLIP_STD)
_HALF: Statistics = (HALF, HALF)
_SATELLITE: Statistics = ((0.430, 0.411, 0.296), (0.213, 0.156, 0.143))
"""facebookresearch/dinov3, README: the SAT-493M models."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What is known about a released checkpoint without fetching it."""

    card: EncoderCard
    width: int
    """Channels of the image tower's tokens; `card.dim` is the text space's where patches live in it."""
    depth: int
    """Blocks of the image tower."""
    heads: int
    """Attention heads; 0 where there is no attention."""
    trained_side: int
    """Side in pixels of the grid that the table of positions was trained on, or of the makers' own evaluation."""
    mean: Triple
    std: Triple
    makers_resize: str
    """What the makers' own processor does to an image."""
    gated: bool = False
    """Whether the hub asks to accept a licence first."""


def _checkpoint(
    name: str,
    hub_id: str,
    *,
    shape: tuple[int, int, int],
    patch: int,
    parameters: int,
    licence: str,
    summary: str,
    statistics: Statistics,
    side: int,
    resize: str,
    text_dim: int | None = None,
) -> Checkpoint:
    width, depth, heads = shape
    card = EncoderCard(
        name=name,
        family="image-text" if text_dim else "visual-semantic",
        dim=text_dim or width,
        patch=patch,
        parameters=parameters,
        licence=licence,
        source=hub_id,
        summary=summary,
        text=text_dim is not None,
    )
    return Checkpoint(
        card=card,
        width=width,
        depth=depth,
        heads=heads,
        trained_side=side,
        mean=statistics[0],
        std=statistics[1],
        makers_resize=resize,
        gated=licence == _DINOV3,
    )


_S, _B, _L, _G = (384, 12, 6), (768, 12, 12), (1024, 24, 16), (1536, 40, 24)
_SO400M, _GOPT = (1152, 27, 16), (1536, 40, 16)


def _dinov2(size: str, shape: tuple[int, int, int], parameters: int, *, registers: bool) -> Checkpoint:
    return _checkpoint(
        f"dinov2-reg-{size}" if registers else f"dinov2-{size}",
        f"facebook/dinov2-with-registers-{size}" if registers else f"facebook/dinov2-{size}",
        shape=shape,
        patch=14,
        parameters=parameters,
        licence=_APACHE,
        summary=_CLASS_TOKEN,
        statistics=_IMAGENET,
        side=518,
        resize=_SHORT_CROP.format(256, 224),
    )


def _dinov3(size: str, shape: tuple[int, int, int], parameters: int, *, data: str = "lvd1689m") -> Checkpoint:
    convnext, satellite = size.startswith("convnext"), data == "sat493m"
    return _checkpoint(
        f"dinov3-{size}-sat" if satellite else f"dinov3-{size}",
        f"facebook/dinov3-{size}-pretrain-{data}",
        shape=shape,
        patch=32 if convnext else 16,
        parameters=parameters,
        licence=_DINOV3,
        summary=_MEAN if convnext else _CLASS_TOKEN,
        statistics=_SATELLITE if satellite else _IMAGENET,
        side=224,
        resize=_SQUARE.format(224, "bilinear"),
    )


def _mae(size: str, shape: tuple[int, int, int], patch: int, parameters: int) -> Checkpoint:
    return _checkpoint(
        f"mae-{size}",
        f"facebook/vit-mae-{size}",
        shape=shape,
        patch=patch,
        parameters=parameters,
        licence=_MAE,
        summary=_CLASS_TOKEN,
        statistics=_IMAGENET,
        side=224,
        resize=_SHORT_CROP.format(256, 224),
    )


def _clip(
    name: str,
    hub_id: str,
    shape: tuple[int, int, int],
    text_dim: int,
    patch: int,
    parameters: int,
    *,
    side: int = 224,
    statistics: Statistics = _CLIP,
) -> Checkpoint:
    return _checkpoint(
        name,
        hub_id,
        shape=shape,
        patch=patch,
        parameters=parameters,
        licence=_MIT,
        summary=_PROJECTED,
        statistics=statistics,
        side=side,
        resize=_SHORT_CROP.format(side, side),
        text_dim=text_dim,
    )


def _siglip2(size: str, shape: tuple[int, int, int], patch: int, side: int, parameters: int) -> Checkpoint:
    naflex = size.endswith("naflex")
    return _checkpoint(
        f"siglip2-{size}",
        f"google/siglip2-{size}",
        shape=shape,
        patch=patch,
        parameters=parameters,
        licence=_APACHE,
        summary=_POOLED,
        statistics=_HALF,
        side=side,
        resize="aspect kept, at most 256 patches, bilinear" if naflex else _SQUARE.format(side, "bicubic"),
        text_dim=shape[0],
    )


CHECKPOINTS: tuple[Checkpoint, ...] = (
    _dinov2("small", _S, 22_056_576, registers=False),
    _dinov2("base", _B, 86_580_480, registers=False),
    _dinov2("large", _L, 304_368_640, registers=False),
    _dinov2("giant", _G, 1_136_480_768, registers=False),
    _dinov2("small", _S, 22_058_112, registers=True),
    _dinov2("base", _B, 86_583_552, registers=True),
    _dinov2("large", _L, 304_372_736, registers=True),
    _dinov2("giant", _G, 1_136_486_912, registers=True),
    _dinov3("vits16", _S, 21_596_544),
    _dinov3("vits16plus", _S, 28_692_864),
    _dinov3("vitb16", _B, 85_660_416),
    _dinov3("vitl16", _L, 303_129_600),
    _dinov3("vith16plus", (1280, 32, 20), 840_592_640),
    _dinov3("vit7b16", (4096, 40, 32), 6_716_362_752),
    _dinov3("vitl16", _L, 303_129_600, data="sat493m"),
    _dinov3("vit7b16", (4096, 40, 32), 6_716_362_752, data="sat493m"),
    _dinov3("convnext-tiny", (768, 18, 0), 27_820_128),
    _dinov3("convnext-small", (768, 36, 0), 49_454_688),
    _dinov3("convnext-base", (1024, 36, 0), 87_566_464),
    _dinov3("convnext-large", (1536, 36, 0), 196_230_336),
    _mae("base", _B, 16, 85_798_656),
    _mae("large", _L, 16, 303_301_632),
    _mae("huge", (1280, 32, 16), 14, 630_764_800),
    _clip("clip-base-patch32", "openai/clip-vit-base-patch32", _B, 512, 32, 151_277_313),
    _clip("clip-base-patch16", "openai/clip-vit-base-patch16", _B, 512, 16, 149_620_737),
    _clip("clip-large-patch14", "openai/clip-vit-large-patch14", _L, 768, 14, 427_616_513),
    _clip("clip-large-patch14-336", "openai/clip-vit-large-patch14-336", _L, 768, 14, 427_944_193, side=336),
    _clip("openclip-b32", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", _B, 512, 32, 151_277_313),
    _clip("openclip-b16", "laion/CLIP-ViT-B-16-laion2B-s34B-b88K", _B, 512, 16, 149_620_737),
    _clip("openclip-l14", "laion/CLIP-ViT-L-14-laion2B-s32B-b82K", _L, 768, 14, 427_616_513, statistics=_HALF),
    _clip("openclip-h14", "laion/CLIP-ViT-H-14-laion2B-s32B-b79K", (1280, 32, 16), 1024, 14, 986_109_441),
    _clip("openclip-g14", "laion/CLIP-ViT-g-14-laion2B-s34B-b88K", (1408, 40, 16), 1024, 14, 1_366_678_273),
    _clip("openclip-bigg14", "laion/CLIP-ViT-bigG-14-laion2B-39B-b160k", (1664, 48, 16), 1280, 14, 2_539_567_105),
    _siglip2("base-patch32-256", _B, 32, 256, 376_856_066),
    _siglip2("base-patch16-224", _B, 16, 224, 375_187_970),
    _siglip2("base-patch16-256", _B, 16, 256, 375_234_050),
    _siglip2("base-patch16-384", _B, 16, 384, 375_479_810),
    _siglip2("base-patch16-512", _B, 16, 512, 375_823_874),
    _siglip2("large-patch16-256", _L, 16, 256, 881_526_786),
    _siglip2("large-patch16-384", _L, 16, 384, 881_854_466),
    _siglip2("large-patch16-512", _L, 16, 512, 882_313_218),
    _siglip2("so400m-patch14-224", _SO400M, 14, 224, 1_135_463_602),
    _siglip2("so400m-patch14-384", _SO400M, 14, 384, 1_136_008_498),
    _siglip2("so400m-patch16-256", _SO400M, 16, 256, 1_135_670_962),
    _siglip2("so400m-patch16-384", _SO400M, 16, 384, 1_136_039_602),
    _siglip2("so400m-patch16-512", _SO400M, 16, 512, 1_136_555_698),
    _siglip2("giant-opt-patch16-256", _GOPT, 16, 256, 1_871_393_906),
    _siglip2("giant-opt-patch16-384", _GOPT, 16, 384, 1_871_885_426),
    _siglip2("base-patch16-naflex", _B, 16, 256, 375_234_050),
    _siglip2("so400m-patch16-naflex", _SO400M, 16, 256, 1_135_670_962),
)


def find_checkpoint(name: str) -> Checkpoint | None:
    """Return the record of a checkpoint by its short name or its hub id (`hf:` in front or not), or None."""
    plain = name.removeprefix("hf:")
    return next((one for one in CHECKPOINTS if plain in (one.card.name, one.card.source)), None)
