"""Tiny random models of every Hugging Face family, saved to disk as their users would find them."""

import json
from pathlib import Path

import torch

WIDTH = 16
FAMILIES = (
    "dinov2",
    "dinov2_with_registers",
    "dinov3_vit",
    "clip",
    "clip_vision_model",
    "siglip",
    "siglip_vision_model",
    "siglip2",
    "siglip2_vision_model",
    "vit_mae",
    "dinov3_convnext",
)
TEXT_FAMILIES = ("clip", "siglip", "siglip2")
WORDS = [
    "<pad>",
    "<unk>",
    "<start>",
    "<end>",
    "a",
    "red",
    "blue",
    "mug",
    "book",
    "photo",
    "of",
    "object",
    "things",
    "stuff",
    "texture",
]


def save_tiny_model(folder: Path, family: str, *, patch: int = 4, image_size: int = 16) -> Path:
    """Save a random model of a family with config, weights and, for two towers, a word-level tokenizer."""
    import transformers as t

    shape = {"hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2}
    vision = {**shape, "patch_size": patch, "image_size": image_size}
    mlp = {"intermediate_size": 2 * WIDTH}
    text = {**shape, **mlp, "vocab_size": len(WORDS), "max_position_embeddings": 12, "pad_token_id": 0}
    text |= {"bos_token_id": 2, "eos_token_id": 3}
    with torch.random.fork_rng():
        torch.manual_seed(7)
        if family == "dinov2":
            model = t.Dinov2Model(t.Dinov2Config(**vision))
        elif family == "dinov2_with_registers":
            model = t.Dinov2WithRegistersModel(t.Dinov2WithRegistersConfig(**vision, num_register_tokens=2))
        elif family == "dinov3_vit":
            model = t.DINOv3ViTModel(t.DINOv3ViTConfig(**vision, **mlp, num_register_tokens=2))
        elif family == "clip":
            config = t.CLIPConfig(text_config=text, vision_config={**vision, **mlp}, projection_dim=12)
            model = t.CLIPModel(config)
        elif family == "clip_vision_model":
            model = t.CLIPVisionModel(t.CLIPVisionConfig(**vision, **mlp))
        elif family == "siglip":
            config = t.SiglipConfig(text_config={**text, "projection_size": WIDTH}, vision_config={**vision, **mlp})
            model = t.SiglipModel(config)
        elif family == "siglip2":
            vision = {**shape, **mlp, "patch_size": patch, "num_patches": (image_size // patch) ** 2}
            text = {**text, "projection_size": WIDTH}
            model = t.Siglip2Model(t.Siglip2Config(text_config=text, vision_config=vision))
        elif family == "siglip2_vision_model":
            vision = {**shape, **mlp, "patch_size": patch, "num_patches": (image_size // patch) ** 2}
            model = t.Siglip2VisionModel(t.Siglip2VisionConfig(**vision))
        elif family == "vit_mae":
            model = t.ViTMAEModel(t.ViTMAEConfig(**vision, **mlp))
        elif family == "dinov3_convnext":
            # One stage, whose stem divides by 4, so that the tests of all families share their grids.
            model = t.DINOv3ConvNextModel(t.DINOv3ConvNextConfig(hidden_sizes=[WIDTH], depths=[2]))
        elif family == "open_clip":
            # As LAION's converted models: plain GELU, towers of different widths and heads.
            tower = {**vision, **mlp, "hidden_size": 24, "num_attention_heads": 3, "hidden_act": "gelu"}
            words = {**text, "hidden_act": "gelu"}
            model = t.CLIPModel(t.CLIPConfig(text_config=words, vision_config=tower, projection_dim=20))
        else:
            model = t.SiglipVisionModel(t.SiglipVisionConfig(**vision, **mlp))
        for parameter in model.parameters():
            # Fresh models are nearly linear and have zero biases; spread them so that every part matters.
            parameter.data.add_(0.2 * torch.randn_like(parameter))
    model.save_pretrained(folder)
    if family in (*TEXT_FAMILIES, "open_clip"):
        _save_tokenizer(folder)
    return folder


def _save_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="<start> $A <end>", special_tokens=[("<start>", 2), ("<end>", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "bos_token": "<start>",
        "eos_token": "<end>",
        "model_max_length": 12,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
