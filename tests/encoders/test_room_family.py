"""The weights that come with the package: all there, small, each what its card says, and knowing what they learned."""

import dataclasses

import pytest
import torch

from vantage.encoders import load_encoder
from vantage.encoders.room_models import ROOM_CARDS
from vantage.encoders.room_vggt import load_room_vggt
from vantage.encoders.room_vit import room_weights
from vantage.rooms import room_capture

MOST_BYTES_EACH, MOST_BYTES_ALL = 8_000_000, 30_000_000
NAMES = [card.name for card in ROOM_CARDS]


def test_the_weights_stay_small():
    sizes = [room_weights(name).stat().st_size for name in NAMES]
    assert max(sizes) <= MOST_BYTES_EACH and sum(sizes) <= MOST_BYTES_ALL


@pytest.mark.parametrize("name", NAMES)
def test_an_encoder_is_what_its_card_says(name: str):
    encoder = load_encoder(name)
    card = next(card for card in ROOM_CARDS if card.name == name)
    assert dataclasses.replace(encoder.card, parameters=card.parameters) == card
    assert encoder.card.parameters == pytest.approx(card.parameters, rel=0.03)
    features = encoder.encode(torch.rand(1, 3, 40, 60, generator=torch.Generator().manual_seed(0)))
    assert features.grid.shape == (1, 5, 8, card.dim) and features.summary.shape == (1, card.dim)
    assert bool(features.grid.isfinite().all())


@pytest.mark.slow
def test_the_geometric_heads_know_depth_better_than_its_mean():
    # A room never trained on. What a constant gets, even one that knows each view's own mean, is the floor.
    views = [room_capture(900_000, views=12)[index] for index in (0, 5)]
    images = torch.stack([torch.from_numpy(view.image).permute(2, 0, 1) for view in views])
    truth = torch.stack([torch.from_numpy(view.depth) for view in views if view.depth is not None])
    with torch.no_grad():
        depth = load_room_vggt().eval()(images[None]).depth[0].float()
    known = truth > 0
    floor = torch.stack([(t[k] - t[k].mean()).square().mean().sqrt() for t, k in zip(truth, known, strict=True)]).mean()
    found = torch.stack([(d - t)[k].square().mean().sqrt() for d, t, k in zip(depth, truth, known, strict=True)]).mean()
    assert found < 0.8 * floor, (found, floor)
