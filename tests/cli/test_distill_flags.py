"""Flags of `vantage distill` that are for one kind of field."""

from pathlib import Path

import pytest

from vantage.cli.main import main


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--samples", "4096"], "--samples is for --field nerf, not for gaussians"),
        (["--refine-cameras"], "--refine-cameras is for --field nerf"),
        (["--field", "nerf", "--max-gaussians", "500"], "--max-gaussians is for --field gaussians, not for nerf"),
        (["--field", "nerf", "--table", "40"], "--table 40: expected 10 to 24"),
        (["--field", "nerf", "--samples", "0"], "--samples 0: expected 256"),
        (["--quality", "absgrad", "mcmc"], "absgrad and mcmc are both set"),
        (["--field", "nerf", "--quality", "antialiased"], "only Gaussians have these"),
        (["--workers", "0"], "--workers 0"),
    ],
)
def test_flags_of_the_other_field_and_absurd_sizes_are_refused(flags: list[str], said: str, tmp_path: Path, capsys):
    out = tmp_path / "run"
    assert main(["distill", str(tmp_path), "--encoder", "room-clip", "--out", str(out), *flags]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_without_a_capture_it_says_what_to_give(tmp_path: Path, capsys):
    assert main(["distill", "--encoder", "pixels", "--out", str(tmp_path / "run")]) == 2
    assert "no capture is named" in capsys.readouterr().err
