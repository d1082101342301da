"""A small NeRF of the cube capture, trained once for all tests that look at one."""

import dataclasses

import pytest

from vantage.captures import Capture
from vantage.encoders import Features
from vantage.fields import (
    Distiller,
    DistillSettings,
    HashGridSettings,
    NerfModelSettings,
    NerfSettings,
    SemanticSettings,
)

SMALL = DistillSettings(
    field="nerf",
    steps=150,
    semantic_points=512,
    semantics=SemanticSettings(grid=HashGridSettings(levels=6, features=2, log2_table=10, coarsest=4, finest=32)),
    nerf=NerfSettings(
        model=NerfModelSettings(
            grid=HashGridSettings(levels=6, features=2, log2_table=13, coarsest=8, finest=128),
            hidden=32,
            occupancy=64,
            step=1 / 32,
        ),
        samples=8192,
        most_rays=1024,
        views=4,
    ),
)


@pytest.fixture(scope="session")
def small() -> DistillSettings:
    """Settings of a NeRF that trains in seconds."""
    return SMALL


@pytest.fixture(scope="session")
def brief(small: DistillSettings) -> DistillSettings:
    """Settings of a run of a few steps: what it ends with is compared, not looked at."""
    return dataclasses.replace(small, steps=12)


@pytest.fixture(scope="session")
def trained_nerf(cube_capture: Capture, cube_features: list[Features], small: DistillSettings) -> Distiller:
    """The cube as a NeRF."""
    distiller = Distiller(cube_capture, {"smooth": cube_features}, small)
    while distiller.step < small.steps:
        distiller.train_step()
    return distiller
