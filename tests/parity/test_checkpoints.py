"""The records of released checkpoints: their shapes make models of just the parameters they tell."""

import pytest
import torch
import transformers as t

from vantage.encoders.huggingface_checkpoints import CHECKPOINTS, Checkpoint, find_checkpoint

WIDER = {1152: 4304, 1408: 6144}
"""Feed-forward widths that are not four times the tower's (SoViT-400m, ViT-g)."""
TEXT = {512: (512, 12, 8), 768: (768, 12, 12), 1024: (1024, 24, 16), 1280: (1280, 32, 20)}
"""CLIP's text tower (width, layers, heads) by the width of the shared space."""


def model_of(record: Checkpoint):
    card, hidden = record.card, WIDER.get(record.width, 4 * record.width)
    if card.name == "openclip-bigg14":
        hidden = 8192
    tower = {"hidden_size": record.width, "num_hidden_layers": record.depth, "num_attention_heads": record.heads,
             "patch_size": card.patch, "image_size": record.trained_side}  # fmt: skip
    if card.name.startswith("dinov2"):
        swiglu = {"use_swiglu_ffn": record.width == 1536}
        if "-reg-" in card.name:
            return t.Dinov2WithRegistersModel(t.Dinov2WithRegistersConfig(**tower, **swiglu))
        return t.Dinov2Model(t.Dinov2Config(**tower, **swiglu))
    if card.name.startswith("mae"):
        return t.ViTMAEModel(t.ViTMAEConfig(**tower, intermediate_size=hidden))
    if "clip" in card.name:
        width, layers, heads = TEXT[card.dim]
        words = {"hidden_size": width, "num_hidden_layers": layers, "num_attention_heads": heads,
                 "intermediate_size": 4 * width}  # fmt: skip
        vision = {**tower, "intermediate_size": hidden}
        return t.CLIPModel(t.CLIPConfig(vision_config=vision, text_config=words, projection_dim=card.dim))
    vision = {**tower, "intermediate_size": hidden}
    giant = record.width == 1536
    words = {"hidden_size": 1152 if giant else record.width, "intermediate_size": 4304 if giant else hidden,
             "num_hidden_layers": 27 if giant else record.depth, "num_attention_heads": record.heads,
             "vocab_size": 256_000, "max_position_embeddings": 64, "projection_size": record.width}  # fmt: skip
    if card.name.endswith("naflex"):
        vision["num_patches"] = (vision.pop("image_size") // card.patch) ** 2
        return t.Siglip2Model(t.Siglip2Config(vision_config=vision, text_config=words))
    return t.SiglipModel(t.SiglipConfig(vision_config=vision, text_config=words))


@pytest.mark.parametrize(
    "name",
    [
        "dinov2-small", "dinov2-giant", "dinov2-reg-large", "mae-base", "mae-huge", "clip-base-patch32",
        "clip-large-patch14-336", "openclip-h14", "openclip-g14", "openclip-bigg14", "siglip2-base-patch16-224",
        "siglip2-so400m-patch14-384", "siglip2-giant-opt-patch16-384", "siglip2-so400m-patch16-naflex",
    ],
)  # fmt: skip
def test_parameters_follow_from_the_shape(name):
    record = find_checkpoint(name)
    with torch.device("meta"):
        model = model_of(record)
    assert sum(parameter.numel() for parameter in model.parameters()) == record.card.parameters


def test_records_are_whole():
    assert len({record.card.source for record in CHECKPOINTS}) == len(CHECKPOINTS)
    for record in CHECKPOINTS:
        assert find_checkpoint(record.card.name) is record
        assert find_checkpoint(f"hf:{record.card.source}") is record
        assert record.gated == record.card.name.startswith("dinov3")
        assert all(0 < value < 1 for value in (*record.mean, *record.std))
        assert record.trained_side >= record.card.patch
        assert record.makers_resize
    assert find_checkpoint("nothing") is None
