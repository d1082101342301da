"""Perceivers by name: what runs here runs, and what needs weights says so."""

import pytest

from vantage.dialogue.predicted_head import WEIGHTS
from vantage.dialogue.predicted_sources import SOURCES, source_named
from vantage.dialogue.sources import PERCEIVERS, perception_source
from vantage.errors import MissingError, UsageError
from vantage.rooms import room_capture


def test_names_are_those_of_the_command() -> None:
    assert ("truth", *SOURCES) == PERCEIVERS
    with pytest.raises(UsageError, match="choose one of predicted, sensor, hf"):
        source_named("guess")


def test_the_sensor_perceives_a_room() -> None:
    found = perception_source("sensor")(room_capture(7, views=1, width=96, height=72), [0])
    assert found.sources.depth == "sensor" and found.metric


@pytest.mark.skipif(not WEIGHTS.is_file(), reason="the package came without the perception head's weights")
def test_predictions_need_nothing_but_the_package() -> None:
    found = perception_source("predicted")(room_capture(7, views=1, width=96, height=72), [0])
    assert found.sources.instances.startswith("room-clip")


def test_models_from_the_hub_say_what_to_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(MissingError, match="hf download"):
        perception_source("hf")
