"""FiT3D's transformers (timm's keys) against transformers' models of the same weights, and files that are bad."""

import argparse

import pytest
import torch
import transformers
from safetensors.torch import save_file

from vantage.encoders import encoder_cards, load_encoder, weights_present
from vantage.encoders.fit3d import FIT3D_RELEASES, ConcatenatedEncoder, load_fit3d
from vantage.encoders.timm_vit import TimmVit, TimmVitSettings
from vantage.errors import DataError, MissingError, UsageError

BAR = 1e-5
WIDTH, HEADS, DEPTH, PATCH, SIDE = 128, 2, 2, 4, 16
RELEASED = {
    "dinov2-small": TimmVitSettings(width=384, depth=12, patch=14, hidden=1536, registers=0, positions=1370,
                                    class_position=True, layer_scale=True, pre_norm=False),
    "dinov2-base": TimmVitSettings(width=768, depth=12, patch=14, hidden=3072, registers=0, positions=1370,
                                   class_position=True, layer_scale=True, pre_norm=False),
    "dinov2-reg-small": TimmVitSettings(width=384, depth=12, patch=14, hidden=1536, registers=4, positions=1369,
                                        class_position=False, layer_scale=True, pre_norm=False),
    "clip-base": TimmVitSettings(width=768, depth=12, patch=16, hidden=3072, registers=0, positions=577,
                                 class_position=True, layer_scale=False, pre_norm=True),
    "mae-base": TimmVitSettings(width=768, depth=12, patch=16, hidden=3072, registers=0, positions=197,
                                class_position=True, layer_scale=False, pre_norm=False),
    "deit3-base": TimmVitSettings(width=768, depth=12, patch=16, hidden=3072, registers=0, positions=196,
                                  class_position=False, layer_scale=True, pre_norm=False),
}  # fmt: skip


def error(found, expected):
    return float((found - expected).norm() / expected.norm())


def _spread(model):
    generator = torch.Generator().manual_seed(5)
    for parameter in model.parameters():
        parameter.data.add_(0.1 * torch.randn(parameter.shape, generator=generator))
    return model.eval()


def dinov2(registers: int):
    shape = {"hidden_size": WIDTH, "num_hidden_layers": DEPTH, "num_attention_heads": HEADS, "patch_size": PATCH,
             "image_size": SIDE}  # fmt: skip
    if registers:
        config = transformers.Dinov2WithRegistersConfig(**shape, num_register_tokens=registers)
        return _spread(transformers.Dinov2WithRegistersModel(config))
    return _spread(transformers.Dinov2Model(transformers.Dinov2Config(**shape)))


def timm_keys(model) -> dict[str, torch.Tensor]:
    """Return the state of a transformers DINOv2 under timm's names (timm folds the class position into the token)."""
    state = {name: value.detach() for name, value in model.named_parameters()}
    table, token = state["embeddings.position_embeddings"], state["embeddings.cls_token"]
    registers = state.get("embeddings.register_tokens")
    tensors = {"cls_token": token, "pos_embed": table}
    if registers is not None:
        tensors = {"cls_token": token + table[:, :1], "pos_embed": table[:, 1:], "reg_token": registers}
    for part in ("weight", "bias"):
        tensors[f"patch_embed.proj.{part}"] = state[f"embeddings.patch_embeddings.projection.{part}"]
        tensors[f"norm.{part}"] = state[f"layernorm.{part}"]
        for i, layer in enumerate(model.encoder.layer):
            attention = layer.attention
            parts = [getattr(getattr(attention, f"{name}_proj"), part) for name in "qkv"]
            tensors[f"blocks.{i}.attn.qkv.{part}"] = torch.cat(parts)
            tensors[f"blocks.{i}.attn.proj.{part}"] = getattr(attention.o_proj, part)
            for name in ("norm1", "norm2"):
                tensors[f"blocks.{i}.{name}.{part}"] = getattr(getattr(layer, name), part)
            for name in ("fc1", "fc2"):
                tensors[f"blocks.{i}.mlp.{name}.{part}"] = getattr(getattr(layer.mlp, name), part)
    for i, layer in enumerate(model.encoder.layer):
        tensors[f"blocks.{i}.ls1.gamma"] = layer.layer_scale1.lambda1
        tensors[f"blocks.{i}.ls2.gamma"] = layer.layer_scale2.lambda1
    return {name: value.detach().clone().contiguous() for name, value in tensors.items()}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("fit3d") / "dinov2_tiny_finetuned.pth"
    model = dinov2(0)
    torch.save(timm_keys(model), path)
    return path, model


@torch.no_grad()
# Without registers transformers stretches positions by another rule than timm, so only the trained grid compares.
@pytest.mark.parametrize(("registers", "size"), [(0, (16, 16)), (3, (16, 16)), (3, (24, 12))])
def test_equals_transformers_with_the_same_weights(tmp_path, registers, size):
    model = dinov2(registers)
    torch.save(timm_keys(model), tmp_path / "m.pth")
    encoder = load_encoder(f"fit3d:{tmp_path / 'm.pth'}")
    images = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0))
    tokens = model(encoder.preprocessing(images)).last_hidden_state
    features = encoder.encode(images)
    assert error(features.grid.flatten(1, 2), tokens[:, 1 + registers :]) < BAR
    assert error(features.summary, tokens[:, 0]) < BAR


@torch.no_grad()
def test_clips_tower_with_its_norm_before_the_blocks(tmp_path):
    """Oracle: transformers' CLIP tower with plain GELU, whose keys are brought under timm's names."""
    shape = {"hidden_size": WIDTH, "num_hidden_layers": 1, "num_attention_heads": HEADS, "patch_size": PATCH,
             "image_size": SIDE, "intermediate_size": 256, "hidden_act": "gelu"}  # fmt: skip
    model = _spread(transformers.CLIPVisionModel(transformers.CLIPVisionConfig(**shape)))
    tower, layer = model, model.encoder.layers[0]
    tensors = {
        "cls_token": tower.embeddings.class_embedding[None, None],
        "pos_embed": tower.embeddings.position_embedding.weight[None],
        "patch_embed.proj.weight": tower.embeddings.patch_embedding.weight,
    }
    for part in ("weight", "bias"):
        attention = layer.self_attn
        parts = [getattr(getattr(attention, f"{name}_proj"), part) for name in "qkv"]
        tensors |= {
            f"norm_pre.{part}": getattr(tower.pre_layrnorm, part),
            f"norm.{part}": getattr(tower.post_layernorm, part),
            f"blocks.0.norm1.{part}": getattr(layer.layer_norm1, part),
            f"blocks.0.norm2.{part}": getattr(layer.layer_norm2, part),
            f"blocks.0.attn.qkv.{part}": torch.cat(parts),
            f"blocks.0.attn.proj.{part}": getattr(attention.out_proj, part),
            f"blocks.0.mlp.fc1.{part}": getattr(layer.mlp.fc1, part),
            f"blocks.0.mlp.fc2.{part}": getattr(layer.mlp.fc2, part),
        }
    tensors = {name: value.detach().clone().contiguous() for name, value in tensors.items()}
    save_file(tensors, tmp_path / "clip.safetensors")
    encoder = load_encoder(f"fit3d:{tmp_path / 'clip.safetensors'}")
    images = torch.rand(2, 3, 16, 16)
    hidden = model(encoder.preprocessing(images)).last_hidden_state
    assert error(encoder.encode(images).grid.flatten(1, 2), model.post_layernorm(hidden)[:, 1:]) < BAR
    assert encoder.preprocessing.mean[0] == pytest.approx(0.48145466)


def test_released_sizes_on_the_meta_device():
    for release in FIT3D_RELEASES:
        settings = RELEASED[release.card.name.removeprefix("fit3d-")]
        with torch.device("meta"):
            model = TimmVit(settings)
        assert sum(parameter.numel() for parameter in model.parameters()) == release.card.parameters
        assert TimmVitSettings.of(model.state_dict(), where="meta") == settings
        assert (release.card.dim, release.card.patch) == (settings.width, settings.patch)


@torch.no_grad()
def test_side_by_side_with_its_base(tiny, tmp_path, monkeypatch):
    """The released name with +base: original first, then fine-tuned, each as alone."""
    path, model = tiny
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "cache"))
    release = FIT3D_RELEASES[0]
    release.place.parent.mkdir(parents=True)
    release.place.write_bytes(path.read_bytes())
    model.save_pretrained(tmp_path / "base")
    monkeypatch.setattr("vantage.encoders.huggingface.model_folder", lambda name: tmp_path / "base")
    both = load_encoder("fit3d-dinov2-small+base@16")
    assert isinstance(both, ConcatenatedEncoder)
    images = torch.rand(1, 3, 20, 26)
    grid = both.encode(images).grid
    assert both.card.dim == 768
    assert torch.equal(grid[..., :WIDTH], load_encoder("dinov2-small@16~timm").encode(images).grid)
    assert torch.equal(grid[..., WIDTH:], load_encoder("fit3d-dinov2-small@16").encode(images).grid)
    # The same weights with the same rule: both halves are one model's.
    assert error(grid[..., :WIDTH], grid[..., WIDTH:]) < BAR
    assert len({both.fingerprint, *(one.fingerprint for one in both.encoders)}) == 3
    with pytest.raises(UsageError, match="none of vantage's"):
        monkeypatch.setattr("vantage.encoders.registry.load_fit3d", lambda *a, **k: None)
        load_encoder("fit3d-clip-base+base")


def test_layers_of_a_checkpoint(tiny):
    encoder = load_encoder(f"fit3d:{tiny[0]}", layers=(0, -1))
    assert encoder.card.dim == 2 * WIDTH
    assert encoder.encode(torch.rand(1, 3, 8, 12)).grid.shape == (1, 2, 3, 2 * WIDTH)


def test_absent_weights_say_where_to_put_them(monkeypatch, tmp_path):
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path))
    place = tmp_path / "weights" / "fit3d" / "mae_base_finetuned.pth"
    with pytest.raises(MissingError) as caught:
        load_encoder("fit3d-mae-base")
    assert "download https://huggingface.co/yuanwenyue/FiT3D/resolve/main/mae_base_finetuned.pth" in str(caught.value)
    assert str(place) in str(caught.value)
    assert "\n" not in str(caught.value)
    card = next(card for card in encoder_cards() if card.name == "fit3d-mae-base")
    assert weights_present(card) is None
    with pytest.raises(MissingError, match="no such file"):
        load_encoder("fit3d:nowhere.pth")


def test_bad_files_are_refused(tiny, tmp_path):
    path, _ = tiny
    tensors = torch.load(path, weights_only=True)
    bad = tmp_path / "bad.pth"

    def refuse(content, message):
        torch.save(content, bad)
        with pytest.raises(DataError, match=message) as caught:
            load_fit3d(str(bad))
        assert "\n" not in str(caught.value)

    name = "blocks.1.mlp.fc1.weight"
    refuse({**tensors, name: tensors[name] * float("nan")}, "NaN")
    refuse({key: value for key, value in tensors.items() if key != name}, "timm's keys")
    refuse({**tensors, "head.weight": torch.ones(2, 2)}, "timm's keys")
    refuse({**tensors, name: tensors[name][:-1]}, "timm's keys")
    refuse({"encoder.layer.0.weight": torch.ones(2)}, "patch_embed")
    refuse({"model": argparse.Namespace(a=1)}, "could run code")
    refuse([torch.ones(2)], "no dict of tensors")
    content = path.read_bytes()
    for length in (0, 10, len(content) // 2, len(content) - 1):
        bad.write_bytes(content[:length])
        with pytest.raises(DataError):
            load_fit3d(str(bad))
