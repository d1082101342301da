"""A headless Chromium driven over its DevTools protocol, with the websocket library that viser brings."""

import base64
import io
import itertools
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

FLAGS = (
    "--headless=new --no-sandbox --use-angle=swiftshader --enable-unsafe-swiftshader --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync --hide-scrollbars --mute-audio"
)


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Chromium:
    """A browser with one page per `open`; a context manager."""

    def __init__(self, width: int = 1280, height: int = 800) -> None:
        self.size = width, height

    def __enter__(self) -> "Chromium":
        program = find_chromium()
        assert program is not None
        self._home = tempfile.mkdtemp(prefix="vantage-chromium-")
        arguments = [program, *FLAGS.split(), f"--user-data-dir={self._home}", "--remote-debugging-port=0"]
        self._process = subprocess.Popen(
            [*arguments, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        port_file = Path(self._home) / "DevToolsActivePort"
        wait_until(lambda: port_file.exists() and len(port_file.read_text().splitlines()) == 2, 60)
        self._port = int(port_file.read_text().splitlines()[0])
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    def open(self, url: str) -> "Tab":
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}/json/new?about:blank", method="PUT")
        with urllib.request.urlopen(request, timeout=30) as answer:
            address = json.load(answer)["webSocketDebuggerUrl"]
        return Tab(address, url, self.size)


class Tab:
    """One page."""

    def __init__(self, address: str, url: str, size: tuple[int, int]) -> None:
        from websockets.sync.client import connect

        self._socket = connect(address, max_size=None, open_timeout=60)
        self._numbers = itertools.count(1)
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **metrics)
        self.call("Page.enable")
        self.load("Page.navigate", url=url)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = self._send(method, parameters)
        while True:
            answer = self._received()
            if answer.get("id") == number:
                return answer["result"]

    def load(self, method: str = "Page.reload", **parameters: Any) -> None:
        """Load a page, or this one again, and wait until it is there: what is asked of it meanwhile would be lost."""
        number = self._send(method, parameters)
        missing = {number, "Page.loadEventFired"}
        while missing:
            answer = self._received()
            missing -= {answer.get("id"), answer.get("method")}

    def _send(self, method: str, parameters: dict[str, Any]) -> int:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        return number

    def _received(self) -> dict[str, Any]:
        """Return the next answer or event."""
        message = json.loads(self._socket.recv(timeout=300))
        assert "error" not in message, message
        return message

    def evaluate(self, expression: str) -> Any:
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def picture(self) -> np.ndarray:
        data = self.call("Page.captureScreenshot", format="png")["data"]
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))

    def click(self, x: float, y: float) -> None:
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
            time.sleep(0.05)

    def click_on(self, selector: str) -> None:
        box = (
            f"(() => {{ const b = {selector}.getBoundingClientRect(); return [b.x + b.width/2, b.y + b.height/2] }})()"
        )
        self.click(*self.evaluate(box))

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def press_enter(self) -> None:
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r"
            )

    def hide(self, selector: str) -> None:
        """Keep what a CSS selector names from being drawn."""
        rule = json.dumps(f"{selector} {{ display: none !important }}")
        self.evaluate(f"document.head.appendChild(document.createElement('style')).textContent = {rule}")

    def choose(self, label: str, option: str) -> None:
        """Choose an option of the dropdown with this label."""
        self.evaluate(f"{_labelled(label)}.click()")
        listed = f"[...document.querySelectorAll('[role=option]')].filter(e => e.innerText === {json.dumps(option)})"
        # Closed dropdowns keep their options in the page, unseen; those of the open one are seen.
        seen = f"{listed}.find(e => e.getBoundingClientRect().height > 0)"
        wait_until(lambda: self.evaluate(f"!!{seen}"), 20)
        self.evaluate(f"{seen}.click()")

    def tick(self, label: str) -> None:
        """Click the checkbox with this label."""
        self.evaluate(f"{_labelled(label)}.click()")

    def fill(self, label: str, text: str) -> None:
        """Type into the field with this label and press Enter."""
        self.evaluate(f"(() => {{ const e = {_labelled(label)}; e.focus(); e.select() }})()")
        self.type(text)
        self.press_enter()

    def give_file(self, selector: str, path: Path) -> None:
        """Choose a file in the input that a CSS selector names."""
        wait_until(lambda: self.evaluate(f"!!document.querySelector({json.dumps(selector)})"), 20)
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", files=[str(path)], nodeId=node)

    def press(self, button: str) -> None:
        """Click the button, or the head of the folder, of this name."""
        found = f"[...document.querySelectorAll('button, div')].filter(e => e.innerText === {json.dumps(button)})"
        wait_until(lambda: self.evaluate(f"{found}.length > 0"), 20)
        self.evaluate(f"{found}.at(-1).click()")

    @property
    def text(self) -> str:
        return self.evaluate("document.body?.innerText ?? ''")

    def close(self) -> None:
        self.call("Page.close")
        self._socket.close()


def _labelled(label: str) -> str:
    """Return JavaScript for the input that a label belongs to."""
    labels = f"[...document.querySelectorAll('label')].find(e => e.innerText === {json.dumps(label)})"
    return f"{labels}.closest('.mantine-Flex-root').querySelector('input')"


def wait_until(condition: Callable[[], Any], seconds: float) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    raise TimeoutError(f"nothing came within {seconds} s")
