"""Turns about several views from the command to shards, exports and pages; shards without them stay as they were."""

import dataclasses
import json
import re
import tarfile
from pathlib import Path

import pytest

from dialogue.test_generation import SETTINGS
from dialogue.test_shards import samples
from vantage.cli.main import main
from vantage.dialogue import Layout, converse, lift, perceive_capture
from vantage.dialogue.drawing import SORTS
from vantage.dialogue.inspection import inspect_run
from vantage.dialogue.records import schema
from vantage.dialogue.sample import Sample, sample_of
from vantage.dialogue.shard_marks import FORMAT, VIEW_FORMAT, read_mark, shard_path, shards_in
from vantage.dialogue.shards import read_conversations, read_samples, read_shard, write_shard
from vantage.dialogue.table import VQA_QUESTIONS
from vantage.errors import DataError, UsageError
from vantage.rooms import room_capture
from vantage.rooms.splits import TEST_SEEDS
from vantage.storage import read_json


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the command with one view and with two."""
    folder = tmp_path_factory.mktemp("views") / "run"
    rooms = f"{TEST_SEEDS[46]}-{TEST_SEEDS[47]}"
    words = f"dialogue make --rooms {rooms} --views 1,2 --per-scene 4 --layout 3,2,1,1,6 --size 96x72 --room-views 3"
    assert main([*words.split(), "--out", str(folder)]) == 0
    return folder


def vqa(sample: Sample) -> list:
    return [turn for turn in sample.conversation.turns if turn.level == "vqa"]


def test_shards_hold_them_and_count_what_is_missing(run: Path) -> None:
    found = list(read_samples(run))
    assert {sample.conversation.views for sample in found} == {1, 2}
    for sample in found:
        several = sample.conversation.views > 1
        assert len(vqa(sample)) + sample.conversation.shortfall.get("vqa", 0) == (6 if several else 0)
        assert all(turn.evidence.things or turn.evidence.numbers for turn in vqa(sample))
        seen = [turn.level for turn in sample.conversation.turns]
        assert seen == sorted(seen, key=["pixel", "object", "scene", "vqa", "caption"].index)
    (shard,) = shards_in(run / "shards")
    mark = read_mark(shard)
    assert mark is not None and mark.format == VIEW_FORMAT
    result = read_json(run / "result.json")
    kinds = {key.rpartition(": ")[0]: key.rpartition(": ")[2] for key in result["kinds"]}
    asked = set(kinds) & {each.name for each in VQA_QUESTIONS}
    assert {each.sort for each in VQA_QUESTIONS if each.name in asked} == set(SORTS)
    came = sum(len(vqa(sample)) for sample in found)
    lost = result["stages"]["turns"]["dropped"].get("no further vqa question", 0)
    assert came + lost == 6 * sum(sample.conversation.views > 1 for sample in found)
    assert ">vqa<" in (run / "report.html").read_text()


def test_exports_keep_all_levels_and_choose_among_them(run: Path, tmp_path: Path) -> None:
    def exported(name: str, *words: str) -> list[dict]:
        assert main(["dialogue", "export", str(run), str(tmp_path / name), "--format", "llava", *words]) == 0
        return read_json(tmp_path / name / "conversations.json")

    found = {sample.name: sample for sample in read_samples(run)}
    for record in exported("all"):
        sample = found[record["id"]]
        said = [each["value"] for each in record["conversations"]]
        assert len(said) == 2 * len(sample.conversation.turns)
        assert all(turn.question in said and turn.answer in said for turn in vqa(sample)[1:])
    alone = exported("alone", "--levels", "vqa")
    assert {record["id"] for record in alone} == {name for name, sample in found.items() if vqa(sample)}
    first = alone[0]["conversations"]
    assert first[0]["value"] == "<image>\n" * 2 + vqa(found[alone[0]["id"]])[0].question
    # Four numbers are a layout without them.
    without = {turn.question for sample in found.values() for turn in vqa(sample)}
    assert not [
        1 for r in exported("four", "--layout", "9,9,9,9") for each in r["conversations"] if each["value"] in without
    ]
    three = exported("three", "--layout", "0,0,0,0,3")
    assert all(len(record["conversations"]) <= 6 for record in three)
    reverse = exported("reverse", "--order", "reverse")
    assert any(
        vqa(found[r["id"]])[:1] and vqa(found[r["id"]])[0].question in r["conversations"][0]["value"] for r in reverse
    )
    assert (
        main(["dialogue", "export", str(run), str(tmp_path / "tar"), "--format", "webdataset", "--levels", "vqa"]) == 0
    )
    with tarfile.open(tmp_path / "tar/dialogue-000000.tar") as tar:
        member = tar.extractfile("00000000.json")
        assert member is not None
        record = json.load(member)
    assert len(record["images"]) == 2 and re.search(r"images?\b", record["messages"][0]["content"][-1]["text"])


def test_the_inspector_shows_them_with_their_candidates(run: Path, tmp_path: Path) -> None:
    assert inspect_run(run, tmp_path / "page.html") == 8
    embedded = (tmp_path / "page.html").read_text().split('id="data">')[1].split("</script>")[0]
    shown = [turn for sample in json.loads(embedded)["samples"] for turn in sample["turns"] if turn["level"] == "vqa"]
    listed = [turn for turn in shown if turn["question"].count("\n") == 4]
    assert listed and all(turn["view"] is None for turn in shown)
    # The letters of things in the pictures are those of the candidates that name them.
    named = [turn for turn in listed if len(turn["things"]) == 4]
    assert named
    for turn in named:
        for thing in turn["things"]:
            assert f"\n{thing['letter']}. It must be the {thing['text']}." in turn["question"]


def test_formats_without_them_are_what_they_were(tmp_path: Path) -> None:
    plain, more = schema(FORMAT), schema(VIEW_FORMAT)
    assert [field.name for field in plain.field("shortfall").type] == ["pixel", "object", "scene", "caption"]
    assert [field.name for field in plain.field("sources").type] == [
        "depth",
        "instances",
        "captions",
        "cameras",
        "scale",
    ]
    assert plain.names == more.names and not plain.equals(more)
    old = shard_path(tmp_path, 0)
    write_shard(old, samples(), configuration="c")
    mark = read_mark(old)
    assert mark is not None and mark.format == FORMAT == 1
    assert [talk.turns for talk in read_conversations(old)] == [sample.conversation.turns for sample in samples()]
    # The same samples in the newer form are read the same.
    write_shard(shard_path(tmp_path, 1), samples(), configuration="c", format=VIEW_FORMAT)
    for one, two in zip(read_shard(old), read_shard(shard_path(tmp_path, 1)), strict=True):
        assert one.conversation == two.conversation and one.sources == two.sources
    scene = lift(perceive_capture(room_capture(TEST_SEEDS[30], views=2, width=96, height=72, hold_out=0), [0, 1]))
    talk = converse(scene, seed=1, layout=Layout(vqa=3))
    asked = sample_of(scene, talk, tuple(view.encoded for view in samples()[1].views))
    with pytest.raises(UsageError, match="has vqa turns"):
        write_shard(shard_path(tmp_path, 2), [asked], configuration="c")
    mark_file = old.with_suffix(".json")
    mark_file.write_text(mark_file.read_text().replace('"format": 1', '"format": 3'))
    with pytest.raises(DataError, match="format 3; this version reads 1 and 2"):
        next(read_shard(old))


def test_the_configuration_counts_them_only_where_they_are_asked_for() -> None:
    asked = dataclasses.replace(SETTINGS, make=dataclasses.replace(SETTINGS.make, layout=Layout(vqa=3)))
    more = dataclasses.replace(SETTINGS, make=dataclasses.replace(SETTINGS.make, layout=Layout(vqa=6)))
    assert len({settings.configuration for settings in (SETTINGS, asked, more)}) == 3
    assert SETTINGS.format == FORMAT and asked.format == VIEW_FORMAT
