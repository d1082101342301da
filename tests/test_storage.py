"""Safe files: whole or not at all under SIGKILL and a full disk; strict reading of damaged ones."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time

import pytest
import torch
from safetensors.torch import save

from vantage.errors import DataError, ResourceError
from vantage.storage import (
    TEMPORARY_PREFIX,
    atomic_open,
    content_hash,
    load_tensors,
    parse_json,
    read_json,
    save_tensors,
    sweep_temporaries,
    write_bytes,
    write_json,
    write_text,
)

WRITER = """
import sys
from pathlib import Path
from vantage.storage import write_bytes
path = Path(sys.argv[1])
size = 2_000_000
count = 0
while True:
    count += 1
    write_bytes(path, bytes([count % 251]) * size)
    if count == 1:
        print("ready", flush=True)
"""


@pytest.mark.slow
def test_a_kill_at_any_instant_leaves_a_whole_file(tmp_path):
    path = tmp_path / "file"
    stale = 0
    for attempt in range(12):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(0.003 * (attempt + 1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        content = path.read_bytes()
        assert len(content) == 2_000_000
        assert content == content[:1] * len(content)
        stale += sweep_temporaries(tmp_path)
        assert [file.name for file in tmp_path.iterdir()] == ["file"]
    # Otherwise no kill has ever hit a write, and the test has shown nothing.
    assert stale > 0


def test_an_error_inside_the_block_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    write_text(path, "old")
    with pytest.raises(RuntimeError), atomic_open(path) as file:
        file.write(b"new")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_permissions_are_those_of_a_plain_file(tmp_path):
    write_text(tmp_path / "ours", "x")
    (tmp_path / "plain").write_text("x")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ours", "plain")}
    assert len(modes) == 1


def test_sweeping_removes_only_temporaries(tmp_path):
    (tmp_path / f"{TEMPORARY_PREFIX}abc").write_text("x")
    (tmp_path / "mine").write_text("x")
    assert sweep_temporaries(tmp_path) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_a_full_disk_ends_with_a_resource_error_and_the_old_file(tmp_path):
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("mounting a small tmpfs needs root")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"a tmpfs cannot be mounted here: {mounted.stderr.decode().strip()}")
    try:
        path = tmp_path / "file"
        write_bytes(path, b"old" * 1000)
        with pytest.raises(ResourceError, match="no space left"):
            write_bytes(path, bytes(2_000_000))
        assert path.read_bytes() == b"old" * 1000
        assert list(tmp_path.iterdir()) == [path]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_json_round_trip(tmp_path):
    value = {"text": "naïve ×", "numbers": [1, 2.5, None, True], "nested": {"a": {}}}
    write_json(tmp_path / "a.json", value)
    assert read_json(tmp_path / "a.json") == value
    (tmp_path / "bom.json").write_bytes(b"\xef\xbb\xbf{}")
    assert read_json(tmp_path / "bom.json") == {}


def test_nan_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", {"value": float("nan")})
    assert not (tmp_path / "a.json").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": NaN}', "NaN is not allowed"),
        ('{"a": -Infinity}', "-Infinity is not allowed"),
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ('{"a": {"b": 1, "b": 1}}', "'b' stands twice"),
        ('{"a": 1,}', "line 1, column"),
        ("{'a': 1}", "expected JSON"),
        ("", "expected JSON"),
        ('{"a": 1} x', "expected JSON"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_text_that_is_not_strict_json_is_refused(text, message):
    with pytest.raises(DataError, match=message) as caught:
        parse_json(text, where="file.json")
    assert str(caught.value).startswith("file.json")


def test_json_files_that_cannot_be_read(tmp_path):
    with pytest.raises(DataError, match="No such file"):
        read_json(tmp_path / "absent.json")
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe9"}')
    with pytest.raises(DataError, match="byte 7 is not UTF-8"):
        read_json(tmp_path / "latin.json")
    (tmp_path / "large.json").write_text("[" + " " * 100 + "]")
    with pytest.raises(DataError, match="more than the 50"):
        read_json(tmp_path / "large.json", max_bytes=50)


@pytest.mark.parametrize("length", [3, 20, 55, 99])
def test_every_prefix_of_json_is_refused(length):
    text = '{"schema": 1, "values": [1.5, 2.5, {"deep": [true, null, "text with \\u00e9"]}], "last": "end of it all"}'
    with pytest.raises(DataError):
        parse_json(text[:length], where="cut")


def tensors():
    return {"a": torch.arange(6, dtype=torch.float32).reshape(2, 3), "b": torch.tensor([1, 2], dtype=torch.int64)}


def test_tensors_round_trip(tmp_path):
    path = tmp_path / "t.safetensors"
    save_tensors(path, {**tensors(), "strided": torch.arange(12.0).reshape(3, 4).T}, {"kind": "test"})
    loaded, metadata = load_tensors(path)
    assert metadata == {"kind": "test"}
    assert torch.equal(loaded["a"], tensors()["a"]) and torch.equal(loaded["b"], tensors()["b"])
    assert torch.equal(loaded["strided"], torch.arange(12.0).reshape(3, 4).T)


def test_every_truncated_prefix_of_a_tensor_file_is_refused(tmp_path):
    content = save(tensors(), metadata={"kind": "test"})
    path = tmp_path / "t.safetensors"
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(DataError, match="not a whole safetensors file"):
            load_tensors(path)


def test_tensor_files_of_other_kinds_are_refused(tmp_path):
    path = tmp_path / "t.safetensors"
    for content in (b"\xff" * 64, b"PK\x03\x04" + bytes(60), save(tensors()) + b"more"):
        path.write_bytes(content)
        with pytest.raises(DataError, match="not a whole safetensors file"):
            load_tensors(path)
    with pytest.raises(DataError, match="no such file"):
        load_tensors(tmp_path / "absent.safetensors")


def test_tensors_that_are_not_finite_are_refused(tmp_path):
    path = tmp_path / "t.safetensors"
    save_tensors(path, {"weights": torch.tensor([1.0, float("nan")])})
    with pytest.raises(DataError, match="'weights' holds NaN"):
        load_tensors(path)
    assert load_tensors(path, finite=False)[0]["weights"].isnan().any()


def test_hashes_tell_different_splits_apart():
    assert content_hash("ab", "c") != content_hash("a", "bc") != content_hash("abc")
    assert content_hash("é") == content_hash("é".encode())
    assert len(content_hash(b"")) == 32
