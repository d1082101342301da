"""What a run ran on: versions, machine, command line and source revision, found without importing anything heavy."""

import importlib.metadata
import platform
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import vantage
from vantage.devices import core_count

# The packages whose version can change a result.
PACKAGES = ("torch", "numpy", "scipy", "numba", "transformers", "safetensors", "pillow", "trimesh", "embreex")


def describe_environment(*, seed: int) -> dict[str, Any]:
    """Return the content of a run's `env.json`."""
    return {
        "vantage": vantage.__version__,
        "python": platform.python_version(),
        "packages": {name: package_version(name) for name in PACKAGES},
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cores": core_count(),
        "seed": seed,
        "git_revision": git_revision(),
        "command_line": command_line(),
    }


def package_version(name: str) -> str | None:
    """Return the installed version of a package, or None where it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def command_line() -> str:
    """Return the command that started this process, quoted for a shell."""
    program = Path(sys.argv[0])
    by_module = program.name == "__main__.py" and program.parent.name == "vantage"
    return shlex.join([*(("python", "-m", "vantage") if by_module else (program.name,)), *sys.argv[1:]])


def git_revision() -> str | None:
    """Return the commit this package's source is at ('-dirty' where changed), or None outside its own checkout."""
    package = Path(vantage.__file__).resolve().parent
    checkout = package.parents[1]
    # An installed copy may lie in a virtual environment inside somebody else's checkout; that revision is not ours.
    if package != checkout / "src" / "vantage" or not (checkout / ".git").exists():
        return None
    describe = ["git", "-C", str(checkout), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        # Two seconds are plenty for a local repository; a hanging file system must not hold the run up.
        done = subprocess.run(describe, capture_output=True, text=True, timeout=2, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
