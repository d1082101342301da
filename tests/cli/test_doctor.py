"""The doctor: finds what works, what is absent and what is broken, and survives all three."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vantage.cli import doctor
from vantage.cli import main as cli


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Packages that raise, hang up, abort and work, on the path of child processes."""
    (tmp_path / "raises.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    (tmp_path / "aborts.py").write_text("import os\nos.abort()")
    (tmp_path / "hangs.py").write_text("import time\ntime.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_imports_that_fail_in_every_way(packages, monkeypatch):
    assert doctor.check_import("packaging").status == "ok"
    assert doctor.check_import("no_such_package_at_all") == doctor.Check(
        name="no_such_package_at_all", status="absent", detail="not installed"
    )
    raises = doctor.check_import("raises")
    assert raises.status == "broken" and "torchvision::nms" in raises.detail
    assert doctor.check_import("aborts").status == "broken"
    monkeypatch.setattr(doctor, "IMPORT_TIMEOUT_S", 1)
    hangs = doctor.check_import("hangs")
    assert hangs.status == "broken" and "more than 1 s" in hangs.detail


def test_a_broken_extra_is_told_and_a_broken_core_is_an_error(packages, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "CORE", ("packaging",))
    monkeypatch.setattr(doctor, "EXTRAS", {"raises": "is needed for nothing"})
    assert cli.main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["healthy"] is True
    assert found["extras"][0]["status"] == "broken" and "needed for nothing" in found["extras"][0]["detail"]
    assert {check["name"] for check in found["machine"]} == {"cores", "memory", "disk", "GPU", "cache"}
    monkeypatch.setattr(doctor, "CORE", ("packaging", "raises"))
    assert cli.main(["doctor"]) == 4
    out = capsys.readouterr().out
    assert "BROKEN raises" in out and "the core is broken" in out


def test_a_cache_that_cannot_be_written_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "file"))
    assert doctor._cache().status == "broken"


def test_weights_are_told_for_every_known_encoder(monkeypatch, tmp_path):
    from vantage.encoders import encoder_cards

    # An empty home has no downloaded weights.
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    found = {check.name: check for check in doctor._weights()}
    assert list(found) == [card.name for card in encoder_cards()]
    assert found["pixels"].status == "ok"
    assert found["dinov2-small"] == doctor.Check(
        name="dinov2-small", status="absent", detail="not here (facebook/dinov2-small)"
    )


def test_a_broken_encoder_stack_is_told(monkeypatch):
    import vantage.encoders

    def fail():
        raise RuntimeError("torn")

    monkeypatch.setattr(vantage.encoders, "encoder_cards", fail)
    assert doctor._weights() == [doctor.Check(name="encoders", status="broken", detail="RuntimeError: torn")]


@pytest.mark.slow
def test_the_whole_examination_of_this_installation():
    done = subprocess.run([sys.executable, "-m", "vantage", "doctor", "--json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["healthy"] and all(check["status"] == "ok" for check in found["core"])
    assert Path(sys.executable).exists()
