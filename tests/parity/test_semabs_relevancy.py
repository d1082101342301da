"""Relevancy against the released code of Semantic Abstraction, run with a tiny random CLIP."""

import json

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from parity.naver_golden import GOLDEN
from vantage.abstraction import PRESETS, EncoderExtractor
from vantage.abstraction.gradient_attention import tile_relevancy
from vantage.abstraction.readouts import ClipReadout
from vantage.abstraction.settings import RelevancySettings
from vantage.abstraction.tiles import resize_tiles, tile_image
from vantage.encoders.huggingface_encoder import HuggingFaceEncoder
from vantage.encoders.preprocessing import CLIP_MEAN, CLIP_STD, Preprocessing

TOLERANCE = 1e-4
"""Relative L2. The golden tensors agree with the same code in float64 to 3e-6."""


@pytest.fixture(scope="module")
def golden() -> dict[str, Tensor]:
    path = GOLDEN / "semabs_relevancy.io.safetensors"
    if not path.is_file():
        pytest.skip(f"no golden tensors at {path}")
    return load_file(path)


@pytest.fixture(scope="module")
def encoder(golden: dict[str, Tensor]) -> HuggingFaceEncoder:
    from transformers import CLIPConfig, CLIPModel

    config = json.loads((GOLDEN / "semabs_relevancy.json").read_text())["config"]
    shape = config["clip"]
    vision = {
        "hidden_size": shape["vision_width"], "intermediate_size": 4 * shape["vision_width"],
        "num_hidden_layers": shape["vision_layers"], "num_attention_heads": config["vision_heads"],
        "patch_size": shape["vision_patch_size"], "image_size": shape["image_resolution"],
    }  # fmt: skip
    text = {
        "hidden_size": shape["transformer_width"], "intermediate_size": 4 * shape["transformer_width"],
        "num_hidden_layers": shape["transformer_layers"], "num_attention_heads": shape["transformer_heads"],
        "vocab_size": shape["vocab_size"], "max_position_embeddings": shape["context_length"],
        "pad_token_id": 0, "bos_token_id": shape["vocab_size"] - 2, "eos_token_id": shape["vocab_size"] - 1,
    }  # fmt: skip
    model = CLIPModel(CLIPConfig(vision_config=vision, text_config=text, projection_dim=shape["embed_dim"]))
    weights = load_file(GOLDEN / "semabs_relevancy.weights.safetensors")
    missing, unexpected = model.load_state_dict(_as_transformers(weights), strict=False)
    assert not unexpected
    assert all(name.endswith("position_ids") for name in missing), missing
    return HuggingFaceEncoder(
        model, name="golden", source="golden", preprocessing=Preprocessing(patch=32, mean=CLIP_MEAN, std=CLIP_STD)
    )


def _as_transformers(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """OpenAI's names to those of transformers."""
    renamed = {
        "visual.class_embedding": "vision_model.embeddings.class_embedding",
        "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
        "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
        "positional_embedding": "text_model.embeddings.position_embedding.weight",
        "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
        "logit_scale": "logit_scale",
    }
    state = {}
    for name, tensor in weights.items():
        if name in ("visual.proj", "text_projection"):
            state["visual_projection.weight" if name == "visual.proj" else "text_projection.weight"] = tensor.T
            continue
        tower = "vision_model" if name.startswith("visual.") else "text_model"
        new = renamed.get(name, f"{tower}.{name.removeprefix('visual.')}")
        for old, replacement in (
            ("transformer.resblocks", "encoder.layers"), (".attn.", ".self_attn."), (".ln_1.", ".layer_norm1."),
            (".ln_2.", ".layer_norm2."), ("c_fc", "fc1"), ("c_proj", "fc2"), (".ln_pre.", ".pre_layrnorm."),
            (".ln_post.", ".post_layernorm."), (".ln_final.", ".final_layer_norm."),
        ):  # fmt: skip
            new = new.replace(old, replacement)
        if "in_proj_" in new:
            for role, part in zip("qkv", tensor.chunk(3), strict=True):
                state[new.replace("in_proj_", f"{role}_proj.")] = part
        else:
            state[new] = tensor
    return state


def _relative(mine: Tensor, truth: Tensor) -> float:
    assert mine.shape == truth.shape
    return float((mine.double() - truth.double()).norm() / truth.double().norm())


def _image(golden: dict[str, Tensor], name: str) -> Tensor:
    return golden[name].movedim(-1, -3).float() / 255


def _texts(encoder: HuggingFaceEncoder, tokens: Tensor) -> Tensor:
    each = encoder.model.get_text_features(input_ids=tokens.flatten(0, 1)).pooler_output
    return torch.nn.functional.normalize(each, dim=-1).unflatten(0, tokens.shape[:2]).mean(dim=1).detach()


def test_text_vectors(golden: dict[str, Tensor], encoder: HuggingFaceEncoder) -> None:
    assert _relative(_texts(encoder, golden["crop/in/tokens"]), golden["crop/out/text_features"]) < 1e-5


def test_resizing_is_that_of_the_released_code(golden: dict[str, Tensor]) -> None:
    tile = _image(golden, "crop/in/tile_rgb")
    for mine, name in ((tile, "resized_rgb"), (tile[:, 5:29, 7:31], "small_tile_resized_rgb")):
        levels = (resize_tiles(mine[None], 224, "pillow")[0] * 255).round().to(torch.uint8)
        assert torch.equal(levels.movedim(0, -1), golden[f"crop/out/{name}"])


@pytest.mark.parametrize("clamp", [True, False])
@pytest.mark.parametrize("after_block", [2, 1, -1])
def test_relevancy_of_one_crop(
    golden: dict[str, Tensor], encoder: HuggingFaceEncoder, after_block: int, clamp: bool
) -> None:
    tile = resize_tiles(_image(golden, "crop/in/tile_rgb")[None], 224, "pillow")
    texts = golden["crop/out/text_features"]
    mine = tile_relevancy(ClipReadout(encoder), tile, texts, layers=3 - after_block, clamp=clamp)
    kind = "positive" if clamp else "signed"
    assert _relative(mine, golden[f"crop/out/relevancy.{kind}.after_block{after_block}"]) < TOLERANCE


def test_attention_of_the_summary(golden: dict[str, Tensor], encoder: HuggingFaceEncoder) -> None:
    readout = ClipReadout(encoder)
    with torch.no_grad():
        tile = resize_tiles(_image(golden, "crop/in/tile_rgb")[None], 224, "pillow")
        read = readout.read(readout.tokens(tile))
        vector = torch.nn.functional.normalize(read.finish(read.read()), dim=-1)
    assert _relative(read.attention[0], golden["crop/out/attn.3"][:, 0]) < TOLERANCE
    assert _relative(vector, torch.nn.functional.normalize(golden["crop/out/image_features"], dim=-1)) < TOLERANCE


@pytest.mark.parametrize("case", ["multiscale_square", "multiscale_wide", "multiscale_tall", "chefer_square"])
def test_crops_are_those_that_the_released_code_visits(golden: dict[str, Tensor], case: str) -> None:
    height, width, _ = golden[f"{case}/in/rgb"].shape
    settings = _settings(case)
    mine = {
        (row, column, tiling.size)
        for tiling in tile_image(height, width, settings.shares, settings.stride, settings.coverage)
        for row in tiling.rows
        for column in tiling.columns
    }
    crops = golden[f"{case}/out/crops"].tolist()
    assert mine == {(row, column, size) for row, column, size, image in crops if image == 0}


@pytest.mark.parametrize(
    "case",
    [
        "chefer_square",
        "multiscale_tall",
        "multiscale_wide",
        pytest.param("multiscale_square", marks=pytest.mark.slow),
    ],
)
def test_relevancy_of_an_image(golden: dict[str, Tensor], encoder: HuggingFaceEncoder, case: str) -> None:
    versions = _image(golden, f"{case}/in/rgb")[None]
    if f"{case}/in/jittered_rgb" in golden:
        versions = torch.cat([versions, _image(golden, f"{case}/in/jittered_rgb")])
    texts = _texts(encoder, golden[f"{case}/in/tokens"])
    mine = EncoderExtractor(encoder, _settings(case)).of_versions(versions, texts)
    assert _relative(mine, golden[f"{case}/out/relevancy"]) < TOLERANCE
    if case == "multiscale_square":
        minus_mean = golden[f"{case}/out/relevancy_minus_label_mean"]
        assert _relative(mine - mine.mean(dim=0), minus_mean) < TOLERANCE


def _settings(case: str) -> RelevancySettings:
    if case != "chefer_square":
        return PRESETS["released"]
    return RelevancySettings(shares=(1.0,), flip=False, jitters=0, coverage="released", resize="pillow", background=())
