"""The `vantage` command: find the verb, hand it its arguments, turn errors into exit codes.

Only the standard library is imported here, so that `vantage --help` answers at once; the verb's own module is imported
when it is asked for.
"""

import contextlib
import difflib
import errno
import importlib
import io
import json
import os
import re
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from vantage import __version__
from vantage.errors import VantageError

# Each verb: its module and what it does, in the order of a user's way through them.
VERBS: dict[str, tuple[str, str]] = {
    "demo": ("vantage.cli.demo", "Make a room, distill it, ask it questions and write the report; no download."),
    "rooms": ("vantage.cli.rooms", "Write procedural rooms with exact ground truth as captures."),
    "capture": ("vantage.cli.capture", "Show what a folder of posed images holds, or convert it."),
    "encoders": ("vantage.cli.encoders", "List the vision and text encoders and which weights are present."),
    "features": ("vantage.cli.features", "Compute and cache an encoder's features of a capture."),
    "pretrain": ("vantage.cli.pretrain", "Train the encoders that ship with vantage, on procedural rooms."),
    "distill": ("vantage.cli.distill", "Fit a 3D field to a capture and distill encoders into it."),
    "query": ("vantage.cli.query", "Ask a distilled scene where something is, in words."),
    "invert": ("vantage.cli.invert", "Find where images were taken in a distilled scene, without a first guess."),
    "complete": ("vantage.cli.complete", "Complete the half-seen objects of an RGB-D image that labels name, in 3D."),
    "find": ("vantage.cli.find", "Find an object in an RGB-D image by a description of its place; it may be hidden."),
    "dialogue": ("vantage.cli.dialogue", "Make conversations about space from images; look at them, export them."),
    "view": ("vantage.cli.view", "Look around in a distilled scene, in the browser: words, clicks, features, depth."),
    "export": ("vantage.cli.export", "Write a scene as splats, points, a mesh, cameras or a video for other tools."),
    "gff": ("vantage.cli.gff", "Print how many edges an encoder's features have per edge of the pictures."),
    "score": ("vantage.cli.score", "Score encoders in fixed rooms: a table, a picture, and what they see in words."),
    "study": ("vantage.cli.study", "Run an experiment: content, localization, inversion, ovssc, ovssc-nyu, vool."),
    "doctor": ("vantage.cli.doctor", "Check this installation: versions, cores, GPU, extras, weights."),
}

BUG, USAGE, RESOURCES, INTERRUPTED = 1, 2, 5, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; `arguments` default to the process's own."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # Threads that wait must sleep: torch's and numba's pools otherwise spin against each other (a training step took
    # 243 ms instead of 126 on two loaded cores). OpenMP reads this once, when the first of them is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader (`head`, a pager) has left. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as error:
        # tyro prints its own help (0) and its own usage errors (2).
        return error.code if isinstance(error.code, int) else USAGE
    except KeyboardInterrupt:
        return _report("interrupted", INTERRUPTED, arguments)
    except VantageError as error:
        return _report(str(error), error.exit_code, arguments)
    except MemoryError:
        return _report("out of memory; choose smaller settings (fewer views, a smaller size)", RESOURCES, arguments)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return _report_bug(error, arguments)
        where = f"{error.filename}: " if error.filename else ""
        return _report(f"{where}no space left on the disk; free some and run again", RESOURCES, arguments)
    except Exception as error:
        if _is_out_of_gpu_memory(error):
            return _report(f"out of GPU memory; choose smaller settings ({_first_line(error)})", RESOURCES, arguments)
        return _report_bug(error, arguments)


def _dispatch(arguments: list[str]) -> int:
    """Find the verb and run it."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        sys.stdout.write(help_text())
        return 0
    if arguments[0] in ("--version", "-V"):
        sys.stdout.write(f"vantage {__version__}\n")
        return 0
    verb = arguments[0]
    if verb not in VERBS:
        close = difflib.get_close_matches(verb, VERBS, n=1, cutoff=0.5)
        hint = f"did you mean `vantage {close[0]}`?" if close else "`vantage --help` lists them"
        kind = "flag before the verb" if verb.startswith("-") else "verb"
        return _report(f"unknown {kind} {verb!r}; {hint}", USAGE, arguments)
    return _run_verb(verb, arguments[1:])


def _run_verb(verb: str, arguments: list[str]) -> int:
    """Import the verb's module, parse its `Command` and run it."""
    import tyro

    twice = _named_twice(arguments)
    if twice is not None:
        # The parser would take the last one and drop the others without a word.
        return _report(f"{twice} is given twice; give it once, with all its values behind it", USAGE, arguments)
    name, summary = VERBS[verb]
    module: Any = importlib.import_module(name)
    # A union of subcommands is no class; its own docstring would tell about Python, not about the verb.
    about = module.Command.__doc__ if isinstance(module.Command, type) else summary
    said = io.StringIO()
    try:
        # Kept for the JSON; on a terminal tyro writes itself, in colour.
        with contextlib.redirect_stderr(said) if "--json" in arguments else contextlib.nullcontext():
            command = tyro.cli(
                module.Command,
                prog=f"vantage {verb}",
                description=about,
                args=arguments,
                config=(tyro.conf.FlagCreatePairsOff,),
            )
    except SystemExit as error:
        sys.stderr.write(said.getvalue())
        if error.code and "--json" in arguments:
            # The words without the box around them.
            words = re.sub(r"[^\x00-\x7f]", " ", said.getvalue()).split()
            _print_json_error(" ".join(words), USAGE)
        raise
    return module.run(command)


def _named_twice(arguments: list[str]) -> str | None:
    """Return the first long flag that stands a second time, in either spelling (`--max-size`, `--max_size=3`)."""
    seen: set[str] = set()
    for argument in arguments:
        flag = argument.partition("=")[0].replace("_", "-")
        if not flag.startswith("--") or flag == "--":
            continue
        if flag in seen:
            return flag
        seen.add(flag)
    return None


def help_text() -> str:
    """Return what `vantage --help` prints."""
    width = max(map(len, VERBS))
    lines = [f"  {verb:<{width}}  {summary}" for verb, (_, summary) in VERBS.items()]
    return "\n".join(
        [
            "usage: vantage VERB [flags]",
            "",
            "Measure, add and use spatial awareness in vision encoders.",
            "",
            "verbs:",
            *lines,
            "",
            "flags:",
            "  --help     Show this text; `vantage VERB --help` shows a verb's own flags.",
            "  --version  Show the version.",
            "",
            "start here: vantage demo --out runs/demo",
            "",
        ]
    )


def _report(message: str, code: int, arguments: list[str]) -> int:
    """Say what went wrong on stderr, and as JSON on stdout under --json; return the code."""
    if "--debug" in arguments and sys.exc_info()[0] is not None:
        traceback.print_exc()
    sys.stderr.write(f"{'vantage' if code == INTERRUPTED else 'error'}: {message}\n")
    if "--json" in arguments:
        _print_json_error(message, code)
    return code


def _print_json_error(message: str, code: int) -> None:
    """Tell a script what went wrong."""
    sys.stdout.write(json.dumps({"error": message, "exit_code": code}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _report_bug(error: BaseException, arguments: list[str]) -> int:
    """Own up to a bug."""
    hint = "" if "--debug" in arguments else "; run again with --debug for the traceback"
    return _report(f"this is a bug in vantage: {type(error).__name__}: {_first_line(error)}{hint}", BUG, arguments)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0]


def _is_out_of_gpu_memory(error: Exception) -> bool:
    """Tell whether this is torch's out-of-memory error, without importing torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(error, torch.OutOfMemoryError)
