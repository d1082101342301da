"""Folders that appear whole or not at all."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from vantage.errors import UsageError
from vantage.storage import TEMPORARY_PREFIX, sync_folder


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a folder to fill that becomes `path` only when the block ends without an error.

    Raises:
        UsageError: `path` exists and is not an empty folder.
    """
    path = Path(path)
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise UsageError(f"{path}: exists already; name a new or empty folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX, dir=path.parent))
    try:
        yield temporary
        _share_like_a_plain_folder(temporary)
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _share_like_a_plain_folder(path: Path) -> None:
    """Give the folder the permissions `mkdir` would have given it (mkdtemp makes it private)."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o777 & ~mask)
