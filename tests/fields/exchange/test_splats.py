"""Splat files: the original layout bit by bit, the round trip, and every kind of damage."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from plyfile import PlyData, PlyElement

from fields.exchange.conftest import random_field
from vantage import storage
from vantage.captures.ply_table import read_table
from vantage.errors import DataError, ResourceError
from vantage.fields import GaussianField
from vantage.fields.exchange import load_splats, read_splats, save_splats
from vantage.fields.rasterizer.harmonics import sh_to_rgb


def assert_equal_fields(ours: GaussianField, theirs: GaussianField) -> None:
    for name, tensor in ours.tensors().items():
        assert torch.equal(tensor, theirs.tensors()[name]), name


def original_columns(field: GaussianField) -> list[tuple[str, np.ndarray]]:
    """Return a field's columns in the original's order, put together one number at a time."""
    k = field.sh_rest.shape[1]
    columns = [(axis, field.means[:, i]) for i, axis in enumerate("xyz")]
    columns += [(name, torch.zeros(len(field))) for name in ("nx", "ny", "nz")]
    columns += [(f"f_dc_{c}", field.sh0[:, 0, c]) for c in range(3)]
    columns += [(f"f_rest_{c * k + i}", field.sh_rest[:, i, c]) for c in range(3) for i in range(k)]
    columns += [("opacity", field.opacity_logits)]
    columns += [(f"scale_{i}", field.log_scales[:, i]) for i in range(3)]
    columns += [(f"rot_{i}", field.quats_wxyz[:, i]) for i in range(4)]
    return [(name, column.detach().numpy()) for name, column in columns]


def write_with_plyfile(path: Path, columns: list[tuple[str, np.ndarray]], **how) -> None:
    rows = np.zeros(len(columns[0][1]), [(name, "f4") for name, _ in columns])
    for name, values in columns:
        rows[name] = values
    PlyData([PlyElement.describe(rows, "vertex")], **how).write(str(path))


def test_the_mode_that_a_field_was_fitted_in_survives(field: GaussianField, tmp_path: Path) -> None:
    for antialiased in (False, True):
        fitted = GaussianField(**field.tensors(), antialiased=antialiased)
        save_splats(tmp_path / "a.ply", fitted)
        assert load_splats(tmp_path / "a.ply").antialiased is antialiased
        # To other programs the line is a comment.
        assert len(PlyData.read(str(tmp_path / "a.ply"))["vertex"]) == len(field)


def test_plyfile_reads_the_originals_columns_in_their_order(field: GaussianField, tmp_path: Path) -> None:
    save_splats(tmp_path / "a.ply", field)
    read = PlyData.read(str(tmp_path / "a.ply"))
    assert not read.text and read.byte_order == "<" and len(read.elements) == 1
    expected = original_columns(field)
    assert [p.name for p in read["vertex"].properties] == [name for name, _ in expected]
    for name, values in expected:
        assert read["vertex"][name].dtype == np.float32
        np.testing.assert_array_equal(read["vertex"][name], values, err_msg=name)


def test_the_bytes_are_those_that_the_originals_writer_makes(field: GaussianField, tmp_path: Path) -> None:
    save_splats(tmp_path / "ours.ply", field)
    write_with_plyfile(tmp_path / "theirs.ply", original_columns(field), byte_order="<")
    assert (tmp_path / "ours.ply").read_bytes() == (tmp_path / "theirs.ply").read_bytes()


@pytest.mark.parametrize("how", [{"byte_order": "<"}, {"byte_order": ">"}, {"text": True}])
def test_files_in_every_encoding_load_as_the_same_field(field: GaussianField, tmp_path: Path, how: dict) -> None:
    write_with_plyfile(tmp_path / "a.ply", original_columns(field), **how)
    assert_equal_fields(load_splats(tmp_path / "a.ply"), field)


def test_a_file_in_the_original_layout_renders_the_same_picture(camera, tmp_path: Path) -> None:
    field = random_field(300)
    write_with_plyfile(tmp_path / "a.ply", original_columns(field), byte_order="<")
    with torch.no_grad():
        ours, theirs = (f.render(camera, np.eye(4)) for f in (field, load_splats(tmp_path / "a.ply")))
    assert float(ours.alpha.mean()) > 0.3
    assert torch.equal(ours.rgb, theirs.rgb) and torch.equal(ours.depth, theirs.depth)


def test_one_gaussian_written_by_hand_means_what_the_original_says(camera, tmp_path: Path) -> None:
    """Half a metre wide, half opaque; f_rest_1 is red's second coefficient, along z, and not green's first."""
    values = {"x": 0, "y": 0, "z": 2, "f_dc_0": 1.0, "f_dc_1": -1.0, "f_dc_2": 0.0, "opacity": 0.0}
    values |= {f"f_rest_{i}": 0.0 for i in range(9)} | {f"scale_{i}": float(np.log(0.5)) for i in range(3)}
    values |= {"rot_0": 1, "rot_1": 0, "rot_2": 0, "rot_3": 0}
    values["f_rest_1"] = 0.5  # red along z
    text = "ply\nformat ascii 1.0\ncomment by hand\nelement vertex 1\n"
    text += "".join(f"property float {name}\n" for name in values) + "end_header\n"
    (tmp_path / "a.ply").write_text(text + " ".join(map(str, values.values())) + "\n")
    field = load_splats(tmp_path / "a.ply")
    with torch.no_grad():
        rendering = field.render(camera, np.eye(4))
    # At the centre: opacity sigmoid(0) = 1/2 over black, seen along +z.
    expected = 0.5 * np.array([0.5 + 0.28209479 + 0.48860251 * 0.5, 0.5 - 0.28209479, 0.5])
    np.testing.assert_allclose(rendering.rgb[24, 32], expected, atol=2e-3)
    assert float(rendering.depth[24, 32]) == pytest.approx(2, abs=1e-4)
    direction = torch.tensor([[0.0, 0.0, 1.0]])
    coefficients = torch.cat([field.sh0, field.sh_rest], dim=1).detach()
    assert float(sh_to_rgb(coefficients, direction, 1)[0, 0]) == pytest.approx(2 * expected[0], abs=1e-6)


def test_order_and_missing_normals_do_not_matter(field: GaussianField, tmp_path: Path) -> None:
    columns = [item for item in original_columns(field) if item[0] not in ("nx", "ny", "nz")]
    write_with_plyfile(tmp_path / "a.ply", columns[::-1] + [("confidence", np.ones(len(field)))], byte_order="<")
    assert_equal_fields(load_splats(tmp_path / "a.ply"), field)


def test_round_trip_with_features_is_exact(field: GaussianField, tmp_path: Path) -> None:
    features = np.random.default_rng(0).normal(size=(len(field), 12)).astype(np.float32)
    save_splats(tmp_path / "a.ply", field, features=features, features_name="hf:some/encoder\nend_header")
    again = read_splats(tmp_path / "a.ply")
    assert_equal_fields(again.field, field)
    np.testing.assert_array_equal(again.features, features)
    assert again.features_name == "hf:some/encoder end_header"
    columns = [p.name for p in PlyData.read(str(tmp_path / "a.ply"))["vertex"].properties]
    assert columns[-12:] == [f"semantic_{i}" for i in range(12)]
    with pytest.raises(DataError, match="11 features for 60"):
        save_splats(tmp_path / "b.ply", field, features=features[:11])


@pytest.fixture(scope="module")
def contents(tmp_path_factory) -> dict[str, bytes]:
    """One small file in each encoding."""
    folder = tmp_path_factory.mktemp("splats")
    columns = original_columns(random_field(5, degree=1))
    write_with_plyfile(folder / "little", columns, byte_order="<")
    write_with_plyfile(folder / "big", columns, byte_order=">")
    write_with_plyfile(folder / "text", columns, text=True)
    return {name: (folder / name).read_bytes() for name in ("little", "big", "text")}


@settings(max_examples=80, deadline=None)
@given(kind=st.sampled_from(["little", "big", "text"]), share=st.floats(0, 1, exclude_max=True))
def test_every_truncation_is_refused_in_a_line_or_two(contents, tmp_path_factory, kind: str, share: float) -> None:
    content = contents[kind]
    path = tmp_path_factory.getbasetemp() / "cut.ply"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError, match=r"cut\.ply") as caught:
        load_splats(path)
    assert len(str(caught.value).splitlines()) == 1 and len(str(caught.value)) < 400


@settings(max_examples=80, deadline=None)
@given(kind=st.sampled_from(["little", "text"]), where=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_a_changed_byte_loads_or_is_refused(contents, tmp_path_factory, kind: str, where: float, byte: int) -> None:
    content = bytearray(contents[kind])
    content[int(where * len(content))] = byte
    path = tmp_path_factory.getbasetemp() / "flipped.ply"
    path.write_bytes(content)
    try:
        field = load_splats(path)
    except DataError as error:
        assert len(str(error)) < 600
    else:
        assert all(bool(torch.isfinite(tensor).all()) for tensor in field.tensors().values())


def replaced(field: GaussianField, name: str, row: int, value: float) -> list[tuple[str, np.ndarray]]:
    columns = [(n, v.copy()) for n, v in original_columns(field)]
    dict(columns)[name][row] = value
    return columns


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("x", np.nan, "column 'x' holds nan at Gaussian 3"),
        ("opacity", np.inf, "column 'opacity' holds inf at Gaussian 3"),
        ("f_rest_8", -np.inf, "column 'f_rest_8' holds -inf"),
        ("scale_1", 90.0, "expected logarithms of sizes"),
    ],
)
def test_values_that_no_gaussian_has(tmp_path: Path, name: str, value: float, message: str) -> None:
    write_with_plyfile(tmp_path / "a.ply", replaced(random_field(9), name, 3, value), byte_order="<")
    with pytest.raises(DataError, match=message):
        load_splats(tmp_path / "a.ply")


def test_a_zero_rotation_is_refused_on_the_way_in_and_out(tmp_path: Path) -> None:
    field = random_field(9)
    with torch.no_grad():
        field.quats_wxyz[4] = 0
    with pytest.raises(DataError, match="rotation of Gaussian 4 is zero"):
        save_splats(tmp_path / "a.ply", field)
    assert not (tmp_path / "a.ply").exists()
    write_with_plyfile(tmp_path / "a.ply", original_columns(field), byte_order="<")
    with pytest.raises(DataError, match="rotation of Gaussian 4 is zero"):
        load_splats(tmp_path / "a.ply")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"vertex 5\n", b"vertex %d\n" % (1 << 60), "1152921504606846976 vertices need"),
        (b"vertex 5\n", b"vertex %d\n" % 10**30, "damaged or not supported"),
        (b"vertex 5\n", b"vertex -5\n", "damaged or not supported"),
        (b"vertex 5\n", b"vertex 4\n", "4 vertices need"),
        (b"vertex 5\n", b"vertex 0\n", "0 vertices need"),
        (b"little_endian", b"middle_endian", "damaged or not supported"),
        (b"element vertex", b"element chunk", "save it uncompressed first"),
        (b"float opacity", b"float opacity_", "lacks the columns opacity"),
        (b"float rot_3", b"float rot_2", "stands twice"),
        (b"float f_rest_8\n", b"float f_other\n", "8 columns f_rest"),
        (b"float f_rest_8\n", b"float f_rest_99\n", "lacks the columns f_rest_8"),
        (b"float scale_2", b"float scale_x", "flat Gaussians"),
        (b"float x", b"list uchar int x", "expected plain numbers"),
        (b"float x", b"quad x", "expected plain numbers"),
        (b"ply\n", b"PLY\n", "not a PLY file"),
    ],
)
def test_damaged_headers(contents, tmp_path: Path, old: bytes, new: bytes, message: str) -> None:
    assert contents["little"].count(old) == 1
    (tmp_path / "a.ply").write_bytes(contents["little"].replace(old, new))
    with pytest.raises(DataError, match=message):
        load_splats(tmp_path / "a.ply")


def test_what_is_no_splat_file(tmp_path: Path) -> None:
    for content in (b"", b"\x89PNG\r\n", b"ply\n" * 20_000):
        (tmp_path / "a.ply").write_bytes(content)
        with pytest.raises(DataError, match="not a PLY file"):
            load_splats(tmp_path / "a.ply")
    with pytest.raises(DataError, match="cannot be read"):
        load_splats(tmp_path / "b.ply")
    with pytest.raises(DataError, match="cannot be read"):
        load_splats(tmp_path)
    write_with_plyfile(tmp_path / "a.ply", [(axis, np.zeros(3)) for axis in "xyz"], text=True)
    with pytest.raises(DataError, match="a point cloud"):
        load_splats(tmp_path / "a.ply")


def test_line_ends_of_windows_and_a_table_after_the_vertices(tmp_path: Path) -> None:
    text = "ply\r\nformat ascii 1.0\r\nelement vertex 2\r\nproperty double x\r\nproperty uchar red\r\n"
    text += "element face 1\r\nproperty list uchar int vertex_indices\r\nend_header\r\n0.5 7\r\n1e3 255\r\n3 0 1 1\r\n"
    (tmp_path / "a.ply").write_bytes(text.encode())
    table = read_table(tmp_path / "a.ply")
    assert table.vertices.tolist() == [(0.5, 7), (1000.0, 255)]
    (tmp_path / "a.ply").write_bytes(text.replace("255", "256").encode())
    with pytest.raises(DataError, match="no uchar"):
        read_table(tmp_path / "a.ply")


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from fields.exchange.conftest import random_field
from vantage.fields.exchange import save_splats
from pathlib import Path as P
P.replace = lambda self, target: os.kill(os.getpid(), signal.SIGKILL)
save_splats(Path(sys.argv[1]), random_field(500, seed=2))
"""


@pytest.mark.slow
def test_a_kill_before_the_rename_leaves_the_old_file(tmp_path: Path) -> None:
    path, field = tmp_path / "a.ply", random_field(40)
    save_splats(path, field)
    tests = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), tests], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert_equal_fields(load_splats(path), field)
    # The new content had been written beside it: the kill came where it should.
    assert storage.sweep_temporaries(tmp_path) == 1


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting a small tmpfs needs root")
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        field = random_field(40)
        save_splats(tmp_path / "a.ply", field)
        with pytest.raises(ResourceError, match=r"a\.ply: no space left on the disk"):
            save_splats(tmp_path / "a.ply", random_field(2000))
        assert_equal_fields(load_splats(tmp_path / "a.ply"), field)
        assert [file.name for file in tmp_path.iterdir()] == ["a.ply"]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_full_disk_by_a_write_that_fails(tmp_path: Path, monkeypatch) -> None:
    field = random_field(40)
    save_splats(tmp_path / "a.ply", field)

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ResourceError, match="no space left"):
        save_splats(tmp_path / "a.ply", random_field(50, seed=1))
    assert_equal_fields(load_splats(tmp_path / "a.ply"), field)
    assert [file.name for file in tmp_path.iterdir()] == ["a.ply"]
