"""Layers and attention maps: one contract for every family, and transformers' own numbers as the oracle."""

import pytest
import torch
import transformers
from torch.multiprocessing.reductions import StorageWeakRef

from encoders.tiny_encoders import HUGGING_FACE, PREFIX, STEREO, TEXT_GRIDS, TRANSFORMERS, tiny_encoder
from vantage.encoders import LayerTokens, as_tower_encoder, load_encoder
from vantage.encoders.attention_blocks import find_attention, lasting_name
from vantage.encoders.attention_maps import attention_map, record_attention
from vantage.encoders.dense_text import siglip_patches_in_text_space
from vantage.encoders.huggingface_encoder import HuggingFaceEncoder
from vantage.encoders.layers import LayersEncoder
from vantage.encoders.preprocessing import HALF, Preprocessing
from vantage.encoders.vit import Rotary, Vit, VitSettings, rotate
from vantage.errors import UsageError

EXACT = {"atol": 1e-6, "rtol": 1e-5}


@pytest.fixture(scope="module")
def encoders():
    return {family: tiny_encoder(family) for family in TRANSFORMERS}


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(2, 3, 32, 48, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("family", TRANSFORMERS)
def test_layers_are_grids_and_prefixes(encoders, images, family):
    encoder = encoders[family]
    features = encoder.encode(images)
    first, last, again = encoder.forward_intermediates(images, [0, -1, 1])
    assert all(isinstance(tokens, LayerTokens) for tokens in (first, last, again))
    assert (first.layer, last.layer, again.layer) == (0, 1, 1)
    assert torch.equal(last.grid, again.grid)
    assert not torch.allclose(first.grid, last.grid, atol=1e-3)
    for tokens in (first, last):
        assert tokens.grid.shape[:3] == features.grid.shape[:3]
        assert tokens.prefix.shape == (2, PREFIX.get(family, 0), tokens.grid.shape[-1])
    (negative,) = encoder.forward_intermediates(images, [-2])
    assert torch.equal(negative.grid, first.grid)


@pytest.mark.parametrize("family", TRANSFORMERS)
def test_layers_beside_each_other_are_those_of_two_runs_to_the_bit(encoders, images, family):
    """Oracle: `encode` and `forward_intermediates` by themselves; the model runs once for both."""
    encoder = encoders[family]
    features, tokens = encoder.encode(images), encoder.forward_intermediates(images, [0, -1])
    layers = LayersEncoder(encoder, [0, -1])
    runs = []
    hook = encoder.tower.layers[0][0].register_forward_hook(lambda *_: runs.append(1))
    found = layers.encode(images)
    hook.remove()
    assert len(runs) == 1
    assert torch.equal(found.grid, torch.cat([one.grid for one in tokens], dim=-1))
    assert torch.equal(found.summary, features.summary)
    assert (found.stride, found.image_size) == (features.stride, features.image_size)
    assert layers.card.dim == found.grid.shape[-1]


@pytest.mark.parametrize("family", [family for family in TRANSFORMERS if family not in TEXT_GRIDS])
def test_last_layer_behind_the_norm_is_the_grid_of_encode(encoders, images, family):
    features = encoders[family].encode(images)
    (last,) = encoders[family].forward_intermediates(images, [-1], norm=True)
    torch.testing.assert_close(last.grid, features.grid, **EXACT)
    if PREFIX.get(family):
        torch.testing.assert_close(last.prefix[:, 0], features.summary, **EXACT)
    (raw,) = encoders[family].forward_intermediates(images, [-1])
    # VGGT has no final norm.
    assert torch.equal(raw.grid, last.grid) == (family == "vggt")


def test_last_layer_of_image_text_encoders_leads_to_the_space_of_texts(encoders, images):
    unit = torch.nn.functional.normalize
    room_clip = encoders["room-clip"]
    (last,) = room_clip.forward_intermediates(images, [-1], norm=True)
    mapped = unit(room_clip.model.patch_head(last.grid), dim=-1)
    torch.testing.assert_close(mapped, room_clip.encode(images).grid, **EXACT)
    for family in ("siglip", "siglip2"):
        (last,) = encoders[family].forward_intermediates(images, [-1], norm=True)
        mapped = siglip_patches_in_text_space(encoders[family].vision.head, last.grid.flatten(1, 2))
        torch.testing.assert_close(mapped, encoders[family].encode(images).grid.flatten(1, 2), **EXACT)
    (last,) = encoders["clip"].forward_intermediates(images, [-1], norm=True)
    tokens = tiny_encoder("clip", dense="tokens").encode(images).grid
    torch.testing.assert_close(last.grid, tokens, **EXACT)


@pytest.mark.parametrize("family", ["dinov2", "dinov2_with_registers", "dinov3_vit", "vit_mae"])
def test_layers_are_the_hidden_states_of_transformers(encoders, images, family):
    encoder = encoders[family]
    pixels = encoder.preprocessing(images)
    options = {}
    if family == "vit_mae":
        order = torch.arange(pixels.shape[-2] * pixels.shape[-1] // 16).float()
        options = {"noise": order.expand(2, -1), "interpolate_pos_encoding": True}
    with torch.no_grad():
        states = encoder.model(pixel_values=pixels, output_hidden_states=True, **options).hidden_states
    # The first state is what enters the first block. MAE's last one is collected behind the final norm.
    for index in (0, 1) if family != "vit_mae" else (0,):
        (tokens,) = encoder.forward_intermediates(images, [index])
        whole = torch.cat([tokens.prefix, tokens.grid.flatten(1, 2)], dim=1)
        torch.testing.assert_close(whole, states[index + 1], **EXACT)


def test_vggt_layers_are_those_of_its_aggregator(encoders, images):
    encoder = encoders["vggt"]
    with torch.no_grad():
        expected = encoder.model.aggregator(encoder.preprocessing(48, 32)(images)[:, None])
    for tokens in encoder.forward_intermediates(images, [0, 1]):
        whole = torch.cat([tokens.prefix, tokens.grid.flatten(1, 2)], dim=1)
        torch.testing.assert_close(whole, expected[tokens.layer][:, 0], **EXACT)


def test_vggt_layers_of_a_scene_know_of_all_its_views(encoders):
    """Oracle: what the aggregator returns of two scenes of three views each."""
    encoder = encoders["vggt"]
    scenes = torch.rand(2, 3, 3, 32, 48, generator=torch.Generator().manual_seed(1))
    features, layers = encoder.scene_intermediates(scenes, [1, 0])
    with torch.no_grad():
        expected = encoder.model.aggregator(encoder.preprocessing(48, 32)(scenes.flatten(0, 1)).unflatten(0, (2, 3)))
    for tokens in layers:
        whole = torch.cat([tokens.prefix, tokens.grid.flatten(1, 2)], dim=1)
        assert torch.equal(whole, expected[tokens.layer].flatten(0, 1))
    assert [tokens.layer for tokens in layers] == [1, 0]
    assert torch.equal(features.grid, encoder.encode_scenes(scenes).grid)
    assert torch.equal(layers[0].grid, features.grid)
    alone = encoder.forward_intermediates(scenes.flatten(0, 1), [0])[0]
    assert not torch.allclose(alone.grid, layers[1].grid, atol=1e-3)


def test_stages_of_a_convnext_are_its_layers(images):
    encoder = tiny_encoder("dinov3_convnext")
    (last,) = encoder.forward_intermediates(images, [-1], norm=True)
    torch.testing.assert_close(last.grid, encoder.encode(images).grid, **EXACT)
    assert last.prefix.shape[1] == 0
    with pytest.raises(UsageError, match="has 0 attentions"):
        encoder.attention_maps(images, [0])


@pytest.mark.parametrize("family", TRANSFORMERS)
@pytest.mark.parametrize("indices", [[2], [0, -3], []])
def test_layers_that_do_not_exist_are_refused(encoders, images, family, indices):
    with pytest.raises(UsageError, match="each from -2 to 1"):
        encoders[family].forward_intermediates(images, indices)
    with pytest.raises(UsageError, match="each from -2 to 1"):
        encoders[family].attention_maps(images, indices)


def test_references_have_no_layers():
    with pytest.raises(UsageError, match="pixels is no transformer"):
        as_tower_encoder(load_encoder("pixels"))


def deep_encoder(family):
    """Six blocks instead of two."""
    if family == "room-clip":
        encoder = tiny_encoder(family)
        encoder.model.vision = Vit(VitSettings(width=32, depth=6, heads=2, patch=4, registers=2)).eval()
        return encoder
    shape = {"hidden_size": 16, "num_hidden_layers": 6, "num_attention_heads": 2, "intermediate_size": 32}
    vision = {**shape, "patch_size": 4, "image_size": 16}
    model = transformers.CLIPModel(transformers.CLIPConfig(text_config=shape, vision_config=vision, projection_dim=12))
    preprocessing = Preprocessing(patch=4, mean=HALF, std=HALF)
    return HuggingFaceEncoder(model, name="clip", source="a test", preprocessing=preprocessing)


@pytest.mark.parametrize("family", ["room-clip", "clip"])
@pytest.mark.parametrize("norm", [False, True])
def test_only_wanted_layers_stay_in_memory(images, family, norm):
    """Watched at the last block of six: of all outputs before, the wanted one and the last block's input are alive."""
    encoder = deep_encoder(family)
    outputs, alive = [], []
    blocks = [block for (block,) in encoder.tower.layers]
    for block in blocks:
        block.register_forward_hook(lambda _, __, out: outputs.append(StorageWeakRef(out.untyped_storage())))
    blocks[-1].register_forward_pre_hook(
        lambda *_: alive.extend(number for number, ref in enumerate(outputs) if not ref.expired())
    )
    encoder.forward_intermediates(images, [1, -1], norm=norm)
    assert alive == [1, 4]


@pytest.mark.parametrize("family", TRANSFORMERS)
def test_hooks_are_gone_afterwards_also_after_an_error(images, family):
    encoder = tiny_encoder(family)
    before = sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in encoder.model.modules())
    encoder.forward_intermediates(images, [0])
    encoder.attention_maps(images, [0])
    with pytest.raises(Exception, match="smaller than one patch"):
        encoder.forward_intermediates(images[..., :1], [0])
    with pytest.raises(Exception, match="smaller than one patch"):
        encoder.attention_maps(images[..., :1], [0])
    assert before == sum(
        len(module._forward_hooks) + len(module._forward_pre_hooks) for module in encoder.model.modules()
    )


@pytest.mark.parametrize("family", TRANSFORMERS)
def test_attention_maps_are_distributions_of_the_right_shape(encoders, images, family):
    encoder = encoders[family]
    features = encoder.encode(images)
    tokens = PREFIX.get(family, 0) + features.grid.shape[1] * features.grid.shape[2]
    # VGGT's frame and global attention stand behind each other.
    heads = 4 if family == "vggt" else 2
    maps = encoder.attention_maps(images, [0, -1, 1])
    assert maps.shape == (2, 3, heads, tokens, tokens)
    torch.testing.assert_close(maps.sum(dim=-1), torch.ones(maps.shape[:-1]), atol=1e-6, rtol=0)
    assert float(maps.min()) >= 0
    assert torch.equal(maps[:, 1], maps[:, 2])
    assert not torch.allclose(maps[:, 0], maps[:, 1], atol=1e-3)
    assert torch.equal(encoder.encode(images).grid, features.grid)


@pytest.mark.parametrize("family", [*HUGGING_FACE, "clip", "siglip", "siglip2"])
def test_attention_maps_are_those_of_transformers_without_fusion(encoders, images, family):
    """Oracle: the same model, told to attend step by step and to hand out its weights."""
    encoder = tiny_encoder(family)
    assert encoder.vision.config._attn_implementation == "sdpa"
    found = encoders[family].attention_maps(images, [0, 1])
    vision = encoder.vision
    vision.set_attn_implementation("eager")
    outputs = []
    for place in find_attention(vision):
        place.module.register_forward_hook(lambda _, __, out: outputs.append(out[1]))
    encoder.encode(images)
    expected = torch.stack(outputs, dim=1)
    torch.testing.assert_close(found, expected, **EXACT)


@pytest.mark.parametrize("family", ["dinov2", "dinov3_vit"])
def test_attention_maps_are_the_attentions_that_transformers_returns(encoders, images, family):
    eager = tiny_encoder(family)
    eager.model.set_attn_implementation("eager")
    with torch.no_grad():
        output = eager.model(pixel_values=eager.preprocessing(images), output_attentions=True)
    expected = torch.stack(output.attentions, dim=1)
    torch.testing.assert_close(encoders[family].attention_maps(images, [0, 1]), expected, **EXACT)


def test_attention_maps_of_our_transformer_are_its_softmax(encoders, images):
    """Oracle: queries and keys of the first block, rotated and multiplied by hand."""
    vit = encoders["room-clip"].model.vision
    entered = []
    hook = vit.blocks[0].norm1.register_forward_hook(lambda _, __, out: entered.append(out))
    found = encoders["room-clip"].attention_maps(images, [0])[:, 0]
    hook.remove()
    query, key, _ = vit.blocks[0].attn.qkv(entered[0]).unflatten(-1, (3, 2, 16)).permute(2, 0, 3, 1, 4)
    turn = Rotary(16, 100.0)(8, 12)
    query, key = (torch.cat([x[:, :, :3], rotate(x[:, :, 3:], *turn)], dim=2) for x in (query, key))
    torch.testing.assert_close(found, torch.softmax(query @ key.mT / 4.0, dim=-1), **EXACT)


@pytest.mark.parametrize("family", ["fit3d", "vggt", *STEREO])
def test_maps_times_values_are_what_the_attention_returned(encoders, images, family):
    """Oracle for the rest: mixing the values by the map and projecting them gives the module's own output."""
    encoder = encoders[family]
    block = encoder.tower.layers[1][0]
    seen = []
    hook = block.attn.register_forward_hook(lambda _, inputs, out: seen.append((inputs[0], out)))
    maps = encoder.attention_maps(images, [1])[:, 0, :2]
    hook.remove()
    ((tokens, output),) = seen
    value = block.attn.qkv(tokens).unflatten(-1, (3, 2, -1))[:, :, 2].transpose(1, 2)
    expected = block.attn.proj((maps @ value).transpose(1, 2).flatten(2))
    torch.testing.assert_close(output, expected, **EXACT)


def test_masks_scales_and_half_precision_are_heeded():
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 2, 4, 6, 8)
    mask = torch.rand(2, 1, 6, 6) > 0.3
    mask |= torch.eye(6, dtype=torch.bool)
    attend = torch.nn.functional.scaled_dot_product_attention
    for options, named in (
        ({"attn_mask": mask}, {"mask": mask}),
        ({"attn_mask": mask.float()}, {"mask": mask.float()}),
        ({"scale": 0.7}, {"scale": 0.7}),
        ({"is_causal": True}, {"causal": True}),
    ):
        torch.testing.assert_close(attend(query, key, value, **options), attention_map(query, key, **named) @ value)
    half = attention_map(query.bfloat16(), key.bfloat16())
    assert half.dtype == torch.float32
    torch.testing.assert_close(half.sum(dim=-1), torch.ones(2, 4, 6))

    class Grouped(torch.nn.Module):
        def forward(self):
            return attend(query, key[:, :2], value[:, :2], enable_gqa=True)

    module = Grouped()
    with record_attention([module]) as maps:
        output = module()
    torch.testing.assert_close(maps[module] @ value[:, :2].repeat_interleave(2, dim=1), output)


def test_attention_is_found_by_structure_whatever_it_is_called():
    linear = torch.nn.Linear

    class Old(torch.nn.Module):
        """As transformers named it before its renaming: nested, and the output projection apart."""

        def __init__(self):
            super().__init__()
            self.attention = torch.nn.ModuleDict({"query": linear(4, 4), "key": linear(4, 4), "value": linear(4, 4)})
            self.output = torch.nn.ModuleDict({"dense": linear(4, 4)})

    class Block(torch.nn.Module):
        def __init__(self, attention):
            super().__init__()
            self.norm, self.strange_name = torch.nn.LayerNorm(4), attention
            self.mlp = torch.nn.Sequential(linear(4, 8), linear(8, 4))

    fused = torch.nn.ModuleDict({"qkv": linear(4, 12), "proj": linear(4, 4)})
    cross = torch.nn.ModuleDict({name: linear(4, 4) for name in ("projq", "projk", "projv", "proj")})
    model = torch.nn.ModuleDict({"blocks": torch.nn.ModuleList([Block(Old()), Block(fused), Block(cross)])})
    model["pooling_head"] = torch.nn.ModuleDict({name: linear(4, 4) for name in ("q_proj", "k_proj", "v_proj")})
    places = find_attention(model)
    assert [place.name for place in places] == ["strange_name", "strange_name"]
    assert places[1].module is fused
    old = places[0].module
    assert sorted(lasting_name(old, name) for name, _ in old.named_parameters()) == sorted(
        f"{role}.{kind}" for role in ("q", "k", "v", "out") for kind in ("weight", "bias")
    )


@pytest.mark.parametrize("family", TRANSFORMERS)
def test_every_block_of_the_image_tower_has_one_attention_and_no_other_is_found(encoders, family):
    # VGGT's patch embedding is a transformer of one block here.
    expected = 5 if family == "vggt" else 2
    assert len(find_attention(encoders[family].tower.root)) == expected
