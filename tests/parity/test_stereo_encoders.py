"""DUSt3R, MASt3R and MUSt3R behind `load_encoder`: features, files of every form, and files that are bad."""

import argparse
import json
import math
import pathlib

import pytest
import torch
from safetensors.torch import save_file

from vantage.encoders import Encoder, encoder_cards, load_encoder, weights_present
from vantage.encoders.croco_heads import DptSettings
from vantage.encoders.dust3r import Dust3r, PointView, TwoViewSettings
from vantage.encoders.mast3r import Mast3r, MatchView
from vantage.encoders.must3r import Must3r, Must3rSettings, SequenceView
from vantage.encoders.naver_weights import parse_call
from vantage.encoders.stereo import StereoEncoder
from vantage.encoders.stereo_releases import STEREO_RELEASES
from vantage.errors import DataError, MissingError, UsageError

NAMES = ("dust3r-linear", "dust3r-dpt", "mast3r", "must3r")
TINY = {"width": 16, "depth": 2, "heads": 2, "decoder_width": 16, "decoder_depth": 4, "decoder_heads": 4}
DPT = DptSettings(layers=(4, 4, 8, 8), width=8, last=4)
CALL = (
    "Model(pos_embed='RoPE100', patch_embed_cls='ManyAR_PatchEmbed', img_size=(64, 48), enc_num_heads=2, "
    "dec_num_heads=4, depth_mode=('exp', -inf, inf), conf_mode=('exp', 1, inf), landscape_only=True)"
)


def tiny(name: str):
    torch.manual_seed(5)
    if name == "must3r":
        return Must3r(Must3rSettings(**TINY))
    if name == "mast3r":
        return Mast3r(TwoViewSettings(**TINY, dpt=DPT, descriptor=3))
    return Dust3r(TwoViewSettings(**TINY, dpt=DPT if name == "dust3r-dpt" else None))


def checkpoint(name: str) -> dict:
    """The content of a file as the makers write them."""
    state = tiny(name).state_dict()
    if name != "must3r":
        return {"args": argparse.Namespace(model=CALL, seed=0), "model": state}
    args = argparse.Namespace(
        encoder="Dust3rEncoder(img_size=(64, 48), num_heads=2)",
        decoder="CausalMUSt3R(img_size=(64, 48), num_heads=4, act=Activation.NORM_EXP)",
    )
    parts = {"encoder": {}, "decoder": {}}
    for key, value in state.items():
        part, rest = key.split(".", 1)
        parts[part][rest] = value
    return {"args": args, **parts}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, pathlib.Path]:
    folder = tmp_path_factory.mktemp("naver")
    for name in NAMES:
        torch.save(checkpoint(name), folder / f"{name}.pth")
    return {name: folder / f"{name}.pth" for name in NAMES}


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(2, 3, 40, 64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", NAMES)
def test_a_makers_file_loads_and_keeps_the_contract(files, images, name):
    encoder = load_encoder(f"{files[name]}@32")
    assert isinstance(encoder, Encoder)
    assert isinstance(encoder, StereoEncoder)
    features = encoder.encode(images)
    # 40 x 64 with a shorter side of 32 is 32 x 51, whose nearest multiples of 16 are 32 x 48.
    assert features.grid.shape == (2, 2, 3, 16)
    assert features.stride == (64 / 3, 20.0)
    assert features.image_size == (64, 40)
    assert (encoder.card.family, encoder.card.patch, encoder.card.dim) == ("geometry-grounded", 16, 16)
    torch.testing.assert_close(features.summary, features.grid.mean(dim=(1, 2)))
    alone = torch.cat([encoder.encode(image[None]).grid for image in images])
    torch.testing.assert_close(features.grid, alone, atol=1e-5, rtol=1e-4)
    again = load_encoder(f"{files[name]}@32")
    assert again.fingerprint == encoder.fingerprint
    assert load_encoder(f"{files[name]}@48").fingerprint != encoder.fingerprint


@pytest.mark.parametrize("name", NAMES)
def test_the_longer_side_is_that_of_the_training_images(files, images, name):
    grid = load_encoder(str(files[name])).encode(images).grid
    assert grid.shape[1:3] == (2, 4), "64 x 40 stays 64 wide; 40 rows are nearest to 2 patches"


@pytest.mark.parametrize("name", NAMES)
def test_forward_intermediates_end_in_the_encoders_tokens(files, images, name):
    encoder = load_encoder(str(files[name]))
    first, last = encoder.forward_intermediates(images, [0, -1], norm=True)
    torch.testing.assert_close(last.grid, encoder.encode(images).grid)
    (raw,) = encoder.forward_intermediates(images, [0])
    assert first.grid.shape == raw.grid.shape == last.grid.shape
    assert not torch.equal(first.grid, raw.grid)
    with pytest.raises(UsageError, match="each from -2 to 1"):
        encoder.forward_intermediates(images, [-3])


@pytest.mark.parametrize("name", NAMES)
def test_views_are_reconstructed_together(files, images, name):
    encoder = load_encoder(str(files[name]))
    results = encoder.reconstruct([images, images.mT])
    kind = {"mast3r": MatchView, "must3r": SequenceView}.get(name, PointView)
    assert all(isinstance(result, kind) for result in results)
    assert [tuple(result.points.shape) for result in results] == [(2, 32, 64, 3), (2, 64, 32, 3)]
    assert all(bool((result.confidence >= 1).all()) for result in results)
    if name == "must3r":
        assert len(encoder.reconstruct([images] * 3)) == 3
    else:
        with pytest.raises(UsageError, match="got 3"):
            encoder.reconstruct([images] * 3)


@pytest.mark.parametrize("name", ["dust3r-linear", "must3r"])
def test_no_column_and_no_row_of_the_image_is_cut(name):
    """An impulse in any column (row) reaches the cell that `stride` says covers it, and none far away."""
    model = tiny(name)
    for key, parameter in model.named_parameters():
        # Blocks that add nothing: every token depends on its own patch alone.
        if "enc" in key and key.endswith(("attn.proj.weight", "attn.proj.bias", "fc2.weight", "fc2.bias")):
            torch.nn.init.zeros_(parameter)
    card = STEREO_RELEASES[0].card
    encoder = StereoEncoder(model, card=card, long_side=96)
    width, height = 75, 53
    plain = encoder.encode(torch.full((1, 3, height, width), 0.5)).grid
    for axis, size, cells in ((3, width, plain.shape[2]), (2, height, plain.shape[1])):
        images = torch.full((size, 3, height, width), 0.5)
        for place in range(size):
            images[place].select(axis - 1, place).fill_(1.0)
        features = encoder.encode(images)
        change = (features.grid - plain).abs().sum(dim=-1).mean(dim=4 - axis)
        stride = features.stride[0 if axis == 3 else 1]
        assert math.isclose(stride * cells, size)
        for place in range(size):
            cell = min(int((place + 0.5) / stride), cells - 1)
            assert change[place, cell] > 1e-3, f"{place} of {size} is not seen by its cell"
            far = [number for number in range(cells) if abs(number - cell) > 1]
            assert change[place, far].max() < 1e-4, f"{place} of {size} is seen far away"


@pytest.mark.parametrize("name", NAMES)
def test_safetensors_and_a_folder_of_the_hub_give_the_same(files, images, tmp_path, name):
    state = tiny(name).state_dict()
    # As the hub's mixin writes them: one name per tensor, an unused one left out, the arguments with infinite bounds.
    kept = {key: value for key, value in state.items() if ".layer_rn." not in key and key != "mask_token"}
    save_file(kept, tmp_path / "model.safetensors")
    bounds = ["exp", -math.inf, math.inf]
    arguments = {"enc_num_heads": 2, "dec_num_heads": 4, "depth_mode": bounds, "img_size": [64, 48]}
    if name != "must3r":
        (tmp_path / "config.json").write_text(json.dumps(arguments))
        expected = load_encoder(str(files[name])).encode(images).grid
        torch.testing.assert_close(load_encoder(str(tmp_path)).encode(images).grid, expected)
        torch.testing.assert_close(load_encoder(f"{tmp_path}/model.safetensors").encode(images).grid, expected)
    else:
        # Without arguments the heads have 64 channels each, as in the release; here there is one head of 16.
        assert load_encoder(str(tmp_path / "model.safetensors")).model.settings.heads == 1


class Evil:
    """Unpickling it would write a file."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def __reduce__(self):
        return pathlib.Path.touch, (self.path,)


@pytest.mark.parametrize("place", ["args", "model", "top"])
def test_a_pickle_that_would_run_code_is_refused(tmp_path, place):
    trap, file = tmp_path / "trap", tmp_path / "bad.pth"
    content = checkpoint("dust3r-linear")
    if place == "args":
        content["args"].seed = Evil(trap)
    elif place == "model":
        content["model"]["more"] = Evil(trap)
    torch.save(Evil(trap) if place == "top" else content, file)
    with pytest.raises(DataError, match="could run code"):
        load_encoder(str(file))
    assert not trap.exists()


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "Model(img_size=64) or exit()",
        "Model(64)",
        "Model(**{})",
        "lambda: 0",
        "Model(x=-'a')",
        "Model(",
        "(" * 5000,
        "M(a='" + "x" * 20_000 + "')",
    ],
)
def test_arguments_that_are_no_constructor_call_are_refused(text):
    with pytest.raises(DataError, match="cannot be read"):
        parse_call(text, where="here")


def test_arguments_are_read_as_literals():
    read = parse_call("A(a=('exp', -inf, 1.5), b=None, c=[True, 'x'], d=open('x'), e=B.C)", where="here")
    assert read == {"a": ("exp", -math.inf, 1.5), "b": None, "c": (True, "x")}


def _nan(content):
    content["model"]["enc_norm.bias"][0] = math.nan


def _missing(content):
    del content["model"]["dec_blocks2.1.mlp.fc1.bias"]


def _shape(content):
    content["model"]["enc_blocks.1.mlp.fc1.bias"] = torch.zeros(3)


def _other(content):
    content["model"] = torch.nn.Linear(3, 4).state_dict()


def _no_dict(content):
    content["model"] = [1, 2]


def _empty(content):
    content["model"] = {}


def _mode(content):
    content["args"].model = "Model(conf_mode=('sigmoid', 0, 1))"


def _heads(content):
    content["args"].model = "Model(enc_num_heads=5)"


def _gap(content):
    content["model"]["enc_blocks.99999999.norm1.bias"] = torch.zeros(16)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_nan, "NaN"),
        (_missing, "Missing key"),
        (_shape, "size mismatch"),
        (_other, "not weights of DUSt3R"),
        (_no_dict, "no dict of tensors"),
        (_empty, "no tensors"),
        (_mode, "conf_mode"),
        (_heads, "5 heads"),
        (_gap, "not what its first"),
    ],
)
def test_bad_weights_are_data_errors(tmp_path, spoil, message):
    content = checkpoint("dust3r-linear")
    spoil(content)
    torch.save(content, tmp_path / "bad.pth")
    with pytest.raises(DataError, match=message):
        load_encoder(str(tmp_path / "bad.pth"))


def test_two_names_of_one_tensor_must_agree(tmp_path):
    content = checkpoint("dust3r-dpt")
    key = "downstream_head1.dpt.scratch.layer_rn.2.weight"
    content["model"][key] = content["model"][key] + 1
    torch.save(content, tmp_path / "bad.pth")
    with pytest.raises(DataError, match="differ, but name one tensor"):
        load_encoder(str(tmp_path / "bad.pth"))


@pytest.mark.parametrize("length", [0, 10, 5000])
def test_torn_files_are_data_errors(files, tmp_path, length):
    whole = files["dust3r-linear"].read_bytes()
    (tmp_path / "torn.pth").write_bytes(whole[:length])
    with pytest.raises(DataError, match=r"torn\.pth"):
        load_encoder(str(tmp_path / "torn.pth"))


def test_images_smaller_than_a_patch_are_refused(files):
    with pytest.raises(DataError, match="smaller than one patch"):
        load_encoder(str(files["must3r"])).encode(torch.rand(1, 3, 15, 40))


@pytest.mark.parametrize("release", STEREO_RELEASES, ids=lambda release: release.card.name)
def test_missing_weights_say_what_to_download_and_where_to_put_it(monkeypatch, tmp_path, release):
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path))
    monkeypatch.setattr("vantage.encoders.stereo_releases.cached_folder", lambda hub_id: None)
    assert release.card in encoder_cards()
    assert weights_present(release.card) is None
    with pytest.raises(MissingError) as caught:
        load_encoder(release.card.name)
    message = str(caught.value)
    assert release.url in message
    assert str(tmp_path / "weights") in message
    assert "\n" not in message
    with pytest.raises(MissingError, match="no such file"):
        load_encoder(str(tmp_path / "absent.pth"))


def test_a_file_put_where_the_message_says_is_found(monkeypatch, tmp_path, files):
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path))
    place = tmp_path / "weights" / "MUSt3R_512.pth"
    place.parent.mkdir()
    place.write_bytes(files["must3r"].read_bytes())
    encoder = load_encoder("must3r-512@32")
    assert encoder.card.name == "must3r-512@32"
    (card,) = (card for card in encoder_cards() if card.name == "must3r-512")
    assert weights_present(card) == str(place)
