"""`vantage view`."""

import dataclasses
import os
import sys
from pathlib import Path
from typing import Annotated

import tyro

from vantage.cli.common import CommonFlags, print_json, print_lines


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(CommonFlags):
    """Look around in a distilled scene, in the browser: colour, depth, features, words and clicks (extra `viewer`)."""

    run: Annotated[Path, tyro.conf.Positional]
    """Folder of a run of `vantage distill` or `vantage demo`."""
    encoder: str | None = None
    """Distilled image-text encoder that is asked; by default the first that reads text."""
    adapter: Path | None = None
    """Adapter that was on the encoder when it was distilled."""
    host: str = "127.0.0.1"
    """Address to listen at. Any other than this machine's own opens the page to whoever can reach it."""
    port: int = 8080
    """Port to listen at; 0 takes any free one."""
    browser: bool = True
    """Open the page in this machine's browser, where there is a screen."""
    render: bool = False
    """Begin with views that are rendered here: exact, and faster where the browser has no graphics card."""


def has_screen() -> bool:
    """Tell whether a browser could be opened for somebody to see."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(command: Command) -> int:
    """Open the page, tell its address, and keep it open until Ctrl-C."""
    import time
    import webbrowser

    from vantage.errors import InterruptedRun
    from vantage.runs import graceful_interrupts
    from vantage.studies.viewing import open_page
    from vantage.viewer.guard import is_loopback

    start = time.monotonic()
    with graceful_interrupts() as interrupts:
        page = open_page(
            command.run,
            encoder=command.encoder,
            adapter=str(command.adapter) if command.adapter else None,
            rendered=command.render,
            host=command.host,
            port=command.port,
        )
        try:
            if not is_loopback(command.host):
                sys.stderr.write(
                    f"warning: open to every machine that reaches {command.host}; there is no password, and anyone may "
                    "save pictures into the run folder\n"
                )
            if command.json:
                print_json({"url": page.url, "opened_s": round(time.monotonic() - start, 3)})
            else:
                print_lines(f"open {page.url} in a browser; Ctrl-C ends")
                if command.browser and has_screen():
                    webbrowser.open(page.url)
            sys.stdout.flush()
            while not interrupts.requested:
                time.sleep(0.1)
        finally:
            page.close()
    raise InterruptedRun("the page is closed")
