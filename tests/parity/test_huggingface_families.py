"""Tiny random models of the Hugging Face families against transformers itself, called as its documentation says."""

import pytest
import torch
import transformers

from encoders.tiny_models import save_tiny_model
from vantage.encoders import load_encoder, load_text_encoder
from vantage.encoders.huggingface import load_huggingface
from vantage.encoders.naflex import run_naflex

BAR = 1e-5
"""Relative L2 error in float32."""
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def normalized(images, statistics):
    mean, std = (torch.tensor(values)[:, None, None] for values in statistics)
    return (images - mean) / std


def error(found, expected):
    return float((found - expected).norm() / expected.norm())


@pytest.fixture
def images():
    return torch.rand(2, 3, 24, 32, generator=torch.Generator().manual_seed(3))


@torch.no_grad()
def test_mae_is_a_plain_vit_of_the_same_weights(tmp_path, images):
    """Oracle: transformers' ViT, which knows of no masking; MAE's own forward pass would shuffle and drop patches."""
    encoder = load_huggingface(str(save_tiny_model(tmp_path, "vit_mae")))
    shape = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    config = transformers.ViTConfig(**shape, patch_size=4, image_size=16)
    vit = transformers.ViTModel(config, add_pooling_layer=False).eval()
    vit.load_state_dict(encoder.model.state_dict())
    tokens = vit(normalized(images, IMAGENET), interpolate_pos_encoding=True).last_hidden_state
    features = encoder.encode(images)
    assert error(features.grid.flatten(1, 2), tokens[:, 1:]) < BAR
    assert error(features.summary, tokens[:, 0]) < BAR
    assert torch.equal(encoder.encode(images).grid, features.grid)


@torch.no_grad()
def test_dinov3_convnext(tmp_path, images):
    encoder = load_huggingface(str(save_tiny_model(tmp_path, "dinov3_convnext")))
    model = transformers.DINOv3ConvNextModel.from_pretrained(tmp_path).eval()
    output = model(normalized(images, IMAGENET))
    features = encoder.encode(images)
    assert features.grid.shape == (2, 6, 8, 16)
    assert error(features.grid.flatten(1, 2), output.last_hidden_state[:, 1:]) < BAR
    assert error(features.summary, output.pooler_output) < BAR


def test_the_cell_of_a_convnext_is_what_its_stages_shrink_by(tmp_path):
    config = transformers.DINOv3ConvNextConfig(hidden_sizes=[8, 8, 8, 12], depths=[1, 1, 1, 1])
    transformers.DINOv3ConvNextModel(config).save_pretrained(tmp_path)
    encoder = load_encoder(str(tmp_path))
    assert (encoder.card.patch, encoder.card.dim) == (32, 12)
    assert encoder.encode(torch.rand(1, 3, 64, 96)).grid.shape == (1, 2, 3, 12)


@torch.no_grad()
@pytest.mark.parametrize("family", ["siglip2", "siglip2_vision_model"])
def test_naflex_is_the_model_on_its_own_processors_patches(tmp_path, images, family):
    """Oracle: patches cut by hand as in the processor (row, column, colour), shapes and mask as it returns them."""
    encoder = load_huggingface(str(save_tiny_model(tmp_path, family)), dense="tokens")
    model = transformers.Siglip2VisionModel.from_pretrained(tmp_path).eval()
    pixels = normalized(images, HALF)
    lists = [
        torch.stack([one[:, 4 * r : 4 * r + 4, 4 * c : 4 * c + 4].permute(1, 2, 0).reshape(-1)
                     for r in range(6) for c in range(8)])
        for one in pixels
    ]  # fmt: skip
    output = model(
        pixel_values=torch.stack(lists),
        pixel_attention_mask=torch.ones(2, 48, dtype=torch.int32),
        spatial_shapes=torch.tensor([[6, 8]] * 2),
    )
    features = encoder.encode(images)
    assert error(features.grid.flatten(1, 2), output.last_hidden_state) < BAR
    assert error(features.summary, output.pooler_output) < BAR


@torch.no_grad()
def test_images_of_several_sizes_in_one_naflex_batch_are_as_alone(tmp_path, images):
    encoder = load_huggingface(str(save_tiny_model(tmp_path, "siglip2_vision_model")))
    wide, tall = normalized(images[0], HALF), normalized(torch.rand(3, 32, 12), HALF)
    together = run_naflex(encoder.model, [wide, tall], 4)
    assert together.last_hidden_state.shape[1] == 48
    for row, (image, count) in enumerate([(wide, 48), (tall, 24)]):
        alone = run_naflex(encoder.model, [image], 4)
        assert error(together.last_hidden_state[row, :count], alone.last_hidden_state[0]) < BAR
        assert error(together.pooler_output[row], alone.pooler_output[0]) < BAR
    # What fills up the shorter list is not looked at.
    assert together.last_hidden_state[1, 24:].isfinite().all()


@torch.no_grad()
def test_open_clip_as_converted_for_transformers(tmp_path, images):
    """Plain GELU, and towers of different width: summary, tokens and texts."""
    folder = str(save_tiny_model(tmp_path, "open_clip"))
    model = transformers.CLIPModel.from_pretrained(folder).eval()
    encoder = load_encoder(folder)
    assert encoder.card.dim == 20
    pixels = encoder.preprocessing(images)
    expected = model.get_image_features(pixel_values=pixels, interpolate_pos_encoding=True).pooler_output
    assert error(encoder.encode(images).summary, torch.nn.functional.normalize(expected, dim=-1)) < BAR
    hidden = model.vision_model(pixels, interpolate_pos_encoding=True).last_hidden_state
    tokens = model.vision_model.post_layernorm(hidden)[:, 1:]
    assert error(load_encoder(f"{folder}#tokens").encode(images).grid.flatten(1, 2), tokens) < BAR
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    words = tokenizer(["a red mug"], return_tensors="pt")
    inputs = {name: words[name] for name in ("input_ids", "attention_mask")}
    text = model.get_text_features(**inputs).pooler_output
    found = load_text_encoder(folder).encode_text(["a red mug"])
    assert error(found, torch.nn.functional.normalize(text, dim=-1)) < BAR


@torch.no_grad()
def test_fixed_siglip_tokens(tmp_path, images):
    """SigLIP 2 of fixed resolution has SigLIP's architecture, and its checkpoints say so."""
    encoder = load_huggingface(str(save_tiny_model(tmp_path, "siglip_vision_model")))
    model = transformers.SiglipVisionModel.from_pretrained(tmp_path).eval()
    output = model(normalized(images, HALF), interpolate_pos_encoding=True)
    features = encoder.encode(images)
    assert error(features.grid.flatten(1, 2), output.last_hidden_state) < BAR
    assert error(features.summary, output.pooler_output) < BAR
