"""A run's folder: locked while the run lives, and at every instant whole enough to resume from."""

import fcntl
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import vantage
from vantage.devices import peak_memory_mb
from vantage.errors import DataError, InterruptedRun, MissingError, UsageError
from vantage.metrics import Metric
from vantage.runs.earlier import (
    LOCK_NAME,
    SCHEMA_VERSION,
    earlier_config,
    earlier_seconds,
    forget_run,
    has_work,
    inside,
    refuse_other_settings,
    remove_run,
)
from vantage.runs.environment import command_line, describe_environment
from vantage.runs.log import RunLog, read_log
from vantage.runs.settings import plain_settings
from vantage.storage import read_json, sweep_temporaries, write_json


class RunFolder:
    """The folder of one run, made by `RunFolder.open` and used as a context manager; leaving it gives the lock back.

    A new run that stops at something wrong, damaged or missing before it has done any work leaves nothing behind, so
    that the command can be mended and given again.
    """

    def __init__(self, path: Path, config: dict[str, Any], lock: int, *, new: bool, made: bool) -> None:
        """Take an open run; `new`: nothing of it was here before, `made`: not even the folder."""
        self.path = path
        self._new, self._made = new, made
        self.command: str = config["command"]
        self.settings: dict[str, Any] = config["settings"]
        self.seed: int = config["seed"]
        self.checkpoints = path / "checkpoints"
        self.checkpoints.mkdir(exist_ok=True)
        self._lock = lock
        self._start = time.monotonic()
        events = read_log(path / "log.jsonl")
        self._earlier_s = earlier_seconds(events)
        self._log = RunLog(path / "log.jsonl")
        self.log("resumed" if events else "started", command_line=command_line())

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        command: str,
        settings: Any,
        seed: int,
        resume: bool = False,
        overwrite: bool = False,
    ) -> "RunFolder":
        """Open a folder for a new run, or for one to go on with, and lock it until the run is closed.

        Args:
            path: the folder; made where it is missing.
            command: the verb, as in `result.json`.
            settings: everything that decides the result, as a dict or dataclass of plain values.
            seed: the run's seed.
            resume: go on with what a run of the same command, settings and seed left here; start where there is none.
            overwrite: remove what an earlier run wrote here (and nothing else) and start anew.

        Raises:
            UsageError: the folder holds another run, a live run or other files, or the settings to resume with differ.
            DataError: what an earlier run left is damaged.
        """
        path = Path(path)
        if resume and overwrite:
            raise UsageError("--resume keeps the earlier run and --overwrite removes it; give one of them")
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path} is a file; a run needs a folder")
        config = {
            "schema_version": SCHEMA_VERSION,
            "vantage": vantage.__version__,
            "command": command,
            "seed": seed,
            "settings": plain_settings(settings),
        }
        made = not path.exists()
        path.mkdir(parents=True, exist_ok=True)
        lock = _lock(path)
        try:
            sweep_temporaries(path)
            earlier = earlier_config(path)
            if earlier is not None and overwrite:
                remove_run(path)
            elif earlier is not None and resume:
                refuse_other_settings(path, earlier, config)
            elif earlier is not None:
                state = "a finished" if (path / "result.json").exists() else "an unfinished"
                raise UsageError(
                    f"{path} holds {state} run of `vantage {earlier.get('command', '?')}`; "
                    "give --resume to go on with it, --overwrite to replace it, or another --out"
                )
            write_json(path / "env.json", describe_environment(seed=seed))
            # Last of all: from here on the folder counts as a run.
            new = earlier is None or overwrite
            if new:
                write_json(path / "config.json", config)
            return cls(path, config, lock, new=new, made=made)
        except BaseException:
            os.close(lock)
            raise

    def __enter__(self) -> "RunFolder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self.log("stopped", reason=f"{type(error).__name__}: {error}")
        self.close(
            forget=self._new and isinstance(error, UsageError | MissingError | DataError) and not has_work(self.path)
        )

    @property
    def complete(self) -> bool:
        """Whether the run has finished: its `result.json` is there and says so."""
        file = self.path / "result.json"
        return file.exists() and read_json(file).get("complete") is True

    def log(self, event: str, **values: Any) -> None:
        """Append one line to `log.jsonl`: the event, the seconds since this session began, and the values."""
        self._log.write(event, time.monotonic() - self._start, values)

    def artifact(self, name: str) -> Path:
        """Return the path of a file or folder the run is going to write at `name`, and note that it is the run's own.

        Raises:
            UsageError: the name leads out of the folder.
        """
        path = inside(self.path, name)
        self.log("artifact", name=name)
        return path

    def interrupted(self, what: str) -> InterruptedRun:
        """Return the error to raise once the state is saved; it tells how to go on. `what`: 'stopped at step 3'."""
        # What was given to replace an older run must not throw this one away.
        words = [word for word in command_line().split(" ") if word != "--overwrite"]
        again = " ".join(words if "--resume" in words else [*words, "--resume"])
        return InterruptedRun(f"{what}; the state is saved. Go on with:\n  {again}")

    def finish(
        self,
        metrics: Mapping[str, Metric],
        artifacts: Sequence[str],
        timings_s: Mapping[str, float],
        extra: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Write `result.json` and return its content; `exit_code` of it is what the command should end with.

        Args:
            metrics: each with its sample size and interval; a metric of no samples is written as null.
            artifacts: files and folders of this run, relative to its folder; each must exist.
            timings_s: seconds per stage; `total`, over all sessions of a resumed run, is added where it is missing.
            extra: further top-level fields, such as views that were set aside and why.

        Raises:
            DataError: an artifact is missing, leads out of the folder, or `extra` would replace a standard field.
        """
        for name in artifacts:
            if not inside(self.path, name).exists():
                raise DataError(f"{self.path / name}: named as an artifact of the run and not there")
        total = self._earlier_s + time.monotonic() - self._start
        result: dict[str, Any] = {
            "vantage": vantage.__version__,
            "command": self.command,
            "seed": self.seed,
            "complete": True,
            "timings_s": {name: round(value, 3) for name, value in {"total": total, **timings_s}.items()},
            "peak_memory_mb": round(peak_memory_mb(), 1),
            "metrics": {name: metric.to_json() for name, metric in metrics.items()},
            "artifacts": list(artifacts),
        }
        clash = sorted(result.keys() & (extra or {}).keys())
        if clash:
            raise DataError(f"result.json's own fields cannot be replaced: {', '.join(clash)}")
        result.update(plain_settings(dict(extra or {}), where="extra"))
        write_json(self.path / "result.json", result)
        self.log("finished", metrics=result["metrics"])
        return result

    def close(self, *, forget: bool = False) -> None:
        """Close the log and give the lock back; `forget` removes the run before."""
        if self._lock >= 0:
            self._log.close()
            if forget:
                forget_run(self.path, folder=self._made)
            os.close(self._lock)
            self._lock = -1


def exit_code(result: Mapping[str, Any]) -> int:
    """Return 0, or 3 (bad data) where a metric of the result had no samples to be measured on."""
    return 3 if any(metric["value"] is None for metric in result["metrics"].values()) else 0


def _lock(path: Path) -> int:
    """Take the folder's lock; the system gives it back when the process ends, however it ends."""
    descriptor = os.open(path / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(descriptor, 32, 0).decode("ascii", errors="replace").strip()
        os.close(descriptor)
        raise UsageError(
            f"{path} is in use by another run (process {holder or 'unknown'}); wait for it or give another --out"
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
    return descriptor
