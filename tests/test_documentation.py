"""What the pages say exists: the files and headings that they link to, and the flags of the commands that they show."""

import contextlib
import functools
import io
import re
from pathlib import Path

import pytest

from vantage.cli import main as cli

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    file for folder in (ROOT, ROOT / "docs") for file in folder.glob("*.md" if folder == ROOT else "**/*.md")
)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page: those of its headings as GitHub makes them, and its own."""
    text = page.read_text()
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([^"]+)">', text))


@functools.cache
def help_of(*path: str) -> str | None:
    """Return the help of a verb; None where there is no such verb."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = cli.main([*path, "--help"])
    return out.getvalue() if code == 0 else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if link.startswith(("http:", "https:")):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{link} is not there"
        assert not anchor or anchor in anchors(target), f"{link}: the page has no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_that_are_named_are_there(page: Path) -> None:
    for named in re.findall(r"(?<![\w/.])((?:benchmarks|src|tests|docs)/[\w/.-]*\w)", page.read_text()):
        assert (ROOT / named).exists() or (page.parent / named).exists(), f"{named} is not there"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_have_the_flags_that_are_shown(page: Path) -> None:
    text = page.read_text().replace("\\\n", " ")
    for words, rest in re.findall(r"(?<![\w.-])vantage ((?:[a-z][a-z-]*[ \n])*)([^\n`]*)", text + "\n"):
        path = words.split()
        if not path or path[0] not in cli.VERBS:
            continue
        flags = re.findall(r"(?<![\w-])--[a-z][\w-]*", rest.split("#")[0])
        # A word after the verb is a verb below it, or what the verb is given.
        shown = next(text for k in range(len(path), 0, -1) if (text := help_of(*path[:k])) is not None)
        for flag in flags:
            assert re.search(rf"{flag}(?![\w-])", shown), f"vantage {' '.join(path)} has no {flag}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_benchmarks_have_the_flags_that_are_shown(page: Path) -> None:
    text = page.read_text().replace("\\\n", " ")
    for file, rest in re.findall(r"python (benchmarks/\w+\.py)([^\n`]*)", text):
        known = (ROOT / file).read_text()
        for flag in re.findall(r"(?<![\w-])--[a-z][\w-]*", rest.split("#")[0]):
            assert f'"{flag}"' in known, f"{file} has no {flag}"
