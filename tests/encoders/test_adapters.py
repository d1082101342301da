"""Adapters: the same features at first to the bit, gradients where they belong, and files that fit only their base."""

import importlib.util
import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from encoders.tiny_encoders import TRANSFORMERS, tiny_encoder
from encoders.tiny_models import save_tiny_model
from vantage.encoders import (
    Encoder,
    LoraSettings,
    TextEncoder,
    add_dual_channels,
    add_lora,
    load_adapter,
    load_encoder,
    save_adapter,
)
from vantage.encoders.adapters import dual_share
from vantage.encoders.attention_blocks import find_attention
from vantage.encoders.dual_attention import DualAttention
from vantage.encoders.vit import Attention
from vantage.errors import DataError, MissingError, UsageError

ADD = {"dual-channel": add_dual_channels, "lora": add_lora}
needs_peft = pytest.mark.skipif(importlib.util.find_spec("peft") is None, reason="peft is not installed")
KINDS = ["dual-channel", pytest.param("lora", marks=needs_peft)]


@pytest.fixture(scope="module")
def encoders():
    return {family: tiny_encoder(family) for family in TRANSFORMERS}


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(2, 3, 32, 48, generator=torch.Generator().manual_seed(0))


def train(encoder, images, steps=3):
    """A few steps towards other features, so that the adapter is no longer what it was at first."""
    torch.manual_seed(1)
    start = encoder.encode(images)
    target, summary = torch.randn_like(start.grid), torch.randn_like(start.summary)
    optimizer = torch.optim.SGD(encoder.adapter.tensors.values(), lr=0.5)
    for _ in range(steps):
        optimizer.zero_grad()
        features = encoder.encode_for_training(images)
        # The summary too: CLIP's patches take the last block's value path, where queries and keys have no say.
        ((features.grid - target).square().mean() + (features.summary - summary).square().mean()).backward()
        optimizer.step()
    return encoder


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", TRANSFORMERS)
def test_features_are_the_same_to_the_bit_at_first(encoders, images, family, kind):
    plain = encoders[family]
    before = plain.encode(images)
    adapted = ADD[kind](plain)
    assert isinstance(adapted, Encoder)
    assert isinstance(adapted, TextEncoder) == isinstance(plain, TextEncoder)
    assert adapted.card.name == f"{plain.card.name}+{kind}"
    assert adapted.card.parameters == plain.card.parameters + adapted.adapter.parameters
    after = adapted.encode(images)
    assert torch.equal(after.grid, before.grid)
    assert torch.equal(after.summary, before.summary)
    for old, new in zip(*(one.forward_intermediates(images, [0, 1]) for one in (plain, adapted))):
        assert torch.equal(old.grid, new.grid)
    assert torch.equal(plain.attention_maps(images, [0, 1]), adapted.attention_maps(images, [0, 1]))
    # With gradients torch may choose other kernels for a part that has them, so here to rounding only.
    torch.testing.assert_close(adapted.encode_for_training(images).grid, before.grid, atol=1e-6, rtol=1e-5)
    # The encoder it was made of is left as it was.
    assert plain.adapter is None
    assert not any(isinstance(module, DualAttention) for module in plain.model.modules())
    assert adapted.fingerprint != plain.fingerprint


@pytest.mark.parametrize("family", TRANSFORMERS)
def test_identity_holds_for_every_alpha(encoders, images, family):
    adapted = add_dual_channels(encoders[family])
    for name, tensor in adapted.adapter.tensors.items():
        if name.endswith(".a"):
            tensor.data.copy_(torch.randn(tensor.shape, generator=torch.Generator().manual_seed(3)) * 4)
    assert torch.equal(adapted.encode(images).grid, encoders[family].encode(images).grid)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", TRANSFORMERS)
def test_only_what_was_added_trains(images, family, kind):
    plain = tiny_encoder(family)
    wanted = {id(tensor): tensor.clone() for tensor in plain.model.parameters()}
    asked = {id(tensor): tensor.requires_grad for tensor in plain.model.parameters()}
    adapted = ADD[kind](plain)
    added = {id(tensor) for tensor in adapted.adapter.tensors.values()}
    parameters = dict(adapted.model.named_parameters())
    assert {id(tensor) for tensor in parameters.values() if tensor.requires_grad} == added
    assert not any(module.training for module in adapted.model.modules())
    start = {name: tensor.clone() for name, tensor in adapted.adapter.tensors.items()}
    train(adapted, images)
    for name, tensor in parameters.items():
        assert (tensor.grad is not None) == (id(tensor) in added), name
    moved = [name for name, tensor in adapted.adapter.tensors.items() if not torch.equal(tensor, start[name])]
    # After two steps even the mixing factors move. The biases of keys shift a whole row of products and change nothing.
    skipped = {name for name in start if name.endswith("k.bias")}
    assert set(start) - skipped <= set(moved)
    # The plain encoder shares its weights, and neither they nor their wish for gradients have changed.
    for tensor in plain.model.parameters():
        assert torch.equal(tensor, wanted[id(tensor)])
        assert tensor.requires_grad == asked[id(tensor)]
    assert float((adapted.encode(images).grid - plain.encode(images).grid).abs().max()) > 1e-4


def test_first_gradients_are_half_for_the_copy_and_none_for_the_mixing():
    """At the start d out / d Attn+ is 1 - sigmoid(0) = 1/2, and the two channels do not differ."""
    torch.manual_seed(0)
    attention, x = Attention(8, 2), torch.randn(1, 5, 8)
    dual = DualAttention(attention)
    assert not any(parameter.requires_grad for parameter in attention.parameters())
    dual(x).sum().backward()
    assert float(dual.a.grad.abs().max()) == 0.0
    alone = Attention(8, 2)
    alone.load_state_dict(attention.state_dict())
    alone(x).sum().backward()
    for name, parameter in alone.named_parameters():
        torch.testing.assert_close(dual.plus.get_parameter(name).grad, parameter.grad / 2)


def test_channels_are_mixed_as_the_equation_says():
    torch.manual_seed(0)
    dual, x = DualAttention(Attention(8, 2)), torch.randn(2, 5, 8)
    for parameter in (*dual.plus.parameters(), dual.a):
        parameter.data = torch.randn_like(parameter)
    alpha = 1 / (1 + torch.exp(-dual.a))
    expected = alpha * dual.base(x) + (1 - alpha) * dual.plus(x)
    torch.testing.assert_close(dual(x), expected)
    dual = dual.double()
    inputs = torch.randn(1, 3, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(dual, (inputs,))


@pytest.mark.parametrize("family", TRANSFORMERS)
def test_both_channels_have_maps(encoders, images, family):
    adapted = train(add_dual_channels(encoders[family]), images)
    base, plus = (adapted.attention_maps(images, [0], channel=channel) for channel in ("base", "plus"))
    # The first block's input is the same as before, so the map of its pretrained channel is too (but for VGGT, whose
    # patch embedding has been adapted as well).
    if family != "vggt":
        assert torch.equal(base, encoders[family].attention_maps(images, [0]))
    torch.testing.assert_close(plus.sum(dim=-1), torch.ones(plus.shape[:-1]))
    assert not torch.allclose(base, plus, atol=1e-5)
    with pytest.raises(UsageError, match="no dual-channel"):
        encoders[family].attention_maps(images, [0], channel="plus")


def test_clip_patches_mix_the_value_paths_of_both_channels(encoders, images):
    """Oracle: with alpha at 0 and at 1, the features are those of a model that has only this channel's weights."""
    adapted = train(add_dual_channels(encoders["clip"]), images)
    alone = tiny_encoder("clip")
    for place, mixed in zip(find_attention(alone.vision), find_attention(adapted.vision), strict=True):
        place.module.load_state_dict(mixed.module.plus.state_dict())
    for extreme, expected in ((-200.0, alone), (200.0, encoders["clip"])):
        for name, tensor in adapted.adapter.tensors.items():
            if name.endswith(".a"):
                tensor.data.fill_(extreme)
        torch.testing.assert_close(adapted.encode(images).grid, expected.encode(images).grid, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("family", "share", "paper"),
    [("dinov2", 0.331, 0.25), ("dinov3", 0.332, 0.25), ("siglip2", 0.319, 0.30)],
)
def test_added_share_at_the_size_of_vit_large(family, share, paper):
    """By count, a third of a ViT-L is added, where SpatialBoost (A.2) reports 25% (DINO) and 30% (SigLIP 2).

    SigLIP's share is less, for its pooling head counts as well and is not copied.
    """
    import transformers as t

    shape = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16}
    with torch.device("meta"):
        if family == "dinov2":
            model = t.Dinov2Model(t.Dinov2Config(**shape, patch_size=14, image_size=518))
        elif family == "dinov3":
            config = t.DINOv3ViTConfig(**shape, patch_size=16, num_register_tokens=4, intermediate_size=4096)
            model = t.DINOv3ViTModel(config)
        else:
            config = t.SiglipVisionConfig(**shape, patch_size=16, image_size=256, intermediate_size=4096)
            model = t.SiglipVisionModel(config)
    # Four projections with their biases (DINOv3's keys have none) and the mixing factor, in 24 blocks.
    biases = 3 if family == "dinov3" else 4
    added = 24 * (4 * 1024**2 + biases * 1024 + 1024)
    found = dual_share(model)
    assert found == added / sum(parameter.numel() for parameter in model.parameters())
    assert round(found, 3) == share
    assert found > paper


@pytest.mark.parametrize("family", TRANSFORMERS)
def test_added_share_is_told_beforehand(encoders, family):
    assert add_dual_channels(encoders[family]).adapter.share == dual_share(encoders[family].tower.root)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", TRANSFORMERS)
def test_a_saved_adapter_gives_the_same_features_to_the_bit(encoders, images, tmp_path, family, kind):
    adapted = train(ADD[kind](encoders[family]), images)
    path = tmp_path / "spatial.safetensors"
    save_adapter(adapted, path)
    again = load_adapter(tiny_encoder(family), path)
    assert torch.equal(again.encode(images).grid, adapted.encode(images).grid)
    assert again.fingerprint == adapted.fingerprint
    assert again.card.name == f"{encoders[family].card.name}+spatial"
    assert not any(parameter.requires_grad for parameter in again.model.parameters())
    assert load_adapter(tiny_encoder(family), path, trainable=True).adapter.trainable
    # Nothing of the base is in the file.
    with safe_open(str(path), framework="pt") as file:
        assert set(file.keys()) == set(adapted.adapter.tensors)
        header = file.metadata()
    assert header["base"] == encoders[family].card.name
    assert header["base_weights"] == encoders[family].tower.digest()
    assert json.loads(header["settings"]) == dict(adapted.adapter.settings)


def test_names_in_the_file_are_by_block_and_role(encoders):
    kinds = {"weight", "bias"}
    roles = {f"plus.{role}.{kind}" for role in ("q", "k", "v", "out") for kind in kinds} | {"a"}
    names = {f"block.{number}.{role}" for number in (0, 1) for role in roles}
    for family in ("dinov2", "clip", "siglip", "vit_mae"):
        assert set(add_dual_channels(encoders[family]).adapter.tensors) == names
    fused = {f"block.{number}.{role}" for number in (0, 1) for role in ("a", "plus.qkv.bias", "plus.qkv.weight")}
    assert fused < set(add_dual_channels(encoders["dust3r"]).adapter.tensors)


def test_fingerprints_follow_training(encoders, images):
    adapted = add_dual_channels(encoders["dinov2"])
    first = adapted.fingerprint
    assert adapted.fingerprint == first
    train(adapted, images)
    assert adapted.fingerprint != first


def test_an_adapter_loads_by_name_and_at_other_sizes(images, tmp_path):
    folder = save_tiny_model(tmp_path / "model", "dinov2")
    adapted = train(add_dual_channels(load_encoder(str(folder))), images)
    path = tmp_path / "kitchen.safetensors"
    save_adapter(adapted, path)
    encoder = load_encoder(str(folder), adapter=path)
    assert encoder.card.name == f"{folder}+kitchen"
    assert torch.equal(encoder.encode(images).grid, adapted.encode(images).grid)
    larger = load_encoder(f"{folder}@64", adapter=str(path))
    assert larger.encode(images).grid.shape[1:3] == (16, 24)
    with pytest.raises(UsageError, match="pixels is no transformer"):
        load_encoder("pixels", adapter=path)
    with pytest.raises(DataError, match="no such file"):
        load_encoder(str(folder), adapter=tmp_path / "nowhere.safetensors")


@pytest.mark.parametrize("kind", KINDS)
def test_other_weights_are_refused_and_both_are_named(encoders, tmp_path, kind):
    path = tmp_path / "adapter.safetensors"
    save_adapter(ADD[kind](encoders["dinov2"]), path)
    other = tiny_encoder("dinov2", seed=9)
    with pytest.raises(DataError, match=r"adapter\.safetensors: made for 'dinov2'.* not for 'dinov2'") as caught:
        load_adapter(other, path)
    assert encoders["dinov2"].tower.digest() in str(caught.value)
    assert other.tower.digest() in str(caught.value)
    with pytest.raises(DataError, match=r"made for 'dinov2'.* not for 'dinov3_vit'"):
        load_adapter(encoders["dinov3_vit"], path)


@pytest.mark.parametrize("kind", KINDS)
def test_every_truncated_file_is_refused(encoders, tmp_path, kind):
    whole = tmp_path / "whole.safetensors"
    save_adapter(ADD[kind](encoders["dinov2"]), whole)
    content = whole.read_bytes()
    torn = tmp_path / "torn.safetensors"
    for length in range(0, len(content), max(1, len(content) // 60)):
        torn.write_bytes(content[:length])
        with pytest.raises(DataError, match=r"torn\.safetensors"):
            load_adapter(encoders["dinov2"], torn)


def _flipped(tensors, header):
    next(iter(tensors.values())).view(-1)[0] += 1


def _nan(tensors, header):
    next(iter(tensors.values())).view(-1)[0] = float("nan")


def _missing(tensors, header):
    tensors.popitem()


def _shape(tensors, header):
    name = next(iter(tensors))
    tensors[name] = tensors[name][:-1].clone()


def _foreign(tensors, header):
    header.clear()


def _kind(tensors, header):
    header["kind"] = "prompt"


def _settings(tensors, header):
    header["settings"] = "{"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_flipped, "not those that were written"),
        (_nan, "NaN"),
        (_missing, "do not fit"),
        (_shape, "do not fit"),
        (_foreign, "expected an adapter"),
        (_kind, "kind 'prompt'"),
        (_settings, "settings"),
    ],
)
def test_damaged_files_are_refused(encoders, tmp_path, kind, spoil, message):
    path = tmp_path / "adapter.safetensors"
    save_adapter(ADD[kind](encoders["siglip"]), path)
    tensors = load_file(path)
    with safe_open(str(path), framework="pt") as file:
        header = dict(file.metadata())
    spoil(tensors, header)
    save_file(tensors, path, metadata=header)
    with pytest.raises(DataError, match=message):
        load_adapter(encoders["siglip"], path)


@needs_peft
@pytest.mark.parametrize(
    "settings",
    [
        {"rank": 0},
        {"rank": "x"},
        {"rank": 10**12},
        {"seed": -1},
        {"seed": "x"},
        {"targets": ["mlp"]},
        {"targets": 3},
        {"other": 1},
        [],
    ],
)
def test_lora_settings_that_mean_nothing_are_refused(encoders, tmp_path, settings):
    path = tmp_path / "adapter.safetensors"
    save_adapter(add_lora(encoders["dinov2"]), path)
    with safe_open(str(path), framework="pt") as file:
        header = dict(file.metadata())
    known = json.loads(header["settings"])
    header["settings"] = json.dumps({**known, **settings} if isinstance(settings, dict) else settings)
    save_file(load_file(path), path, metadata=header)
    with pytest.raises(DataError, match="settings"):
        load_adapter(encoders["dinov2"], path)


@needs_peft
def test_lora_adds_low_rank_products_to_the_chosen_projections(encoders, images):
    settings = LoraSettings(rank=2, alpha=6, targets=("q", "out"), seed=4)
    adapted = add_lora(encoders["dinov2"], settings)
    tensors = adapted.adapter.tensors
    parts = ("q.down", "q.up", "out.down", "out.up")
    assert set(tensors) == {f"block.{number}.{part}" for number in (0, 1) for part in parts}
    assert adapted.adapter.parameters == 2 * 2 * 2 * 2 * 16
    again = add_lora(encoders["dinov2"], settings).adapter.tensors
    assert all(torch.equal(tensors[name], again[name]) for name in tensors)
    train(adapted, images)
    # Oracle: the products written into the weights of a plain model.
    merged = tiny_encoder("dinov2")
    for number, place in enumerate(find_attention(merged.vision)):
        for role, layer in (("q", place.module.q_proj), ("out", place.module.o_proj)):
            down, up = (tensors[f"block.{number}.{role}.{part}"].detach() for part in ("down", "up"))
            layer.weight.data += 3.0 * up @ down
    torch.testing.assert_close(adapted.encode(images).grid, merged.encode(images).grid, atol=1e-5, rtol=1e-4)


@needs_peft
def test_the_random_state_of_others_is_left_alone(encoders):
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    add_lora(encoders["dinov2"])
    assert torch.equal(torch.rand(3), expected)


def test_without_peft_the_message_says_what_to_install(encoders, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingError, match="pip install"):
        add_lora(encoders["dinov2"])


@pytest.mark.parametrize("kind", KINDS)
def test_adapters_are_not_stacked_nor_put_where_there_is_no_attention(encoders, tmp_path, kind):
    adapted = ADD[kind](encoders["room-clip"])
    with pytest.raises(UsageError, match="carries an adapter"):
        ADD[kind](adapted)
    with pytest.raises(UsageError, match="no transformer"):
        ADD[kind](load_encoder("pixels"))
    with pytest.raises(UsageError, match="no attention"):
        ADD[kind](tiny_encoder("dinov3_convnext"))
    with pytest.raises(UsageError, match="no adapter to save"):
        save_adapter(encoders["room-clip"], tmp_path / "nothing.safetensors")
