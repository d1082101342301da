"""The families of Hugging Face models that vantage knows, by the `model_type` of their config."""

import dataclasses

from vantage.encoders.base import Family
from vantage.encoders.positions import OFFSET, PositionRule
from vantage.encoders.preprocessing import CLIP_MEAN, CLIP_STD, HALF, IMAGENET_MEAN, IMAGENET_STD, Triple


@dataclasses.dataclass(frozen=True, kw_only=True)
class Architecture:
    """What is known about one `model_type` of transformers."""

    model_class: str
    family: Family
    mean: Triple
    std: Triple
    summary: str
    class_token: bool = True
    two_towers: bool = False
    """Whether the config holds a vision and a text tower."""
    padded_texts: bool = False
    """Whether texts are lower-cased and padded to full length, as SigLIP's were (big_vision, `pp_ops_text`)."""
    rules: tuple[PositionRule, ...] = ("hf",)
    """The ways in which its table of positions may be stretched; none where positions are rotary or convolved."""
    offset: float = 0.0
    """What the makers' code adds to the grid's sides before it stretches the table."""


ARCHITECTURES: dict[str, Architecture] = {
    "dinov2": Architecture(
        model_class="Dinov2Model",
        family="visual-semantic",
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        summary="class token after the final norm",
        rules=("hf", "official", "timm"),
        offset=OFFSET,
    ),
    "dinov2_with_registers": Architecture(
        model_class="Dinov2WithRegistersModel",
        family="visual-semantic",
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        summary="class token after the final norm",
        rules=("hf", "official", "timm"),
    ),
    "dinov3_vit": Architecture(
        model_class="DINOv3ViTModel",
        family="visual-semantic",
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        summary="class token after the final norm",
        rules=(),
    ),
    "dinov3_convnext": Architecture(
        model_class="DINOv3ConvNextModel",
        family="visual-semantic",
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        summary="mean over the last map, after the final norm",
        rules=(),
    ),
    "vit_mae": Architecture(
        model_class="ViTMAEModel",
        family="visual-semantic",
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        summary="class token after the final norm",
        rules=("hf", "timm"),
    ),
    "clip": Architecture(
        model_class="CLIPModel",
        family="image-text",
        mean=CLIP_MEAN,
        std=CLIP_STD,
        summary="class token, projected to the text space",
        two_towers=True,
        rules=("hf", "timm"),
    ),
    "clip_vision_model": Architecture(
        model_class="CLIPVisionModel",
        family="visual-semantic",
        mean=CLIP_MEAN,
        std=CLIP_STD,
        summary="class token after the final norm",
        rules=("hf", "timm"),
    ),
    "siglip": Architecture(
        model_class="SiglipModel",
        family="image-text",
        mean=HALF,
        std=HALF,
        summary="attention-pooled head",
        class_token=False,
        two_towers=True,
        padded_texts=True,
        rules=("hf", "timm"),
    ),
    "siglip_vision_model": Architecture(
        model_class="SiglipVisionModel",
        family="visual-semantic",
        mean=HALF,
        std=HALF,
        summary="attention-pooled head",
        class_token=False,
        rules=("hf", "timm"),
    ),
    "siglip2": Architecture(
        model_class="Siglip2Model",
        family="image-text",
        mean=HALF,
        std=HALF,
        summary="attention-pooled head",
        class_token=False,
        two_towers=True,
        padded_texts=True,
    ),
    "siglip2_vision_model": Architecture(
        model_class="Siglip2VisionModel",
        family="visual-semantic",
        mean=HALF,
        std=HALF,
        summary="attention-pooled head",
        class_token=False,
    ),
}
