"""Stages that choose views: what is dropped and why, told in the run's result, and the same whoever works."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dialogue.test_filters import Reading
from lpips_weights import save_random
from vantage.captures import Capture, View, ViewSource
from vantage.cli.main import main
from vantage.dialogue.choosing import UNREADABLE, ChoiceSettings, Chooser, load_chooser
from vantage.dialogue.filters import fitting_pairs, load_lpips_network, pair_distances
from vantage.dialogue.generation import COMMAND, SHARDS, GenerationSettings, run_generation
from vantage.dialogue.grouping import KEPT, TOO_ALIKE, TOO_DIFFERENT, PairRule, grown_grouping
from vantage.dialogue.making import MakeSettings, Piece, make_samples
from vantage.dialogue.select import OTHERS, SceneFilter
from vantage.dialogue.sources import Scene, SceneSettings, perception_source, view_groups
from vantage.dialogue.tally import Tally
from vantage.errors import DataError, MissingError, UsageError
from vantage.geometry import Camera
from vantage.rooms.splits import TEST_SEEDS
from vantage.runs import RunFolder

CAMERA = Camera.from_fov(fov_x=1.0, width=80, height=64)


def album(*images: np.ndarray | None, name: str = "album") -> Capture:
    """Return a capture of images without depth; None is a view that cannot be read."""

    def read(index: int) -> View:
        image = images[index]
        if image is None:
            raise DataError(f"{index}.png: the file is empty")
        return View(name=f"{index}.png", image=image, camera=CAMERA, world_from_camera=np.eye(4), depth=None)

    sources = tuple(
        ViewSource(name=f"{k}.png", camera=CAMERA, world_from_camera=np.eye(4), read=lambda k=k: read(k))
        for k in range(len(images))
    )
    return Capture(name=name, sources=sources)


def grey(level: int) -> np.ndarray:
    """Return an image that `Reading` takes for the label of this number."""
    return np.full((64, 80, 3), level / 10, dtype=np.float32)


def test_views_are_dropped_by_their_label() -> None:
    chooser = Chooser(settings=ChoiceSettings(scenes="a test"), scene_filter=SceneFilter.of(Reading()))
    found = chooser.photographs(album(grey(0), grey(8), None, grey(3), grey(8)))
    assert found is not None
    assert [source.name for source in found.capture.sources] == ["0.png", "3.png"]
    assert found.outcomes == {KEPT: 2, f"taken for {OTHERS[4]}": 2, UNREADABLE: 1} and len(found.problems) == 1
    assert Chooser(settings=ChoiceSettings()).photographs(album(grey(0))) is None


@pytest.mark.parametrize("seed", range(5))
def test_every_group_keeps_the_rule(seed: int) -> None:
    rng = np.random.default_rng(seed)
    alike = rng.random((12, 12))
    asked = []

    def likeness(i: int, j: int) -> float:
        asked.append((i, j))
        return float(alike[i, j])

    rule = PairRule(likeness=likeness, least=0.3, most=0.8)
    found = grown_grouping(range(12), 3, rng, rule)
    assert found.groups and len(asked) == len(set(asked)) == sum(found.pairs.values())
    assert all(i < j for i, j in asked) and set(found.pairs) <= {KEPT, TOO_ALIKE, TOO_DIFFERENT}
    for verdict, low, high in ((TOO_DIFFERENT, -1, 0.3), (TOO_ALIKE, 0.8 + 1e-12, 2)):
        assert found.pairs.get(verdict, 0) == sum(low <= alike[pair] < high for pair in asked)
    members = [i for group in found.groups for i in group]
    assert len(members) == len(set(members))
    for group in found.groups:
        values = {i: [alike[min(i, j), max(i, j)] for j in group if j != i] for i in group}
        assert all(max(row) >= 0.3 and max(row) <= 0.8 for row in values.values())


def test_pairs_by_lpips_are_those_of_its_distances(tmp_path: Path) -> None:
    save_random(tmp_path)
    rng = np.random.default_rng(0)
    first = rng.random((64, 80, 3), dtype=np.float32)
    # How far two pictures are apart follows from how much they are mixed.
    images = [first, first, *(np.float32(w) * first + np.float32(1 - w) * first[::-1, ::-1] for w in (0.9, 0.4, 0.0))]
    distances = pair_distances(load_lpips_network(tmp_path), images)
    least, most = (float(np.quantile(distances[np.triu_indices(5, 1)], q)) for q in (0.25, 0.8))
    settings = ChoiceSettings(pairs="lpips", lpips=str(tmp_path), pair_range=(least, most))
    chooser, fitting = load_chooser(settings), fitting_pairs(distances, least=least, most=most)
    found = view_groups(album(*images, None), 2, 3, chooser)
    assert found.groups and all(tuple(sorted(group)) in fitting for group in found.groups)
    assert found.pairs.get(TOO_ALIKE, 0) + found.pairs.get(TOO_DIFFERENT, 0) > 0 and len(found.problems) == 1
    again = view_groups(album(*images, None), 2, 3, chooser)
    assert (found.groups, found.pairs) == (again.groups, again.pairs)
    # A picture of another shape goes with none.
    odd = view_groups(album(first, first[:, :70]), 2, 0, chooser)
    assert odd.groups == () and odd.pairs == {TOO_DIFFERENT: 1}


def test_choices_that_mean_nothing_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="do nothing"):
        ChoiceSettings(lpips="weights")
    for wrong in ((0.0, 0.5), (0.5, 1.2)):
        with pytest.raises(UsageError, match="lesser first"):
            ChoiceSettings(pair_range=wrong)
    with pytest.raises(UsageError, match="lesser first"):
        ChoiceSettings(pairs="lpips", pair_range=(0.6, 0.3))
    monkeypatch.setattr("vantage.metrics.lpips.lpips_folders", lambda: [tmp_path / "nowhere"])
    with pytest.raises(MissingError, match=r"nowhere.*alexnet-owt-7be5be79\.pth"):
        load_chooser(ChoiceSettings(pairs="lpips"))
    with pytest.raises(MissingError, match=r"alex\.pth|alexnet"):
        load_chooser(ChoiceSettings(pairs="lpips", lpips=str(tmp_path)))


def test_one_view_more_or_less_is_counted_once_however_a_scene_is_cut() -> None:
    """The stages' counts of a scene in pieces are those of the scene in one."""
    settings = MakeSettings(
        scene=SceneSettings(room_views=3, width=64, height=48), views=(1, 2), per_scene=4, choice=ChoiceSettings()
    )
    scene, perceive = Scene(room=TEST_SEEDS[41]), perception_source("truth")
    chooser = Chooser(settings=settings.choice, scene_filter=SceneFilter.of(Bright()))

    def counted(*bounds: tuple[int, int]) -> tuple[dict[str, dict[str, int]], list[str]]:
        tally, names = Tally(), []
        for start, stop in bounds:
            piece = Piece(scene=scene, start=start, stop=stop)
            names += [sample.name for sample in make_samples(piece, settings, perceive, tally, chooser)]
        chosen = ("photographs", "pairs", "views")
        return {stage: dict(tally.counts.get(stage, {})) for stage in chosen}, names

    whole, names = counted((0, 4))
    assert whole["photographs"] == {KEPT: 2, f"taken for {OTHERS[0]}": 1} and sum(whole["pairs"].values()) == 1
    assert counted((0, 1), (1, 3), (3, 4)) == (whole, names) and len(names) == 4


class Bright(Reading):
    """Takes every third image that it sees for a close-up."""

    def __init__(self) -> None:
        self.seen: dict[bytes, int] = {}

    def encode(self, images: torch.Tensor) -> Any:
        number = self.seen.setdefault(images.numpy().tobytes(), len(self.seen))
        return super().encode(torch.full((1, 3, 2, 2), 0.4 if number == 1 else 0.0))


def test_the_command_tells_each_stage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_random(tmp_path / "lpips")
    flags = ["--rooms", str(TEST_SEEDS[42]), "--room-views", "3", "--size", "80x64", "--views", "1,2"]
    chosen = ["--pairs", "lpips", "--lpips", str(tmp_path / "lpips"), "--pair-range", "0,99"]
    made = ["dialogue", "make", *flags, *chosen, "--per-scene", "2", "--scene-filter", "room-clip", "--json"]
    code = main([*made, "--out", str(tmp_path / "run")])
    stages = json.loads(capsys.readouterr().out)["stages"]
    assert code == (0 if stages["conversations"]["kept"] else 3)
    assert (
        stages["photographs"]["in"] == 3
        and sum(stages["photographs"]["dropped"].values()) + stages["photographs"]["kept"] == 3
    )
    assert stages["pairs"]["kept"] == stages["pairs"]["in"] or stages["pairs"]["dropped"]
    assert main(["dialogue", "make", *flags, "--pair-range", "much", "--out", str(tmp_path / "wrong")]) == 2
    empty = ["--pairs", "lpips", "--lpips", str(tmp_path)]
    assert main(["dialogue", "make", *flags, *empty, "--out", str(tmp_path / "wrong")]) == 4
    assert "alexnet" in capsys.readouterr().err and not (tmp_path / "wrong" / "result.json").exists()


@pytest.mark.slow
def test_chosen_views_are_the_same_whoever_works(tmp_path: Path) -> None:
    save_random(tmp_path / "lpips")
    choice = ChoiceSettings(scenes="room-clip", pairs="lpips", lpips=str(tmp_path / "lpips"), pair_range=(0.0, 99.0))
    scene = SceneSettings(room_views=4, width=64, height=48)
    make = MakeSettings(scene=scene, views=(1, 2), per_scene=2, choice=choice)
    settings = GenerationSettings(rooms=(TEST_SEEDS[43], TEST_SEEDS[47]), make=make, per_shard=1)
    shards = []
    for workers in (1, 2):
        folder = tmp_path / f"by-{workers}"
        with RunFolder.open(folder, command=COMMAND, settings=settings, seed=0) as run:
            result = run_generation(run, settings, workers=workers, quiet=True)
        assert result["samples"] > 0 and result["stages"]["photographs"]["in"] == 8
        shards.append([path.read_bytes() for path in sorted((folder / SHARDS).iterdir())])
    assert shards[0] == shards[1] and len(shards[0]) == 8
