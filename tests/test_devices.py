"""Where to compute: names of devices, and what is said where there is none."""

import pytest
import torch

from vantage.devices import resolve_device
from vantage.errors import MissingError, UsageError
from vantage.fields import placement
from vantage.fields.placement import training_device


def _gpus(monkeypatch, count: int) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)


@pytest.mark.parametrize("name", ["banana", "", "cuda:", "cuda:x", "cpu:0", "CPU", "meta", "cuda:-1"])
def test_a_device_that_is_none_is_refused(name):
    with pytest.raises(UsageError, match="expected auto, cpu, cuda"):
        resolve_device(name)


@pytest.mark.parametrize(
    ("count", "name", "found"), [(0, "auto", "cpu"), (2, "auto", "cuda"), (2, "cuda:1", "cuda:1"), (2, "cpu", "cpu")]
)
def test_devices_by_what_there_is(monkeypatch, count, name, found):
    _gpus(monkeypatch, count)
    assert resolve_device(name) == found


@pytest.mark.parametrize(
    ("count", "name", "told"), [(0, "cuda", "no GPU"), (1, "cuda:1", "one GPU, cuda:0"), (2, "cuda:7", "2 GPUs")]
)
def test_a_gpu_that_is_not_there_is_one_line(monkeypatch, count, name, told):
    _gpus(monkeypatch, count)
    with pytest.raises(MissingError, match=f"sees {told}; use --device cpu"):
        resolve_device(name)


def test_gaussians_pass_a_gpu_by_that_has_no_kernels_and_say_so(monkeypatch):
    def missing():
        raise MissingError("Gaussians on a GPU need gsplat")

    _gpus(monkeypatch, 1)
    monkeypatch.setattr(placement, "load_rasterization", missing)
    device, note = training_device("auto", "gaussians")
    assert device == "cpu" and "need gsplat" in note and "\n" not in note
    assert training_device("auto", "nerf") == ("cuda", "")
    assert training_device("cpu", "gaussians") == ("cpu", "")
    with pytest.raises(MissingError, match="need gsplat"):
        training_device("cuda", "gaussians")
    monkeypatch.setattr(placement, "load_rasterization", lambda: None)
    assert training_device("auto", "gaussians") == ("cuda", "")


def test_fields_do_not_train_on_metal(monkeypatch):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert resolve_device("mps") == "mps"
    device, note = training_device("mps", "nerf")
    assert device == "cpu" and note
