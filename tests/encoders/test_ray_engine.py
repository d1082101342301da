"""Ray makes the same files as one process. Its command runs apart, for Ray starts processes and warns of much."""

import builtins
import importlib.util
import json
import os
import subprocess
import sys

import pytest

from captures.conftest import build_capture
from vantage.captures import write_rgbd
from vantage.encoders.ray_engine import RayEngine, _read_result
from vantage.errors import DataError, MissingError

RAY = importlib.util.find_spec("ray") is not None
needs_ray = pytest.mark.skipif(not RAY, reason="ray is not installed (extra ray)")


def run(folder, cache, *flags):
    environment = {**os.environ, "VANTAGE_CACHE": str(cache), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "vantage", "features", *flags, "--json", "--out", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
    return done.returncode, json.loads(done.stdout)


@needs_ray
@pytest.mark.slow
def test_two_processes_make_the_same_bytes_as_one(tmp_path):
    """Two captures, one of them with a damaged view; one shard is there before, but torn."""
    captures = []
    for name, views in (("one", 25), ("two", 4)):
        write_rgbd(build_capture(views=views), tmp_path / name)
        captures.append(str(tmp_path / name))
    damaged = sorted((tmp_path / "one" / "images").iterdir())[3]
    damaged.write_bytes(damaged.read_bytes()[:60])
    flags = (*captures, "--encoder", "room-clip")
    code, here = run(tmp_path / "here", tmp_path / "cache_here", *flags)
    assert here["metrics"]["views"]["value"] == 28, here

    def contents(root):
        return {str(f.relative_to(root)): f.read_bytes() for f in root.rglob("*") if f.is_file()}

    expected = contents(tmp_path / "cache_here" / "features")
    shards = [name for name in expected if name.endswith(".safetensors")]
    assert len(shards) == 2
    cache = tmp_path / "cache_ray"
    torn = cache / "features" / shards[0]
    torn.parent.mkdir(parents=True)
    torn.write_bytes(expected[shards[0]][:-9])
    code_ray, ray = run(tmp_path / "ray", cache, *flags, "--engine", "ray", "--workers", "2")
    assert code_ray == code
    for name in ("views", "computed_views"):
        assert ray["metrics"][name] == here["metrics"][name]
    assert ray["set_aside"] == here["set_aside"]
    assert contents(cache / "features") == expected


def test_without_ray_it_says_what_to_install(monkeypatch, tmp_path):
    real = importlib.import_module

    def refuse(name, *rest):
        if name.startswith("ray"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr("vantage.runs.ray_runtime.importlib.import_module", refuse)
    engine = RayEngine(load=builtins.object, fingerprint="x")
    capture = build_capture(views=1)
    with pytest.raises(MissingError, match=r"vantage\[ray\]"):
        list(engine(capture, [], tmp_path))


def test_errors_of_workers_keep_their_kind():
    with pytest.raises(DataError, match="torn"):
        _read_result(json.dumps({"error": "DataError", "message": "torn"}))
