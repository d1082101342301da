"""What the tests of the 3D half share: samples of two small rooms."""

from pathlib import Path

import pytest

from vantage.abstraction.network import NetworkSettings
from vantage.abstraction.samples_pool import prepare_samples, samples_path
from vantage.abstraction.samples_rooms import SampleSettings

SMALL = SampleSettings(
    extractor="oracle", paths=(("random", 2),), width=96, height=72, uniform_points=1500, object_points=48,
    least_pixels=24,
)  # fmt: skip
TINY_NETWORK = NetworkSettings(grid=16, widths=(8, 16), blocks=(1, 1), features=8, hidden=8)


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the samples of rooms 3 and 4."""
    folder = tmp_path_factory.mktemp("samples")
    assert sorted(prepare_samples(folder, SMALL, [3, 4])) == [3, 4]
    return folder


@pytest.fixture(scope="session")
def sample_files(sample_folder: Path) -> list[Path]:
    return [samples_path(sample_folder, seed, SMALL) for seed in (3, 4)]
