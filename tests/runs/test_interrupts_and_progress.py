"""Signals set a flag once and end the process the second time; progress is quiet where it must be."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from vantage.runs import graceful_interrupts, progress

LOOP = """
import sys, time
from vantage.runs import graceful_interrupts
with graceful_interrupts() as interrupts:
    print("ready", flush=True)
    while True:
        time.sleep(0.01)
        if interrupts.requested and {leave}:
            print("saved", flush=True)
            sys.exit(130)
"""


def run_loop(signals, *, leave):
    process = subprocess.Popen(
        [sys.executable, "-c", LOOP.format(leave=leave)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    for number in signals:
        process.send_signal(number)
        if number is not signals[-1]:
            # The message on stderr tells that the first signal has arrived.
            while "stopping" not in process.stderr.readline():
                pass
    out, _ = process.communicate(timeout=20)
    return process.returncode, out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_lets_the_loop_save(number):
    assert run_loop([number], leave=True) == (130, "saved\n")


def test_the_second_signal_ends_the_process_at_once():
    assert run_loop([signal.SIGINT, signal.SIGTERM], leave=False) == (130, "")


def test_handlers_come_back():
    before = signal.getsignal(signal.SIGTERM)
    with graceful_interrupts() as interrupts:
        assert not interrupts.requested
        os.kill(os.getpid(), signal.SIGTERM)
        assert interrupts.requested
    assert signal.getsignal(signal.SIGTERM) is before


def test_other_threads_get_a_flag_that_stays_unset():
    seen = []

    def work():
        with graceful_interrupts() as interrupts:
            seen.append(interrupts.requested)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]


def test_progress_writes_nothing_when_quiet_or_quick(capsys):
    for quiet in (True, False):
        with progress("working", 3, quiet=quiet) as bar:
            for _ in range(3):
                bar.advance(1, loss=0.5)
        assert bar.done == 3
    assert capsys.readouterr() == ("", "")


def test_progress_writes_lines_where_there_is_no_terminal(capsys, monkeypatch):
    clock = iter(range(0, 10_000, 6))
    monkeypatch.setattr("vantage.runs.bars.time.monotonic", lambda: float(next(clock)))
    with progress("distilling", 10) as bar:
        for _ in range(10):
            bar.advance(1, loss=0.125)
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    # Steps of six seconds, lines at least ten seconds apart, and one at the end.
    assert lines[0] == "distilling: 2/10, 0:48 left, loss 0.125"
    assert len(lines) == 6
    assert lines[-1] == "distilling: 10 in 1:06, loss 0.125"


def test_progress_shows_a_bar_on_a_terminal():
    script = "from vantage.runs import progress\nwith progress('distilling', 4) as bar:\n    bar.advance(4, loss=0.5)"
    # `script` of util-linux runs a command on a terminal of its own.
    command = ["script", "-qec", f'{sys.executable} -c "{script}"', "/dev/null"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "TERM": "xterm"})
    except FileNotFoundError:
        pytest.skip("util-linux's script is not installed")
    assert "distilling" in done.stdout and "4/4" in done.stdout and "loss 0.5" in done.stdout


def test_an_error_inside_the_block_escapes():
    with pytest.raises(RuntimeError), progress("working", 3, quiet=True):
        raise RuntimeError
