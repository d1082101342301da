import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from encoders.tiny_models import FAMILIES, TEXT_FAMILIES, save_tiny_model
from vantage.encoders import Encoder, TextEncoder, load_encoder, load_text_encoder
from vantage.encoders import hub as hub_module
from vantage.encoders.huggingface import load_huggingface
from vantage.encoders.naflex import collate
from vantage.errors import DataError, MissingError, UsageError

REGISTERS = {"dinov2_with_registers": 2, "dinov3_vit": 2}


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("models")
    return {family: save_tiny_model(root / family, family) for family in FAMILIES}


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(2, 3, 24, 32, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("family", FAMILIES)
def test_loads_from_a_folder_and_keeps_the_contract(folders, images, family):
    encoder = load_encoder(str(folders[family]))
    assert isinstance(encoder, Encoder)
    features = encoder.encode(images)
    assert features.grid.shape == (2, 6, 8, encoder.card.dim)
    assert features.stride == (4.0, 4.0)
    assert features.image_size == (32, 24)
    assert bool(torch.isfinite(features.grid).all())
    assert encoder.card.patch == 4
    assert encoder.card.text == (family in TEXT_FAMILIES)
    again = load_encoder(str(folders[family]))
    assert again.fingerprint == encoder.fingerprint
    assert torch.equal(again.encode(images).grid, features.grid)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_batch_equals_its_images_one_by_one(folders, images, family):
    encoder = load_encoder(str(folders[family]))
    together = encoder.encode(images)
    alone = torch.cat([encoder.encode(image[None]).grid for image in images])
    torch.testing.assert_close(together.grid, alone, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("family", ["dinov2", "dinov2_with_registers", "dinov3_vit"])
def test_tokens_are_those_of_transformers(folders, images, family):
    """Oracle: the model called directly on normalised pixels."""
    import transformers

    encoder = load_huggingface(str(folders[family]))
    model = getattr(transformers, encoder.architecture.model_class).from_pretrained(folders[family]).eval()
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    pixels = (images - mean[:, None, None]) / std[:, None, None]
    with torch.no_grad():
        tokens = model(pixel_values=pixels).last_hidden_state
    features = encoder.encode(images)
    first = 1 + REGISTERS.get(family, 0)
    torch.testing.assert_close(features.grid.flatten(1, 2), tokens[:, first:], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(features.summary, tokens[:, 0], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("family", TEXT_FAMILIES)
def test_summary_is_the_image_feature_of_transformers(folders, images, family):
    encoder = load_huggingface(str(folders[family]))
    pixels = encoder.preprocessing(images)
    inputs = {"pixel_values": pixels, "interpolate_pos_encoding": True}
    if family == "siglip2":
        inputs = dict(zip(("pixel_values", "pixel_attention_mask", "spatial_shapes"), collate(list(pixels), 4)))
    with torch.no_grad():
        expected = encoder.model.get_image_features(**inputs).pooler_output
    expected = torch.nn.functional.normalize(expected, dim=-1)
    torch.testing.assert_close(encoder.encode(images).summary, expected, atol=1e-5, rtol=1e-5)


def test_clip_patches_are_the_value_path_of_the_last_block(folders, images):
    """Oracle: what the last block's value projection was seen to return, sent through the remaining layers by hand."""
    encoder = load_huggingface(str(folders["clip"]))
    attention = encoder.model.vision_model.encoder.layers[-1].self_attn
    seen = []
    handle = attention.v_proj.register_forward_hook(lambda module, inputs, output: seen.append(output))
    grid = encoder.encode(images).grid
    handle.remove()
    with torch.no_grad():
        values = attention.out_proj(seen[0])
        projected = encoder.model.visual_projection(encoder.model.vision_model.post_layernorm(values))
    expected = torch.nn.functional.normalize(projected, dim=-1)[:, 1:]
    torch.testing.assert_close(grid.flatten(1, 2), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("family", ["siglip", "siglip2"])
def test_siglip_patch_of_a_one_patch_image_is_its_pooled_vector(folders, family):
    """Attention over one token can only attend to it, so patch and summary have to be equal."""
    encoder = load_huggingface(str(folders[family]))
    features = encoder.encode(torch.rand(3, 3, 4, 4, generator=torch.Generator().manual_seed(1)))
    assert features.grid.shape[1:3] == (1, 1)
    torch.testing.assert_close(features.grid[:, 0, 0], features.summary, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("family", TEXT_FAMILIES)
def test_texts_are_those_of_transformers_and_of_the_grids_width(folders, images, family):
    from transformers import AutoTokenizer

    encoder = load_text_encoder(str(folders[family]))
    assert isinstance(encoder, TextEncoder)
    texts = ["a red mug", "a photo of a blue book"]
    vectors = encoder.encode_text(texts)
    assert vectors.shape == (2, load_encoder(str(folders[family])).encode(images).grid.shape[-1])
    torch.testing.assert_close(vectors.norm(dim=-1), torch.ones(2))
    tokenizer = AutoTokenizer.from_pretrained(folders[family])
    padding = "max_length" if family != "clip" else True
    words = tokenizer(texts, padding=padding, truncation=True, max_length=12, return_tensors="pt")
    inputs = {"input_ids": words["input_ids"]}
    if family == "clip":
        inputs["attention_mask"] = words["attention_mask"]
    with torch.no_grad():
        expected = encoder.model.get_text_features(**inputs).pooler_output
    torch.testing.assert_close(vectors, torch.nn.functional.normalize(expected, dim=-1), atol=1e-5, rtol=1e-5)
    # Long texts are cut, not refused; the batch they come in does not change a text.
    encoder.encode_text(["a red mug " * 50])
    torch.testing.assert_close(encoder.encode_text(["a red mug"])[0], vectors[0], atol=1e-5, rtol=1e-5)
    with pytest.raises(UsageError, match="empty"):
        encoder.encode_text(["  "])


@pytest.mark.parametrize("family", FAMILIES)
def test_every_column_of_the_image_reaches_its_own_cell(folders, family):
    """Nothing is cropped: what changes in a column of the image is seen by the model at that column's place."""
    encoder = load_huggingface(str(folders[family]))
    width, height = 50, 30
    base = torch.full((1, 3, height, width), 0.5)
    target_width, target_height = encoder.preprocessing.target_size(width, height)
    assert (target_width, target_height) == (48, 32)
    plain = encoder.preprocessing(base)
    for column in range(width):
        marked = base.clone()
        marked[..., column] = 1.0
        change = (encoder.preprocessing(marked) - plain).abs().sum(dim=(0, 1, 2))
        centre = float((change * (torch.arange(target_width) + 0.5)).sum() / change.sum())
        expected = (column + 0.5) * target_width / width
        assert abs(centre - expected) < 1.0, f"column {column} is seen at {centre}, expected {expected}"
    features = encoder.encode(base)
    assert features.stride == (50 / 12, 30 / 8)


@pytest.mark.parametrize("family", FAMILIES)
def test_whole_frame_decides_the_features(folders, family):
    """The same through the network: marking the first or the last columns changes the features."""
    encoder = load_huggingface(str(folders[family]))
    base = torch.rand(1, 3, 30, 50, generator=torch.Generator().manual_seed(2))
    plain = encoder.encode(base).grid
    for columns in (slice(0, 4), slice(46, 50)):
        marked = base.clone()
        marked[..., columns] = 1.0 - marked[..., columns]
        change = (encoder.encode(marked).grid - plain).abs().mean(dim=(0, 1, 3))
        assert float(change.max()) > 1e-4


def test_suffixes_choose_resolution_and_dense_features(folders, images):
    path = str(folders["clip"])
    larger = load_encoder(f"{path}@48")
    assert larger.encode(images).grid.shape[1:3] == (12, 16)
    assert larger.encode(images).stride == (2.0, 2.0)
    tokens = load_encoder(f"{path}#tokens")
    assert tokens.encode(images).grid.shape[-1] == 16
    assert not tokens.card.text
    fingerprints = {load_encoder(name).fingerprint for name in (path, f"{path}@48", f"{path}#tokens")}
    assert len(fingerprints) == 3
    with pytest.raises(UsageError, match="no text tower"):
        load_text_encoder(f"{path}#tokens")


def test_mean_and_deviation_come_from_the_folder(folders, tmp_path):
    folder = shutil.copytree(folders["dinov2"], tmp_path / "m")
    (folder / "preprocessor_config.json").write_text(
        json.dumps({"image_mean": [0.1, 0.2, 0.3], "image_std": [1, 1, 2]})
    )
    assert load_huggingface(str(folder)).preprocessing.mean == (0.1, 0.2, 0.3)
    (folder / "preprocessor_config.json").write_text(json.dumps({"image_std": [1, 0, 2]}))
    with pytest.raises(DataError, match="image_std"):
        load_huggingface(str(folder))


@pytest.mark.parametrize("family", FAMILIES)
def test_an_image_smaller_than_a_patch_is_refused(folders, family):
    with pytest.raises(DataError, match="smaller than one patch"):
        load_encoder(str(folders[family])).encode(torch.rand(1, 3, 3, 20))


def test_nan_weights_are_refused(folders, tmp_path):
    folder = shutil.copytree(folders["dinov2"], tmp_path / "m")
    tensors = load_file(folder / "model.safetensors")
    name = next(name for name in tensors if name.endswith("mlp.fc1.weight"))
    tensors[name][0, 0] = float("nan")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(DataError, match="NaN"):
        load_encoder(str(folder))


@pytest.mark.parametrize("keep", [0, 7, 100, 0.5, 0.99])
def test_truncated_weights_are_refused(folders, tmp_path, keep):
    folder = shutil.copytree(folders["dinov2"], tmp_path / "m")
    file = folder / "model.safetensors"
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * keep) if isinstance(keep, float) else keep])
    with pytest.raises(DataError):
        load_encoder(str(folder))


def test_missing_and_mismatched_tensors_are_named(folders, tmp_path):
    folder = shutil.copytree(folders["dinov2"], tmp_path / "m")
    tensors = load_file(folder / "model.safetensors")
    name = next(name for name in tensors if name.endswith("mlp.fc1.weight"))
    save_file({k: v for k, v in tensors.items() if k != name}, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(DataError, match="1 missing"):
        load_encoder(str(folder))
    tensors[name] = tensors[name][:, :-1].contiguous()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(DataError):
        load_encoder(str(folder))


def test_wrong_architecture_is_refused(folders, tmp_path):
    folder = shutil.copytree(folders["dinov2"], tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "bert"}))
    with pytest.raises(DataError, match="model_type 'bert'"):
        load_encoder(str(folder))
    # Weights of another family under this config.
    (folder / "config.json").write_text(json.dumps(config))
    shutil.copy(folders["siglip_vision_model"] / "model.safetensors", folder / "model.safetensors")
    with pytest.raises(DataError, match="missing"):
        load_encoder(str(folder))


def test_pickles_are_refused(folders, tmp_path):
    folder = shutil.copytree(folders["dinov2"], tmp_path / "m")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(DataError, match="pickle"):
        load_encoder(str(folder))
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(MissingError, match="safetensors"):
        load_encoder(str(folder))
    (folder / "config.json").unlink()
    with pytest.raises(DataError, match=r"config\.json"):
        load_encoder(str(folder))


def test_without_the_hub_the_message_says_what_to_download(monkeypatch, tmp_path):
    monkeypatch.setattr(hub_module, "cached_folder", lambda name: None)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(MissingError, match=r"hf download facebook/dinov2-small --local-dir"):
        load_encoder("dinov2-small")
    monkeypatch.delenv("HF_HUB_OFFLINE")

    def refuse(*args, **keywords):
        raise OSError("no route to host")

    import huggingface_hub

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)
    with pytest.raises(MissingError, match=r"out of reach .*hf download google/siglip2-base-patch16-224"):
        load_encoder("siglip2-base-patch16-224")


def test_a_model_in_the_hub_cache_is_found_without_the_network(folders, monkeypatch, tmp_path):
    import huggingface_hub.constants as constants

    snapshot = tmp_path / "models--facebook--dinov2-small" / "snapshots" / "abc"
    shutil.copytree(folders["dinov2"], snapshot)
    refs = tmp_path / "models--facebook--dinov2-small" / "refs"
    refs.mkdir()
    (refs / "main").write_text("abc")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert load_encoder("hf:facebook/dinov2-small").card.dim == 16
