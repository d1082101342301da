"""Every encoder of the family through the command line: three steps, stopped and gone on with to the same bytes."""

import functools
import json
import os
import signal

import pytest

from vantage.cli import main as cli
from vantage.encoders import encoder_cards, how_to_get, load_encoder, weights_present
from vantage.encoders.room_dust3r import DecoderSettings
from vantage.encoders.room_models import ROOM_CARDS
from vantage.encoders.room_siglip import RoomSiglipSettings
from vantage.encoders.room_vit import save_room_vit
from vantage.encoders.text import TextSettings
from vantage.encoders.vit import Vit, VitSettings
from vantage.errors import DataError, MissingError
from vantage.pretraining import (
    SETTINGS,
    CropSettings,
    DinoSettings,
    Dust3rSettings,
    PoolSettings,
    SiglipSettings,
    VggtSettings,
)
from vantage.pretraining.dino_model import HeadSettings
from vantage.pretraining.multicrop import MultiCropSettings
from vantage.pretraining.object_crops import ObjectCropSettings
from vantage.pretraining.training import Trainer
from vantage.pretraining.view_sets import ViewSetSettings
from vantage.storage import load_tensors

VIT = VitSettings(width=24, depth=2, heads=2, patch=8, registers=2)
SETS = ViewSetSettings(sizes=((32, 24),), size_shares=(1.0,), patches_per_step=48, views=(2,))
COMMON = {"checkpoint_seconds": 0.0, "bf16": False}
SMALL = {
    "room-dino": functools.partial(
        DinoSettings,
        vit=VIT,
        crops=MultiCropSettings(views=2, large=(32,), small=16, small_crops=1),
        heads=HeadSettings(hidden=24, bottleneck=12, class_prototypes=8, patch_prototypes=8),
        **COMMON,
    ),
    "room-siglip": functools.partial(
        SiglipSettings,
        model=RoomSiglipSettings(dim=12, vit=VIT, text=TextSettings(width=16, depth=1, heads=2)),
        crops=CropSettings(sizes=((32, 32),), patches_per_step=64),
        objects=ObjectCropSettings(sides=(32,), least_side=4, least_pixels=16),
        **COMMON,
    ),
    "room-dust3r": functools.partial(
        Dust3rSettings, sets=SETS, decoder=DecoderSettings(width=24, depth=1, heads=2), **COMMON
    ),
    "room-vggt": functools.partial(VggtSettings, sets=SETS, **COMMON),
}


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    return tmp_path_factory.mktemp("pool")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    path = tmp_path_factory.mktemp("base") / "room-dino.safetensors"
    save_room_vit(Vit(VIT), path, name="room-dino")
    return path


def command(name, out, pool, base, *more):
    begin = ["--base", str(base)] if name in ("room-dust3r", "room-vggt") else []
    sizes = ["--rooms", "2", "--views", "2", "--validation-rooms", "1", "--steps", "3", "--workers", "0"]
    return ["pretrain", name, "--out", str(out), "--pool", str(pool), *sizes, *begin, "--json", *more]


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_a_stopped_run_ends_in_the_same_bytes(name, pool, base, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(SETTINGS, name, SMALL[name])
    monkeypatch.setattr("vantage.pretraining.PoolSettings", functools.partial(PoolSettings, width=64, height=48))
    assert cli.main(command(name, tmp_path / "whole", pool, base)) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["complete"] is True
    assert all(metric["n"] == 1 for metric in result["metrics"].values())
    plain_step = Trainer.step

    def stop_at_two(self: Trainer) -> dict[str, float]:
        losses = plain_step(self)
        if self.step_count == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return losses

    monkeypatch.setattr(Trainer, "step", stop_at_two)
    assert cli.main(command(name, tmp_path / "broken", pool, base)) == 130
    monkeypatch.setattr(Trainer, "step", plain_step)
    assert cli.main(command(name, tmp_path / "broken", pool, base, "--resume")) == 0
    for file in result["artifacts"]:
        if file.endswith(".safetensors"):
            assert (tmp_path / "whole" / file).read_bytes() == (tmp_path / "broken" / file).read_bytes()
    encoder = load_encoder(str(tmp_path / "whole" / f"{name}.safetensors"))
    assert encoder.card.name == name
    assert (tmp_path / "whole" / "report.html").is_file()


@pytest.mark.parametrize("name", [*SMALL, "room-clip"])
def test_test_and_validation_seeds_are_refused(name, pool, base, tmp_path, capsys):
    for first, split in (("799999", "validation"), ("900000", "test")):
        arguments = command(name, tmp_path / split, pool, base, "--first-room", first)
        assert cli.main(arguments) == 2
        assert f"{split} room; training takes only train seeds" in capsys.readouterr().err


def test_fine_tuning_says_what_it_begins_with(pool, base, tmp_path, capsys):
    arguments = command("room-vggt", tmp_path / "a", pool, tmp_path / "none.safetensors")
    assert cli.main(arguments) == 4
    assert "vantage pretrain room-dino" in capsys.readouterr().err
    assert cli.main([*command("room-dino", tmp_path / "b", pool, base), "--base", str(base)]) == 2
    assert "begins with nothing" in capsys.readouterr().err
    other = tmp_path / "other.safetensors"
    save_room_vit(Vit(VIT), other, name="room-vggt")
    assert cli.main(command("room-dust3r", tmp_path / "c", pool, other)) == 3
    assert "fine-tuning begins with room-dino" in capsys.readouterr().err


def test_the_family_is_listed_and_says_how_it_is_made(tmp_path, monkeypatch):
    assert {card.name for card in ROOM_CARDS} <= {card.name for card in encoder_cards()}
    monkeypatch.setattr("vantage.encoders.room_vit.WEIGHTS_FOLDER", tmp_path)
    for card in ROOM_CARDS[1:]:
        assert weights_present(card) is None
        assert f"vantage pretrain {card.name}" in how_to_get(card)
        with pytest.raises(MissingError, match=f"vantage pretrain {card.name}"):
            load_encoder(card.name)
    save_room_vit(Vit(VIT), tmp_path / "room-dino.safetensors", name="room-dino")
    dino = next(card for card in ROOM_CARDS if card.name == "room-dino")
    assert weights_present(dino) == str(tmp_path / "room-dino.safetensors")
    assert load_encoder("room-dino").card.dim == 24


def test_files_of_the_family_are_told_apart(tmp_path):
    from vantage.storage import save_tensors

    path = tmp_path / "x.safetensors"
    save_room_vit(Vit(VIT), path, name="room-dust3r")
    assert load_encoder(str(path)).card.family == "geometry-grounded"
    tensors, metadata = load_tensors(path)
    save_tensors(path, tensors, metadata | {"name": "room-depth"})
    with pytest.raises(DataError, match="expected one of room-dino"):
        load_encoder(str(path))
    save_tensors(path, tensors, metadata | {"format": "other"})
    with pytest.raises(DataError, match="expected room-clip weights"):
        load_encoder(str(path))
    tensors.pop("vision.class_token")
    save_tensors(path, tensors, metadata)
    with pytest.raises(DataError, match="not the architecture"):
        load_encoder(str(path))
