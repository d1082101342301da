"""Strict settings: what is written is read back, and every kind of mistake is named with its key."""

import dataclasses
from pathlib import Path
from typing import Literal

import pytest

from vantage.errors import DataError
from vantage.runs import RunFolder, parse_settings, plain_settings, read_settings


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rates:
    means: float = 1.6e-4
    colours: float = 0.0025


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    capture: Path
    steps: int = 3000
    size: tuple[int, int] = (320, 240)
    encoders: tuple[str, ...] = ("room-clip",)
    kind: Literal["gaussian", "nerf"] = "gaussian"
    limit: float | None = None
    verbose: bool = False
    rates: Rates = Rates()


EXAMPLE = Settings(capture=Path("a/b"), size=(64, 48), limit=2.0, rates=Rates(means=1.0))


def test_round_trip_through_a_run_folder(tmp_path):
    RunFolder.open(tmp_path, command="distill", settings=EXAMPLE, seed=0).close()
    assert read_settings(tmp_path / "config.json", Settings) == EXAMPLE
    assert parse_settings(plain_settings(EXAMPLE), Settings, where="here") == EXAMPLE


def test_whole_numbers_are_numbers():
    assert parse_settings({"capture": "a", "limit": 2}, Settings, where="here").limit == 2.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"step": 5}, "unknown key 'step', did you mean 'steps'?"),
        ({"zzz": 5}, "unknown key 'zzz'; known are capture, steps"),
        ({"rates": {"colour": 1.0}}, "unknown key 'rates.colour', did you mean 'colours'?"),
        ({"steps": "5"}, 'steps is "5"; expected a valid integer'),
        ({"steps": 5.5}, "steps is 5.5; expected a valid integer"),
        ({"steps": True}, "steps is true; expected a valid integer"),
        ({"verbose": 1}, "verbose is 1; expected a valid boolean"),
        ({"rates": {"means": "x"}}, 'rates.means is "x"; expected a valid number'),
        ({"size": [1]}, "the key 'size.1' is missing"),
        ({"kind": "gausian"}, "kind is \"gausian\"; expected 'gaussian' or 'nerf'"),
        ({"capture": None}, "capture is null"),
        ({"encoders": "room-clip"}, "encoders is"),
    ],
)
def test_mistakes_are_named(change, message):
    with pytest.raises(DataError) as caught:
        parse_settings({"capture": "a", **change}, Settings, where="config.json")
    assert message in str(caught.value)
    assert str(caught.value).startswith("config.json: ")


def test_a_missing_key_is_named():
    with pytest.raises(DataError, match="the key 'capture' is missing"):
        parse_settings({}, Settings, where="config.json")


def test_nan_is_refused_in_files_and_values(tmp_path):
    (tmp_path / "config.json").write_text('{"capture": "a", "limit": NaN}')
    with pytest.raises(DataError, match="NaN is not allowed"):
        read_settings(tmp_path / "config.json", Settings)
    with pytest.raises(DataError, match="limit is NaN; expected a finite number"):
        parse_settings({"capture": "a", "limit": float("nan")}, Settings, where="here")


def test_something_else_altogether():
    with pytest.raises(DataError, match="here: "):
        parse_settings([1, 2], Settings, where="here")
