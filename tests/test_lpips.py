"""LPIPS against its formula written out, its files as makers and package leave them, and what is refused."""

import dataclasses
import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from lpips_weights import save_random, written_out
from vantage.errors import DataError, MissingError
from vantage.localization import load_lpips
from vantage.metrics.lpips import SMALLEST, load_lpips_network
from vantage.storage import save_tensors


def test_lpips_is_its_formula(tmp_path: Path) -> None:
    tensors = save_random(tmp_path)
    model = load_lpips_network(tmp_path)
    images = torch.rand(3, 3, 80, 100, generator=torch.Generator().manual_seed(1))
    looks = [model.look(image[None]) for image in images]
    for i in range(3):
        for j in range(3):
            found = float(model.distance(looks[i], looks[j])[0])
            expected = written_out(tensors, images[i : i + 1], images[j : j + 1])
            assert found == pytest.approx(expected, rel=1e-4, abs=1e-7) and (found == 0) == (i == j)


def test_the_smallest_image_is_told(tmp_path: Path) -> None:
    save_random(tmp_path)
    model = load_lpips_network(tmp_path)
    small = torch.rand(1, 3, SMALLEST, SMALLEST)
    assert float(model.distance(model.look(small), model.look(1 - small))[0]) > 0
    with pytest.raises(DataError, match="90x30; LPIPS sees nothing below 31"):
        model.look(torch.rand(1, 3, SMALLEST - 1, 90))


def test_converted_weights_are_read_and_others_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="alexnet-owt-7be5be79"):
        load_lpips_network(tmp_path)
    tensors = save_random(tmp_path / "pickled")
    converted = tmp_path / "converted"
    converted.mkdir()
    save_tensors(converted / "alexnet.safetensors", {n: t for n, t in tensors.items() if n.startswith("features")})
    heads = {name: tensor for name, tensor in tensors.items() if name.startswith("lin")}
    save_tensors(converted / "lpips-alex.safetensors", heads)
    one, other = load_lpips_network(converted).state_dict(), load_lpips_network(tmp_path / "pickled").state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)
    save_tensors(converted / "lpips-alex.safetensors", {name: -tensor for name, tensor in heads.items()})
    with pytest.raises(DataError, match=r"lpips-alex\.safetensors: a head has negative"):
        load_lpips_network(converted)
    save_tensors(converted / "lpips-alex.safetensors", {"lin0.model.1.weight": heads["lin0.model.1.weight"]})
    with pytest.raises(DataError, match="head 1"):
        load_lpips_network(converted)
    # A pickle that wants to run something is refused by the restricted reader.
    torch.save({"features.0.weight": dataclasses.dataclass}, tmp_path / "pickled" / "alex.pth")
    with pytest.raises(DataError, match="not plain tensors"):
        load_lpips_network(tmp_path / "pickled")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine's folder of downloaded checkpoints, not made yet."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    return tmp_path / "hub" / "checkpoints"


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("no_package")
def test_masks_are_measured_as_grey_images(hub: Path) -> None:
    hub.parent.mkdir()
    tensors = save_random(hub)
    true = np.zeros((48, 64), dtype=bool)
    true[10:30, 20:52] = True
    mask = np.linspace(0, 1, true.size).reshape(true.shape)
    grey = [torch.from_numpy(image.astype(np.float32)).repeat(1, 3, 1, 1) for image in (mask, true)]
    lpips = load_lpips()
    assert lpips(mask, true) == pytest.approx(written_out(tensors, *grey), rel=1e-4) and lpips(mask, true) > 0
    assert lpips(true.astype(np.float64), true) == 0


@pytest.mark.usefixtures("no_package")
def test_weights_that_are_not_here_are_said(hub: Path) -> None:
    with pytest.raises(MissingError, match=r"hub/checkpoints: neither .*download\.pytorch\.org.*alex\.pth"):
        load_lpips()


def test_heads_of_the_package_are_found_without_importing_it(
    tmp_path: Path, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = tmp_path / "installed" / "lpips" / "weights" / "v0.1" / "alex.pth"
    heads.parent.mkdir(parents=True)
    (tmp_path / "installed" / "lpips" / "__init__.py").write_text("raise ImportError('no torchvision')")
    monkeypatch.syspath_prepend(tmp_path / "installed")
    hub.parent.mkdir()
    tensors = save_random(hub)
    (hub / "alex.pth").rename(heads)
    mask = np.linspace(0, 1, 48 * 64).reshape(48, 64)
    grey = [torch.from_numpy(image.astype(np.float32)).repeat(1, 3, 1, 1) for image in (mask, mask > 0.5)]
    assert load_lpips()(mask, mask > 0.5) == pytest.approx(written_out(tensors, *grey), rel=1e-4)
