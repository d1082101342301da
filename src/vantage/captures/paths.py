"""File names that come from inside a capture: they must stay inside its folder."""

from pathlib import Path, PurePosixPath, PureWindowsPath

from vantage.errors import DataError


def resolve_inside(folder: Path, name: str, where: str, *, root: Path | None = None) -> Path:
    """Return `folder / name`, which must lie under `root` (default: `folder`) after links are followed.

    Raises:
        DataError: the name is absolute, empty, climbs with `..`, holds a NUL, or a link leads out of `root`.
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or "\0" in name or ".." in parts or name.startswith("/") or PureWindowsPath(name).is_absolute():
        raise DataError(f"{where}: the file name {name!r} is not a plain path inside the capture's folder; rename it")
    path = folder / name
    check_inside(path, root or folder, where)
    return path


def check_inside(path: Path, root: Path, where: str) -> None:
    """Refuse a path that leaves `root` through a symbolic link.

    Raises:
        DataError: it does.
    """
    try:
        resolved = path.resolve()
    except (OSError, RuntimeError) as error:
        raise DataError(f"{where}: {path} cannot be followed ({error})") from error
    if not resolved.is_relative_to(root.resolve()):
        raise DataError(f"{where}: {path} is a link that leaves the capture's folder {root}; copy the file inside")
