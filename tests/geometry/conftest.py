"""What the geometry tests share: random rotation vectors over all regimes, as hypothesis strategies."""

import hypothesis
import pytest
import torch

hypothesis.settings.register_profile("vantage", deadline=None, derandomize=True, max_examples=60)
hypothesis.settings.load_profile("vantage")

BATCHES = [(), (1,), (3, 1, 2)]
DTYPES = [torch.float32, torch.float64]


@pytest.fixture(params=BATCHES, ids=["single", "one", "3x1x2"])
def batch(request):
    return request.param


@pytest.fixture(params=DTYPES, ids=["float32", "float64"])
def dtype(request):
    return request.param
