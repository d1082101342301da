"""Cells as PLY and npz, read back by libraries that others use."""

import itertools
from pathlib import Path

import numpy as np
import plyfile
import trimesh

from vantage.abstraction.occupancy_files import save_arrays, save_cubes, save_points
from vantage.reports import SolidLayer, SolidScene, label_colours

SHAPE = (6, 8, 5)


def example() -> SolidScene:
    rng = np.random.default_rng(0)
    block = np.array(list(itertools.product((1, 2), (3, 4, 5), (0, 1))), dtype=np.int32)
    loose = np.array([[5, 7, 4], [0, 0, 0]], dtype=np.int32)
    empty = np.zeros((0, 3), np.int32)
    layers = tuple(
        SolidLayer(label=label, colour=colour, cells=cells, confidence=rng.random(len(cells)).astype(np.float32))
        for label, colour, cells in zip(
            ("red mug", "größe\nend_header", "nothing"), label_colours(3), (block, loose, empty), strict=True
        )
    )
    return SolidScene(
        low=(0.4, -1.6, -0.2),
        high=(1.6, 1.6, 0.8),
        shape=SHAPE,
        layers=layers,
        points=np.zeros((0, 3), np.float32),
        point_colours=np.zeros((0, 3), np.uint8),
        eye=(0.0, 0.0, 1.0),
    )


def test_points_come_back_with_label_colour_and_confidence(tmp_path: Path) -> None:
    scene = example()
    save_points(tmp_path / "points.ply", scene)
    content = plyfile.PlyData.read(tmp_path / "points.ply")
    rows = content["vertex"].data
    assert len(rows) == 14
    for number, layer in enumerate(scene.layers, start=1):
        own = rows[rows["label"] == number]
        places = np.stack([own[axis] for axis in "xyz"], axis=-1)
        cells = np.floor((places - np.array(scene.low)) / np.array([0.2, 0.4, 0.2])).astype(int)
        assert np.array_equal(cells, layer.cells)
        assert np.array_equal(own["confidence"], layer.confidence)
        for channel, part in zip(("red", "green", "blue"), layer.colour, strict=True):
            assert (own[channel] == round(255 * part)).all()
    assert "label 1: red mug" in content.comments
    assert "label 2: gr??e end_header" in content.comments


def test_cubes_are_closed_surfaces_of_the_right_volume(tmp_path: Path) -> None:
    scene = example()
    save_cubes(tmp_path / "cubes.ply", scene)
    content = plyfile.PlyData.read(tmp_path / "cubes.ply")
    vertices, faces = content["vertex"].data, np.stack(content["face"].data["vertex_indices"])
    assert faces.shape == (2 * (2 * 3 + 2 * 2 + 3 * 2) + 12, 4)
    labels = vertices["label"][faces]
    assert (labels == labels[:, :1]).all()
    places = np.stack([vertices[axis] for axis in "xyz"], axis=-1)
    for number, cells in ((1, 12), (2, 2)):
        quads = faces[labels[:, 0] == number]
        mesh = trimesh.Trimesh(places, np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]))
        mesh.merge_vertices()
        assert mesh.is_watertight
        # A positive volume says that all faces look outwards.
        np.testing.assert_allclose(mesh.volume, cells * 0.2 * 0.4 * 0.2, rtol=1e-5)
    block = places[faces[labels[:, 0] == 1]].reshape(-1, 3)
    np.testing.assert_allclose(block.min(axis=0), [0.6, -0.4, -0.2], atol=1e-6)
    np.testing.assert_allclose(block.max(axis=0), [1.0, 0.8, 0.2], atol=1e-6)


def test_arrays_come_back_without_pickle(tmp_path: Path) -> None:
    arrays = {"owner": np.arange(8, dtype=np.int32).reshape(2, 2, 2), "labels": np.array(["red mug", "<b>"])}
    save_arrays(tmp_path / "all.npz", arrays)
    with np.load(tmp_path / "all.npz", allow_pickle=False) as found:
        assert set(found) == {"owner", "labels"}
        for name, values in arrays.items():
            assert np.array_equal(found[name], values)
