"""Videos of a field along a camera path: rendered colour, depth and features, as GIF or MP4."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image

from vantage.errors import DataError, MissingError, UsageError
from vantage.fields.distilled_scene import DistilledScene, SceneCamera
from vantage.fields.exchange.surfaces import Renders
from vantage.reports import FeatureColors, colorize_depth
from vantage.storage import write_bytes

Panel = Literal["rgb", "depth", "pca"]
"""What a picture of a video shows."""

VIDEO_SUFFIXES = (".gif", ".mp4")

SAMPLED_FRAMES = 8
"""Frames looked at beforehand for the range of depth and the features' principal components."""

SAMPLED_PIXELS = 2500
"""Pixels of each; 20 000 features fix three components far better than their colours can be told apart."""

MP4_QUALITY = "18"
"""Constant rate factor of x264, which its manual calls visually nearly lossless."""


def panel_frames(
    field: Renders,
    path: Sequence[SceneCamera],
    panels: Sequence[Panel] = ("rgb",),
    *,
    encoder: str | None = None,
    unit: str = "m",
) -> Iterator[UInt8[np.ndarray, "h w 3"]]:
    """Render each camera of a path; several panels stand side by side.

    The colours of depth and features are fixed over the whole path.

    Args:
        field: what to render; a `DistilledScene` for "pca".
        path: the cameras; all of one size.
        panels: what to show, from left to right.
        encoder: whose features "pca" shows.
        unit: what the scene's lengths are in.

    Raises:
        UsageError: no panel is named, the cameras differ in size, or "pca" is asked of a field without features.
        DataError: the path is empty, or the encoder was not distilled into the scene.
    """
    sizes = {(item.camera.width, item.camera.height) for item in path}
    if len(sizes) > 1 or not panels:
        raise UsageError(f"a video of {len(panels)} panels and pictures of sizes {sorted(sizes)}; expected one size")
    if not path:
        raise DataError("the camera path is empty")
    features = _features_of(field, encoder) if "pca" in panels else None
    sample = [path[i] for i in np.unique(np.linspace(0, len(path) - 1, SAMPLED_FRAMES).astype(int))]
    low, high = _depth_range(field, sample) if "depth" in panels else (0.0, 1.0)
    colors = None if features is None else _fit_colors(features, sample)
    for item in path:
        with torch.no_grad():
            rendering = field.render(item.camera, item.world_from_camera)
        pictures = []
        for panel in panels:
            if panel == "rgb":
                pictures.append(rendering.rgb.clamp(0, 1).cpu().numpy())
            elif panel == "depth":
                pictures.append(colorize_depth(rendering.depth.cpu().numpy(), low=low, high=high, unit=unit).image)
            elif features is not None and colors is not None:
                pictures.append(colors(features(item)))
        yield np.rint(np.concatenate(pictures, axis=1) * 255).astype(np.uint8)


def _features_of(field: Renders, encoder: str | None) -> Callable[[SceneCamera], Float[np.ndarray, "h w d"]]:
    if not isinstance(field, DistilledScene):
        raise UsageError("features are shown of distilled scenes; a splat file alone has none to render")
    names = field.semantics.encoder_names
    if not names or (encoder is not None and encoder not in names):
        raise DataError(f"encoder {encoder!r} is not in this scene; it has {', '.join(names) or 'none'}")
    wanted = encoder or names[0]
    return lambda item: field.render_features(item.camera, item.world_from_camera, wanted)[1].cpu().numpy()


def _depth_range(field: Renders, sample: Sequence[SceneCamera]) -> tuple[float, float]:
    values = []
    for item in sample:
        with torch.no_grad():
            depth = field.render(item.camera, item.world_from_camera).depth.cpu().numpy()
        values.append(depth[depth > 0])
    known = np.concatenate(values)
    if len(known) == 0:
        return 0.0, 1.0
    low, high = np.percentile(known, [1, 99])
    return float(low), float(high)


def _fit_colors(
    features: Callable[[SceneCamera], Float[np.ndarray, "h w d"]], sample: Sequence[SceneCamera]
) -> FeatureColors:
    found = []
    for item in sample:
        flat = features(item).reshape(item.camera.width * item.camera.height, -1)
        found.append(flat[:: max(1, len(flat) // SAMPLED_PIXELS)])
    return FeatureColors.fit(np.concatenate(found))


def save_video(path: Path, frames: Iterable[UInt8[np.ndarray, "h w 3"]], *, fps: float) -> float:
    """Write pictures of one size as a GIF or, with the extra `video`, an MP4; whole or not at all.

    Returns the rate that the file plays at: a GIF counts time in hundredths of a second.

    Raises:
        UsageError: the suffix is none of these, or the rate is out of range.
        DataError: there are no pictures.
        MissingError: MP4 is asked for and PyAV is not installed.
        ResourceError: the disk is full; what stood at `path` is still there.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in VIDEO_SUFFIXES:
        raise UsageError(f"{path}: a video is written as {' or '.join(VIDEO_SUFFIXES)}; name such a file")
    if not 1 <= fps <= 50:
        # Browsers slow a GIF of more than 50 pictures a second down to 10.
        raise UsageError(f"{fps:g} pictures a second; expected 1 to 50")
    av = _av() if suffix == ".mp4" else None
    content, rate = _gif(frames, fps) if av is None else _mp4(av, frames, fps)
    if not content:
        raise DataError(f"{path}: no pictures to make a video of")
    write_bytes(path, content)
    return rate


def _gif(frames: Iterable[UInt8[np.ndarray, "h w 3"]], fps: float) -> tuple[bytes, float]:
    hundredths = max(2, round(100 / fps))
    pictures = [_with_palette(Image.fromarray(frame)) for frame in frames]
    if not pictures:
        return b"", 0.0
    file = io.BytesIO()
    rest = pictures[1:]
    pictures[0].save(file, format="GIF", save_all=True, append_images=rest, duration=10 * hundredths, loop=0)
    return file.getvalue(), 100 / hundredths


def _with_palette(picture: Image.Image) -> Image.Image:
    """Return a picture in 256 colours of its own, dithered; Pillow dithers only onto a palette that is given."""
    palette = picture.quantize(256)
    return picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)


def _mp4(av: Any, frames: Iterable[UInt8[np.ndarray, "h w 3"]], fps: float) -> tuple[bytes, float]:
    file = io.BytesIO()
    count = 0
    with av.open(file, "w", format="mp4") as container:
        rate = Fraction(fps).limit_denominator(1000)
        # One thread: the same pictures are the same bytes, on any machine.
        stream = container.add_stream("libx264", rate=rate, options={"crf": MP4_QUALITY, "threads": "1"})
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            height, width = frame.shape[:2]
            # Colour is stored for every two by two pixels, so sides must be even; the last line is repeated.
            even = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
            if count == 0:
                stream.height, stream.width = even.shape[:2]
            count += 1
            container.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        if count:
            container.mux(stream.encode())
    return (file.getvalue() if count else b""), float(rate)


def _av() -> Any:
    """Return PyAV.

    Raises:
        MissingError: it is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise MissingError("MP4 needs PyAV: pip install 'vantage[video]' (a .gif needs nothing)") from error
    return av
