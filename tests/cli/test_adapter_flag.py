"""`--adapter` of `vantage features`, `vantage distill` and `vantage query`: used, recorded, and refused where wrong."""

import json
from pathlib import Path

import pytest
import torch

from captures.conftest import build_capture
from vantage.captures import write_rgbd
from vantage.cli import main as cli
from vantage.encoders import add_dual_channels, load_encoder, open_features, save_adapter
from vantage.encoders.room_vit import random_room_vit

DISTILL = ["--steps", "2", "--gaussians", "200", "--max-gaussians", "250", "--sh-degree", "0", "--json"]


@pytest.fixture(autouse=True)
def capture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "cache"))
    write_rgbd(build_capture(views=3), tmp_path / "room")
    return tmp_path / "room"


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """On room-clip, and changing its features: a fresh one would not."""
    adapted = add_dual_channels(load_encoder("room-clip"))
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for tensor in adapted.adapter.tensors.values():
            tensor.add_(0.1 * torch.randn(tensor.shape, generator=generator))
    save_adapter(adapted, tmp_path / "spatial.safetensors")
    return tmp_path / "spatial.safetensors"


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """Made for other weights."""
    save_adapter(add_dual_channels(random_room_vit()), tmp_path / "foreign.safetensors")
    return tmp_path / "foreign.safetensors"


def test_features_of_an_adapted_encoder_are_its_own(capture, adapter, tmp_path, capsys):
    with_it = ["--adapter", str(adapter)]
    results = []
    for name, flags in (("plain", []), ("adapted", with_it), ("again", with_it)):
        out = str(tmp_path / name)
        assert cli.main(["features", str(capture), "--encoder", "room-clip", *flags, "--out", out, "--json"]) == 0
        results.append(json.loads(capsys.readouterr().out))
    plain, adapted, _ = results
    encoder = load_encoder("room-clip", adapter=adapter)
    assert adapted["fingerprint"] == encoder.fingerprint != plain["fingerprint"]
    assert adapted["encoder"]["name"] == "room-clip+spatial"
    assert json.loads((tmp_path / "adapted" / "config.json").read_text())["settings"]["adapter"] == str(adapter)
    # Each has a cache of its own, and finds it again.
    assert [one["metrics"]["computed_views"]["value"] for one in results] == [3, 3, 0]
    grids = [open_features(one["features"][0])[0].grid for one in results]
    assert torch.equal(grids[1], grids[2])
    assert float((grids[0] - grids[1]).abs().max()) > 0.01


@pytest.mark.slow
def test_a_scene_distilled_with_an_adapter_is_asked_with_it(capture, adapter, tmp_path, capsys):
    out = str(tmp_path / "run")
    flags = ["--encoder", "room-clip", "--adapter", str(adapter), "--query", "a mug", "--out", out, *DISTILL]
    assert cli.main(["distill", str(capture), *flags]) == 0
    expected = load_encoder("room-clip", adapter=adapter).fingerprint
    assert json.loads(capsys.readouterr().out)["fingerprints"] == {"room-clip": expected}
    assert cli.main(["query", out, "a mug", "--adapter", str(adapter), "--json"]) == 0
    capsys.readouterr()
    assert cli.main(["query", out, "a mug"]) == 3
    said = capsys.readouterr().err
    assert "--adapter it was distilled with" in said and len(said.strip().splitlines()) <= 2


@pytest.mark.parametrize("verb", ["features", "distill"])
@pytest.mark.parametrize(
    ("encoders", "file", "code", "message"),
    [
        (["room-clip"], "none.safetensors", 3, "no such file"),
        (["room-clip"], "text.safetensors", 3, "text.safetensors"),
        (["room-clip"], "foreign.safetensors", 3, "load it onto the encoder it was trained on"),
        (["pixels"], "foreign.safetensors", 2, "no transformer"),
        (["room-clip", "pixels"], "foreign.safetensors", 2, "belongs to one encoder"),
    ],
)
def test_a_wrong_file_is_told_in_two_lines(capture, foreign, tmp_path, capsys, verb, encoders, file, code, message):
    if verb == "features" and len(encoders) > 1:
        pytest.skip("features takes one encoder")
    (tmp_path / "text.safetensors").write_text("no adapter")
    out = str(tmp_path / "run")
    flags = ["--encoder", *encoders, "--adapter", str(tmp_path / file), "--out", out]
    assert cli.main([verb, str(capture), *flags]) == code
    said = capsys.readouterr().err
    assert message in said and "Traceback" not in said
    assert len(said.strip().splitlines()) <= 2
    # A run folder is made only for what can begin.
    assert verb == "distill" or not (tmp_path / "run").exists()
