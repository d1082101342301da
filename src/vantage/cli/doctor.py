"""`vantage doctor`: what this installation can do, and what is broken, checked in processes of their own."""

import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import vantage
from vantage.cli.common import CommonFlags, print_json, print_lines

# Without these nothing works; a failing one is a broken installation.
CORE = ("torch", "numpy", "scipy", "numba", "transformers", "safetensors", "PIL", "trimesh", "embreex", "matplotlib")
# With these more works. torchvision is none of ours, but transformers stumbles over a broken one.
EXTRAS = {
    "pycolmap": "poses of unposed photographs (pip install 'vantage[sfm]')",
    "skimage": "meshes and daisy (pip install 'vantage[mesh]')",
    "av": "MP4 videos (pip install 'vantage[video]')",
    "gsplat": "splatting on a GPU (pip install gsplat)",
    "ray": "work spread over many machines (pip install 'vantage[ray]')",
    "torchvision": "not needed; a broken one beside torch must be removed (pip uninstall torchvision)",
}
# An import that takes longer than this hangs (a cold import of transformers takes 20 s on a slow disk).
IMPORT_TIMEOUT_S = 120


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(CommonFlags):
    """Check this installation: versions, cores, memory, disk, GPU, extras and which weights are present."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Check:
    """One line of the examination."""

    name: str
    status: str
    """`ok`, `absent` (not installed or not downloaded, which is fine) or `broken`."""
    detail: str


def run(args: Command) -> int:
    """Examine the installation; return 0 unless the core is broken."""
    if not args.json:
        sys.stderr.write("examining the installation, about ten seconds\n")
    names = [*CORE, *EXTRAS]
    # Imports in separate processes: a package that aborts must not take the examination with it.
    with ThreadPoolExecutor(max_workers=2) as pool:
        imports = dict(zip(names, pool.map(check_import, names), strict=True))
    core = [imports[name] for name in CORE]
    extras = [_explained(imports[name]) for name in EXTRAS]
    machine = [_cores(), _memory(), _disk(), _gpu(), _cache()]
    weights = _weights()
    healthy = all(check.status == "ok" for check in core)
    sections = {"core": core, "machine": machine, "extras": extras, "weights": weights}
    if args.json:
        content: dict[str, Any] = {"vantage": vantage.__version__, "python": sys.version.split()[0], "healthy": healthy}
        content.update({title: [dataclasses.asdict(check) for check in checks] for title, checks in sections.items()})
        print_json(content)
    else:
        _print(sections, healthy=healthy)
    return 0 if healthy else 4


def check_import(name: str) -> Check:
    """Import a package in a process of its own and return its version, or why it fails."""
    script = (
        "import importlib, importlib.metadata, importlib.util, sys\n"
        f"if importlib.util.find_spec({name!r}) is None: sys.exit(44)\n"
        f"module = importlib.import_module({name!r})\n"
        f"names = importlib.metadata.packages_distributions().get({name!r}, [{name!r}])\n"
        "print(importlib.metadata.version(names[0]))\n"
    )
    try:
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=IMPORT_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return Check(name=name, status="broken", detail=f"importing it takes more than {IMPORT_TIMEOUT_S} s")
    if done.returncode == 44:
        return Check(name=name, status="absent", detail="not installed")
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"])[-1]
        return Check(name=name, status="broken", detail=last[:200])
    return Check(name=name, status="ok", detail=done.stdout.strip().splitlines()[-1])


def _explained(check: Check) -> Check:
    """Add what an extra is for where it does not work."""
    if check.status == "ok":
        return check
    return dataclasses.replace(check, detail=f"{check.detail}; {EXTRAS[check.name]}")


def _cores() -> Check:
    from vantage.devices import core_count

    load = os.getloadavg()[0]
    return Check(name="cores", status="ok", detail=f"{core_count()} usable, load {load:.1f}")


def _memory() -> Check:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES") / 1e9
    return Check(name="memory", status="ok", detail=f"{total:.1f} GB, {free:.1f} GB unused")


def _disk() -> Check:
    usage = shutil.disk_usage(Path.cwd())
    return Check(name="disk", status="ok", detail=f"{usage.free / 1e9:.1f} GB free of {usage.total / 1e9:.1f} GB here")


def _gpu() -> Check:
    """Ask torch about a GPU, in a process of its own."""
    script = (
        "import torch\n"
        "name = torch.cuda.get_device_name(0) if torch.cuda.is_available() else ''\n"
        "print(name, torch.version.cuda or 'none', sep='|')\n"
    )
    try:
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=IMPORT_TIMEOUT_S)
        name, cuda = done.stdout.strip().splitlines()[-1].split("|")
    except (subprocess.TimeoutExpired, IndexError, ValueError):
        return Check(name="GPU", status="broken", detail="torch fails when asked for one")
    if name:
        return Check(name="GPU", status="ok", detail=f"{name}, CUDA {cuda}")
    build = "torch is a CPU build" if cuda == "none" else f"torch is built for CUDA {cuda} and sees none"
    return Check(name="GPU", status="absent", detail=f"{build}; everything runs on the CPU")


def _cache() -> Check:
    """Try to write where caches go."""
    from vantage.storage import cache_folder

    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(name="cache", status="broken", detail=f"{folder}: {error.strerror}; set VANTAGE_CACHE")
    return Check(name="cache", status="ok", detail=f"{folder} is writable")


def _weights() -> list[Check]:
    """Tell for each encoder that vantage knows whether its weights are here."""
    try:
        from vantage.encoders import encoder_cards, weights_present

        places = {card: weights_present(card) for card in encoder_cards()}
    except Exception as error:  # A broken encoder stack is a finding of the examination, not its end.
        return [Check(name="encoders", status="broken", detail=f"{type(error).__name__}: {error}"[:200])]
    return [
        Check(name=card.name, status="ok" if place else "absent", detail=place or f"not here ({card.source})")
        for card, place in places.items()
    ]


def _print(sections: dict[str, list[Check]], *, healthy: bool) -> None:
    """Print the examination for people."""
    signs = {"ok": "ok    ", "absent": "-     ", "broken": "BROKEN"}
    print_lines(f"vantage {vantage.__version__} on Python {sys.version.split()[0]}")
    width = max(len(check.name) for checks in sections.values() for check in checks)
    for title, checks in sections.items():
        print_lines("", title)
        print_lines(*(f"  {signs[check.status]} {check.name:<{width}}  {check.detail}" for check in checks))
    print_lines("", "vantage is ready" if healthy else "the core is broken: install again with `make install`")
