"""`vantage complete` and `vantage find`: what they write about a hand-made answer, and the verbs from end to end."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import plyfile
import pytest
import torch

from vantage.abstraction.completion import Completion, Found
from vantage.abstraction.frame import Bounds, ViewFrame, level_motion
from vantage.abstraction.network import NetworkSettings, untrained_network
from vantage.abstraction.network_files import Calibration, TrainedNetwork, save_network
from vantage.abstraction.relevancy import EncoderExtractor, RelevancyMap
from vantage.abstraction.rgbd import RgbdView
from vantage.abstraction.settings import PRESETS
from vantage.captures.images import encode_depth_png, encode_rgb_png
from vantage.cli.main import main
from vantage.encoders import load_encoder
from vantage.errors import UsageError
from vantage.geometry import Camera
from vantage.runs import RunFolder
from vantage.studies.completing import CompletingSettings, as_asked, unknown_notes
from vantage.studies.completing_output import completion_answer, found_answer, write_answer
from vantage.studies.rgbd_input import RgbdSource

EVIL = "<script>alert('x')</script> & \"quotes\""
GRID = 18
CAMERA = Camera(fx=40.0, fy=40.0, cx=24.0, cy=18.0, width=48, height=36)
RNG = np.random.default_rng(0)
VIEW = RgbdView(
    image=RNG.random((36, 48, 3), dtype=np.float32),
    # The left half is 2 m away, the right half 6 m, which is out of bounds.
    depth=np.where(np.arange(48) < 24, 2.0, 6.0).astype(np.float32)[None].repeat(36, axis=0),
    camera=CAMERA,
    name="wall.png",
)
FRAME = ViewFrame(frame_from_camera=level_motion(np.array([0.0, -1.0, 0.0]), 1.2), source="level")


def completion() -> Completion:
    """Return a box of 2 x 3 x 1 cells, a label that is seen out of bounds, and one that nothing speaks for."""
    logits = np.full((3, GRID, GRID, GRID), -4.0, dtype=np.float32)
    logits[0, 4:6, 6:9, 3] = 2.0
    logits[2] = -1.5
    seen = np.ones((GRID, GRID, GRID), dtype=bool)
    seen[:, 0] = False
    relevancy = torch.zeros(3, 36, 48)
    relevancy[0, 10:20, 4:12] = 1.0
    relevancy[1, 10:20, 36:44] = 1.0
    relevancy[2, :, :8] = 0.1
    best = logits.max(axis=0)
    return Completion(
        labels=("box", EVIL, "nothing"),
        bounds=Bounds(),
        frame=FRAME,
        relevancy=RelevancyMap(labels=("box", EVIL, "nothing"), values=relevancy),
        seen=seen,
        logits=np.where(seen, logits, np.float32(np.nan)),
        presence=np.array([0.9, 0.4, 0.3], dtype=np.float32),
        least_presence=0.2,
        owner=np.where(seen & (best > 0), logits.argmax(axis=0) + 1, 0).astype(np.int32),
        confidence=(1 / (1 + np.exp(-best))).astype(np.float32),
        threshold=0.0,
    )


def open_run(path: Path) -> RunFolder:
    return RunFolder.open(path, command="complete", settings={"labels": ["box", EVIL]}, seed=0)


def test_a_completion_is_told_in_numbers_words_and_files(tmp_path: Path) -> None:
    with open_run(tmp_path / "run") as run:
        result = write_answer(run, VIEW, completion_answer(VIEW, completion()), ["a note from before"], {})
    box, evil, nothing = result["labels"]
    side = 3.6 / GRID
    assert box["cells"] == 6
    assert box["volume_m3"] == pytest.approx(6 * side**3)
    low, high = np.array([4, 6, 3]) * side, np.array([6, 9, 4]) * side
    np.testing.assert_allclose(box["box_m"], np.stack([low, high]) + np.array(Bounds().low), atol=1e-3)
    np.testing.assert_allclose(box["centre_m"], (low + high) / 2 + np.array(Bounds().low), atol=1e-3)
    assert box["mean_confidence"] == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert box["strongest_in_bounds"] == 1.0
    assert box["note"] == ""
    assert evil["strongest_in_bounds"] == 0.0
    assert "6.00 m ahead" in evil["note"]
    assert "outside the bounds of 0.4 to 4 m ahead" in evil["note"]
    assert nothing["cells"] == 0
    assert "highest confidence is 0.18, the threshold 0.50" in nothing["note"]
    metrics = result["metrics"]
    assert metrics["labels_found"]["value"] == pytest.approx(1 / 3)
    assert metrics["labels_found"]["n"] == 3
    assert metrics["seen_points_in_bounds"]["value"] == pytest.approx(0.5)
    assert result["notes"][0] == "a note from before"
    assert "no ground was found" in result["notes"][1]
    assert len(plyfile.PlyData.read(tmp_path / "run/occupancy.ply")["vertex"].data) == 6
    with np.load(tmp_path / "run/occupancy.npz", allow_pickle=False) as arrays:
        assert np.array_equal(arrays["owner"], completion().owner)
        assert tuple(arrays["labels"]) == ("box", EVIL, "nothing")
    page = (tmp_path / "run/report.html").read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    for name in result["artifacts"]:
        assert (tmp_path / "run" / name).stat().st_size > 100


def test_a_label_that_is_taken_to_be_absent_says_so(tmp_path: Path) -> None:
    without = dataclasses.replace(completion(), least_presence=0.35)
    with open_run(tmp_path / "run") as run:
        result = write_answer(run, VIEW, completion_answer(VIEW, without), [], {})
    assert [facts["presence"] for facts in result["labels"]] == pytest.approx([0.9, 0.4, 0.3])
    assert "'nothing' is taken to be absent" in result["labels"][2]["note"]
    assert "presence 0.3, least 0.35" in result["labels"][2]["note"]
    assert "absent" not in result["labels"][1]["note"]
    with pytest.raises(UsageError, match=r"least-presence 1\.5"):
        CompletingSettings(source=RgbdSource(path="x"), labels=("a",), least_presence=1.5)


def test_a_place_that_nothing_reaches_is_said(tmp_path: Path) -> None:
    score = np.full((GRID, GRID, GRID), -3.0, dtype=np.float32)
    score[4, 9, 5] = -1.0
    seen = np.ones_like(score, dtype=bool)
    relevancy = torch.zeros(2, 36, 48)
    relevancy[1, 10:20, 36:44] = 1.0
    found = Found(
        target="mug",
        relation="behind",
        reference=EVIL,
        bounds=Bounds(),
        frame=FRAME,
        relevancy=RelevancyMap(labels=("mug", EVIL), values=relevancy),
        seen=seen,
        score=score,
        peak=(1.3, 0.1, 0.9),
        threshold=0.0,
    )
    answer = found_answer(VIEW, found)
    assert answer.facts["cells"] == 0
    assert [len(layer.cells) for layer in answer.scene.layers] == [0, 7]
    assert any("likeliest has a confidence of 0.27" in note for note in answer.notes)
    assert any("outside the bounds" in note for note in answer.notes)
    with open_run(tmp_path / "run") as run:
        result = write_answer(run, VIEW, answer, [], {})
    assert result["peak_m"] == [1.3, 0.1, 0.9]
    assert "<script>alert" not in (tmp_path / "run/report.html").read_text()


def test_words_that_the_encoder_never_saw_are_named_and_articles_added() -> None:
    extractor = EncoderExtractor(load_encoder("room-clip"), PRESETS["single"])
    notes = unknown_notes(extractor, ["a red mug", "hydrangea mug"])
    assert len(notes) == 1
    assert "'hydrangea'" in notes[0]
    labels = ["red mug", "apple", "the mug", "two chairs", "books", "pair of scissors", "glass"]
    asked = ["a red mug", "an apple", "the mug", "two chairs", "books", "a pair of scissors", "a glass"]
    assert as_asked(extractor, labels)[:5] + as_asked(extractor, labels)[6:] == asked[:5] + asked[6:]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    network = untrained_network(NetworkSettings(grid=16, widths=(4, 8), blocks=(0, 0)))
    trained = TrainedNetwork(network=network, calibration=Calibration(extractor="value-path-single"), source="test")
    save_network(trained, folder / "net.safetensors")
    (folder / "photo.png").write_bytes(encode_rgb_png(VIEW.image))
    (folder / "depth.png").write_bytes(encode_depth_png(VIEW.depth))
    return folder


def flags(files: Path) -> list[str]:
    depth, model = str(files / "depth.png"), str(files / "net.safetensors")
    return ["--depth", depth, "--intrinsics", "40,40,24,18", "--model", model, "--json"]


@pytest.mark.slow
def test_the_verbs_run_from_end_to_end(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo, out = str(files / "photo.png"), str(tmp_path / "run")
    assert main(["complete", photo, *flags(files), "--out", out, "--labels", "red mug", EVIL]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [label["label"] for label in result["labels"]] == ["red mug", EVIL]
    assert any("room-clip does not know" in note for note in result["notes"])
    assert result == json.loads((tmp_path / "run/result.json").read_text())
    description = "the red mug behind the plant in a pot"
    other = ["--extractor", "gradient", "--preset", "single"]
    assert main(["find", photo, description, *flags(files), *other, "--out", str(tmp_path / "found")]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["target"], result["relation"], result["reference"]) == ("red mug", "behind", "plant in a pot")
    assert any("made otherwise than in the network's training" in note for note in result["notes"])
    assert np.isfinite(result["peak_m"]).all()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["complete", "--labels", "  "], 2, "label 1 of 1 is empty"),
        (["complete", "--labels", "mug " * 2500], 2, "has 9999 characters"),
        (["complete", "--labels", "mug", "mug"], 2, "given twice"),
        (["complete", "--labels", "mug", "--intrinsics", "a,b"], 2, "expected fx,fy,cx,cy"),
        (["complete", "--labels", "mug", "--model", "nowhere.safetensors"], 3, "nowhere.safetensors"),
        (["complete", "--labels", "mug", "--encoder", "room-dino"], 2, "no text tower"),
        (["find", "the mug under the table"], 2, "no relation that can be asked for"),
        (["find", "x" * 10_000], 2, "has 10000 characters"),
    ],
)
def test_bad_words_end_with_their_code(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    verb, *rest = arguments
    given = {flag for flag in rest if flag.startswith("--")}
    usual = flags(files)
    pairs = [word for k in range(0, 6, 2) if usual[k] not in given for word in usual[k : k + 2]]
    photo = str(files / "photo.png")
    texts = [word for word in rest if verb == "find"]
    rest = [] if verb == "find" else rest
    command = [verb, photo, *texts, *pairs, "--json", "--out", str(tmp_path / "run"), *rest]
    assert main(command) == code
    told = json.loads(capsys.readouterr().out)
    assert message in told["error"]
    assert told["exit_code"] == code
