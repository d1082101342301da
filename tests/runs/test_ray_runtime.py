"""Ray is started on this machine alone unless RAY_ADDRESS names a cluster, and what ran before is left running."""

from typing import Any

import pytest

from vantage.runs.ray_runtime import running_ray


class RecordingRay:
    """Stands in for Ray: notes how it was started and whether it was stopped."""

    def __init__(self, *, initialized: bool = False) -> None:
        self.initialized = initialized
        self.started: list[dict[str, Any]] = []
        self.stopped = 0

    def is_initialized(self) -> bool:
        return self.initialized

    def init(self, **settings: Any) -> None:
        self.started.append(settings)

    def shutdown(self) -> None:
        self.stopped += 1


def test_without_a_cluster_nothing_listens_to_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    ray = RecordingRay()
    with running_ray(ray, workers=6):
        assert ray.stopped == 0
    settings = ray.started[0]
    assert settings["address"] == "local" and settings["_node_ip_address"] == "127.0.0.1"
    assert settings["include_dashboard"] is False and settings["num_cpus"] >= 4
    assert ray.stopped == 1


def test_a_cluster_is_joined_with_its_own_resources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.1:6379")
    ray = RecordingRay()
    with running_ray(ray, workers=6):
        pass
    # Ray refuses cores, memory and addresses of the caller's own on a cluster, and takes its address from RAY_ADDRESS.
    assert ray.started[0].keys() == {"log_to_driver", "logging_level"}


def test_a_running_ray_is_left_running_even_after_an_error() -> None:
    ray = RecordingRay(initialized=True)
    with pytest.raises(ValueError, match="inside"), running_ray(ray, workers=2):
        raise ValueError("inside")
    assert not ray.started and ray.stopped == 0


def test_an_error_stops_what_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    ray = RecordingRay()
    with pytest.raises(ValueError, match="inside"), running_ray(ray, workers=2):
        raise ValueError("inside")
    assert ray.stopped == 1
