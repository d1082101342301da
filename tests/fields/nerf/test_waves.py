import torch

from vantage.captures import Capture
from vantage.fields import Distiller, NerfField
from vantage.fields.nerf.marching import Samples
from vantage.fields.nerf.waves import WAVE, ask_in_waves


def _samples(counts: list[int]) -> Samples:
    starts = torch.cat([torch.zeros(1, dtype=torch.long), torch.tensor(counts).cumsum(0)])
    n = int(starts[-1])
    generator = torch.Generator().manual_seed(0)
    return Samples(
        starts=starts, rays=torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts)),
        distances=torch.arange(n).float(), lengths=torch.full((n,), 0.1),
        points=torch.rand(n, 3, generator=generator),
    )  # fmt: skip


def test_each_sample_is_asked_once_and_none_that_is_behind_a_dark_wave():
    counts, wall = [0, 1, 40, 17, 0, 40], torch.tensor([-1, -1, 20, -1, -1, 0])
    samples = _samples(counts)
    place = torch.arange(len(samples)) - samples.starts[:-1][samples.rays]
    # A wall whose one interval leaves e^-10 of the light; all else is clear.
    densities = torch.where(place == wall[samples.rays], 100.0, 0.0)
    asked_at = []

    def ask(points):
        number = (points[:, None] == samples.points).all(dim=-1).nonzero()[:, 1]
        asked_at.append(number)
        return points.repeat(1, 2), densities[number]

    found = ask_in_waves(samples, ask, width=6, min_light=1e-3)
    numbers = torch.cat(asked_at)
    assert len(numbers) == len(numbers.unique()) and torch.equal(found.asked.nonzero()[:, 0], numbers.sort().values)
    assert torch.equal(found.encoded[found.asked], samples.points.repeat(1, 2)[found.asked])
    assert torch.equal(found.densities[found.asked], densities[found.asked])
    asked = [int(found.asked[samples.rays == ray].sum()) for ray in range(len(counts))]
    # Waves end after 3, 9, 21 and 45 samples; that of the wall is the last one.
    assert WAVE == 3 and asked == [0, 1, 21, 17, 0, 3]
    assert bool(ask_in_waves(samples, ask, width=6, min_light=0.0).asked.all())
    assert bool((place[found.asked] < torch.tensor(asked)[samples.rays[found.asked]]).all())


def test_what_light_never_reaches_changes_no_picture(trained_nerf: Distiller, cube_capture: Capture, monkeypatch):
    field, view, pictures = trained_nerf.field, cube_capture[0], []
    assert isinstance(field, NerfField)
    for wave in (WAVE, 10_000):
        monkeypatch.setattr("vantage.fields.nerf.waves.WAVE", wave)
        with torch.no_grad():
            pictures.append(field.look(field.rays_of(view.camera, view.world_from_camera)))
    assert len(pictures[0].asked) < len(pictures[1].asked)
    torch.testing.assert_close(pictures[0].rgb, pictures[1].rgb, rtol=0, atol=1e-6)
    torch.testing.assert_close(pictures[0].depth, pictures[1].depth, rtol=0, atol=1e-5)
