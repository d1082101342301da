"""The command's frame: help and error texts by snapshot, exit codes for every kind of end, nothing heavy imported."""

import dataclasses
import errno
import importlib
import json
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from vantage import __version__
from vantage.cli import main as cli
from vantage.cli.common import RunFlags, parse_size, print_result, settings_of
from vantage.errors import DataError, MissingError, ResourceError, UsageError, VantageError
from vantage.metrics import Metric

SNAPSHOTS = Path(__file__).parent / "snapshots"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(RunFlags):
    """Do what a test needs."""

    max_size: int = 320
    """Longest side in pixels."""


@pytest.fixture
def verb(monkeypatch):
    """Install a verb `demo` whose run function the test gives."""
    monkeypatch.setenv("COLUMNS", "80")
    module = types.ModuleType("vantage_test_verb")
    module.Command = Command
    module.run = lambda command: 0
    monkeypatch.setitem(sys.modules, "vantage_test_verb", module)
    monkeypatch.setitem(cli.VERBS, "demo", ("vantage_test_verb", "Do what a test needs."))
    return module


def raising(error):
    def run(command):
        raise error

    return run


def check_snapshot(name, text):
    """Compare with the stored text, frames around it apart; UPDATE_SNAPSHOTS=1 writes it anew."""
    # tyro draws its boxes as the terminal can; the words are ours to keep.
    words = [re.sub(r"[\u2500-\u257f]|^ *-{3,}", " ", line).rstrip() for line in text.splitlines()]
    text = "\n".join(line for line in words if line) + "\n"
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        path.write_text(text)
    assert text == path.read_text()


def test_help(capsys):
    for arguments in (["--help"], ["-h"], [], ["help"]):
        assert cli.main(arguments) == 0
        out, err = capsys.readouterr()
        assert err == ""
        check_snapshot("help", out)


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"vantage {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["distil"]])
def test_the_start_imports_nothing_heavy(arguments):
    script = (
        "import sys\nfrom vantage.cli.main import main\n"
        f"main({arguments!r})\n"
        "heavy = [m for m in ('torch', 'numpy', 'rich', 'tyro', 'pydantic', 'matplotlib') if m in sys.modules]\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("wrong_verb", ["distil", "x"]),
        ("unknown_verb", ["qqqq"]),
        ("flag_first", ["--out", "x"]),
        ("wrong_flag", ["demo", "--out", "x", "--max-siz", "3"]),
        ("wrong_type", ["demo", "--out", "x", "--max-size", "large"]),
        ("missing_flag", ["demo"]),
    ],
)
def test_wrong_usage(name, arguments, verb, capsys):
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    check_snapshot(name, err)


@pytest.mark.parametrize(
    "flags", [["--max-size", "3", "--max-size", "4"], ["--max-size=3", "--max_size", "4"], ["--json", "--json"]]
)
def test_a_flag_given_twice_is_refused(verb, capsys, flags):
    assert cli.main(["demo", *flags]) == 2
    assert f"{flags[0].partition('=')[0]} is given twice" in capsys.readouterr().err


def test_help_of_a_verb(verb, capsys):
    assert cli.main(["demo", "--help"]) == 0
    check_snapshot("verb_help", capsys.readouterr().out)


def test_a_command_gets_its_flags_and_its_code_comes_back(verb):
    seen = []
    verb.run = lambda command: seen.append(command) or 7
    assert cli.main(["demo", "--out", "a/b", "--seed", "5", "--json", "--max-size", "64"]) == 7
    assert seen == [Command(out=Path("a/b"), seed=5, json=True, max_size=64)]
    assert settings_of(seen[0]) == {"max_size": 64}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("wrong"), 2),
        (DataError("bad"), 3),
        (MissingError("absent"), 4),
        (ResourceError("full"), 5),
        (VantageError("any"), 1),
        (MemoryError(), 5),
        (OSError(errno.ENOSPC, "No space left on device", "/a/b"), 5),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), 5),
        (KeyboardInterrupt(), 130),
        (RuntimeError("boom\nsecond line"), 1),
        (OSError(errno.EIO, "I/O error"), 1),
        (SystemExit(4), 4),
    ],
)
def test_errors_become_exit_codes(verb, capsys, error, code):
    verb.run = raising(error)
    assert cli.main(["demo", "--out", "x"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 2


def test_our_own_bugs_are_owned_up_to(verb, capsys):
    verb.run = raising(RuntimeError("boom\nsecond line"))
    assert cli.main(["demo", "--out", "x"]) == 1
    assert capsys.readouterr().err == (
        "error: this is a bug in vantage: RuntimeError: boom; run again with --debug for the traceback\n"
    )
    assert cli.main(["demo", "--out", "x", "--debug"]) == 1
    err = capsys.readouterr().err
    assert "Traceback" in err and "second line" in err


def test_gpu_memory_is_a_resource(verb, capsys):
    import torch

    verb.run = raising(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"))
    assert cli.main(["demo", "--out", "x"]) == 5
    assert "out of GPU memory" in capsys.readouterr().err


def test_errors_are_json_too_when_asked(verb, capsys):
    verb.run = raising(DataError("a.json: line 1: “x”"))
    assert cli.main(["demo", "--out", "x", "--json"]) == 3
    out, err = capsys.readouterr()
    assert json.loads(out) == {"error": "a.json: line 1: “x”", "exit_code": 3}
    assert err == "error: a.json: line 1: “x”\n"
    assert cli.main(["demo", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert found["exit_code"] == 2 and "--out" in found["error"]
    assert cli.main(["dmo", "--json"]) == 2
    assert "demo" in json.loads(capsys.readouterr().out)["error"]


def test_a_reader_that_leaves_is_no_error():
    command = f"{sys.executable} -c 'from vantage.cli.main import main; import sys; sys.exit(main())' --help | true"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
    assert done.stderr == ""


def test_sizes():
    assert parse_size("320x240") == (320, 240)
    for text in ("320", "320x", "x240", "0x3", "3x-1", "3.5x2", "a x b", "1x2x3"):
        with pytest.raises(UsageError, match="WIDTHxHEIGHT"):
            parse_size(text)


def test_results_are_printed_for_people_and_for_scripts(capsys):
    result = {
        "metrics": {"psnr_db": Metric.of([25.0, 26.0]).to_json(), "none": Metric.of([]).to_json()},
        "artifacts": ["report.html"],
        "timings_s": {"total": 12.3},
        "peak_memory_mb": 345.6,
    }
    print_result(result, Path("runs/demo"), json=False)
    check_snapshot("result", capsys.readouterr().out)
    print_result(result, Path("runs/demo"), json=True)
    assert json.loads(capsys.readouterr().out) == result


def test_every_verb_is_listed_with_its_module():
    assert {name: f"vantage.cli.{name}" for name in cli.VERBS} == {n: module for n, (module, _) in cli.VERBS.items()}


@pytest.mark.parametrize("name", list(cli.VERBS))
def test_every_verb_explains_itself_and_all_its_flags(name, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    module = importlib.import_module(f"vantage.cli.{name}")
    assert callable(module.run)
    assert cli.main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    choices = re.search(r"\{([a-z0-9,-]+)\}", shown.splitlines()[0])
    for path in [[name, choice] for choice in choices[1].split(",")] if choices else [[name]]:
        assert cli.main([*path, "--help"]) == 0
        shown = re.sub(r"[\u2500-\u257f]", " ", capsys.readouterr().out)
        assert "--json" in shown and "--seed" in shown and "--debug" in shown
        # A flag without a docstring shows only its default, in brackets.
        bare = re.findall(r"^ +(--\S+(?: \S+)*?)(?: *\n +| {2,})\((?:default|required)", shown, flags=re.MULTILINE)
        assert not bare, f"vantage {' '.join(path)}: no help for {bare}"
