"""Perceptions of photographs from models: one image by metric depth, several by a reconstruction brought to metres."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int32

from vantage.captures import Capture, View
from vantage.dialogue.models.captions import HUB_ID as BLIP
from vantage.dialogue.models.captions import BlipCaptioner, Phrase, head_phrase
from vantage.dialogue.models.depth_pro import HUB_ID as DEPTH_PRO
from vantage.dialogue.models.depth_pro import DepthPro
from vantage.dialogue.models.interfaces import (
    Captioner,
    DepthModel,
    LensModel,
    MaskModel,
    Questioner,
    Reconstructor,
)
from vantage.dialogue.models.questioner import LlavaQuestioner
from vantage.dialogue.models.reconstruction import VggtReconstructor
from vantage.dialogue.models.sam2 import HUB_ID as SAM2
from vantage.dialogue.models.sam2 import Sam2Masks
from vantage.dialogue.models.scale import metric_scale
from vantage.dialogue.models.view_replies import asked_about
from vantage.dialogue.perception import PerceivedView, Perception, Region, Sources
from vantage.dialogue.photographs import Photograph
from vantage.dialogue.predicted_linking import CutView, linked
from vantage.errors import UsageError
from vantage.geometry import Camera
from vantage.rooms.words.vocabulary import with_article

GROUND = ("floor", "ground", "carpet", "rug", "road", "street", "pavement", "sidewalk", "grass", "lawn")
"""Nouns of what is level and things stand on."""
STRUCTURE = ("wall", "ceiling", "window", "door", "sky", "room", "background", "curtain", "building", "view")
"""Nouns that are no things with a place."""
LEAST_PIXELS = 25
"""Smallest mask that is captioned (SpatialRGPT)."""
MARGIN = 0.1
"""Share of a mask's box that is added around it when it is cut out for the captioner: a little of what is around helps
to tell what a thing is."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Models:
    """Who perceives."""

    masks: MaskModel
    captioner: Captioner
    depth: DepthModel | None = None
    """Needed for a single view; for several it tells the scale, without which nothing is asked in metres."""
    reconstructor: Reconstructor | None = None
    """Needed for several views."""
    questioner: Questioner | None = None
    """Needed for questions about several views together: without the truth nobody else knows what is not seen."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ModelNames:
    """Which weights to load: folders, or names on the hub."""

    depth: str = DEPTH_PRO
    masks: str = SAM2
    captioner: str = BLIP
    vggt: str | None = None
    """File or folder of VGGT's weights; without them single views alone can be perceived."""
    questioner: str | None = None
    """Of a LLaVA that reads several images; without it nothing is asked about several views together."""


def load_models(names: ModelNames | None = None) -> Models:
    """Load every model.

    Args:
        names: where they lie.

    Raises:
        MissingError: weights are not here; the message says what to download.
        DataError: they are damaged or of another architecture.
    """
    chosen = names or ModelNames()
    return Models(
        depth=DepthPro.load(chosen.depth),
        masks=Sam2Masks.load(chosen.masks),
        captioner=BlipCaptioner.load(chosen.captioner),
        reconstructor=None if chosen.vggt is None else VggtReconstructor.load(chosen.vggt),
        questioner=None if chosen.questioner is None else LlavaQuestioner.load(chosen.questioner),
    )


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class _Geometry:
    depth: tuple[Float32[np.ndarray, "_h _w"], ...]
    cameras: tuple[Camera, ...]
    poses: tuple[Float64[np.ndarray, "4 4"], ...]
    metric: bool
    scale_source: str
    depth_source: str
    camera_source: str


def perceive_with(capture: Capture, indices: Sequence[int], models: Models, *, questions: int = 0) -> Perception:
    """Return what models tell of some views of a capture; of the capture only images and intrinsics are read.

    Args:
        capture: with images.
        indices: of the views, in the order in which questions count them.
        models: who perceives.
        questions: how many about several views together the questioner is asked for; of one view it asks none.

    Raises:
        UsageError: there is no such view, or no model for this many views.
    """
    wrong = [i for i in indices if not 0 <= i < len(capture)]
    if wrong:
        raise UsageError(f"view {wrong[0]} of capture {capture.name!r}: it has views 0 to {len(capture) - 1}")
    views = [capture[i] for i in indices]
    lens_known = not isinstance(capture, Photograph) or capture.lens_known
    geometry = _single(views[0], models, lens_known=lens_known) if len(views) == 1 else _several(views, models)
    pieces = [_pieces(view, models) for view in views]
    cut = [
        CutView(
            camera=camera,
            world_from_camera=pose,
            depth=depth,
            numbers=numbers,
            words=tuple(phrase.noun for phrase in phrases),
            everywhere=tuple(_kind(phrase) != "thing" for phrase in phrases),
        )
        for camera, pose, depth, (numbers, phrases) in zip(
            geometry.cameras, geometry.poses, geometry.depth, pieces, strict=True
        )
    ]
    number_of = linked(cut)
    regions: dict[int, Region] = {}
    perceived = []
    whole = models.captioner.captions([view.image for view in views])
    for k, (view, piece) in enumerate(zip(views, cut, strict=True)):
        for segment, phrase in enumerate(pieces[k][1], start=1):
            number = number_of[k, segment]
            regions.setdefault(number, _region(number, phrase))
        table = np.array([0, *(number_of[k, s] for s in range(1, len(piece.words) + 1))], dtype=np.int32)
        perceived.append(
            PerceivedView(
                name=view.name,
                camera=piece.camera,
                world_from_camera=piece.world_from_camera,
                depth=piece.depth,
                instances=table[piece.numbers],
                image=view.image,
                captions=(whole[k],),
            )
        )
    asked, refused = (), ()
    if questions and models.questioner is not None and len(views) > 1:
        asked, refused = asked_about([view.image for view in views], models.questioner, questions)
    return Perception(
        name="/".join([capture.name, *(capture.sources[i].name for i in indices)]),
        views=tuple(perceived),
        regions=tuple(regions.values()),
        sources=Sources(
            depth=geometry.depth_source,
            instances=models.masks.name,
            captions=models.captioner.name,
            cameras=geometry.camera_source,
            questions=models.questioner.name if asked and models.questioner is not None else "",
        ),
        metric=geometry.metric,
        scale_source=geometry.scale_source,
        questions=asked,
        refused=refused,
    )


def _single(view: View, models: Models, *, lens_known: bool) -> _Geometry:
    if models.depth is None:
        raise UsageError("one view needs a model of metric depth, such as Depth Pro; none was given")
    guess = None
    if not lens_known and isinstance(models.depth, LensModel):
        guess = models.depth.depth_and_camera(view.image)
    depth, camera = (models.depth.depth(view.image, view.camera), view.camera) if guess is None else guess
    # Depth hangs on the focal length: with an assumed one nothing is in metres.
    metric = lens_known or guess is not None
    return _Geometry(
        depth=(depth,),
        cameras=(camera,),
        poses=(np.eye(4),),
        metric=metric,
        scale_source=models.depth.name if metric else "none",
        depth_source=models.depth.name,
        camera_source="intrinsics given" if lens_known else models.depth.name if metric else "focal length assumed",
    )


def _several(views: Sequence[View], models: Models) -> _Geometry:
    if models.reconstructor is None:
        raise UsageError(f"{len(views)} views need a reconstruction, such as VGGT's; none was given (models.vggt)")
    found = models.reconstructor.reconstruct([view.image for view in views])
    value, source = 1.0, "none"
    if models.depth is not None:
        metres = [models.depth.depth(view.image, view.camera) for view in views]
        scale = metric_scale(found.depth, found.confidence, metres)
        if scale.trusted:
            value = scale.value
            source = f"median ratio to {models.depth.name}, spread {scale.spread:.0%}"
    poses = []
    for pose in found.world_from_camera:
        scaled = pose.copy()
        scaled[:3, 3] *= value
        poses.append(scaled)
    return _Geometry(
        depth=tuple((depth * value).astype(np.float32) for depth in found.depth),
        cameras=found.cameras,
        poses=tuple(poses),
        metric=source != "none",
        scale_source=source,
        depth_source=models.reconstructor.name,
        camera_source=models.reconstructor.name,
    )


def _pieces(view: View, models: Models) -> tuple[Int32[np.ndarray, "h w"], list[Phrase]]:
    """Return the segments of a view and what each is called; masks that nobody can name are left out."""
    masks = [mask for mask in models.masks.masks(view.image) if mask.sum() >= LEAST_PIXELS]
    told = models.captioner.captions([cut_out(view.image, mask) for mask in masks])
    named = [(mask, phrase) for mask, text in zip(masks, told, strict=True) if (phrase := head_phrase(text))]
    # Small over large: a mug is no part of the desk that it stands on.
    named.sort(key=lambda each: -int(each[0].sum()))
    numbers = np.zeros(view.image.shape[:2], dtype=np.int32)
    for k, (mask, _) in enumerate(named, start=1):
        numbers[mask] = k
    return numbers, [phrase for _, phrase in named]


def cut_out(image: Float[np.ndarray, "h w 3"], mask: Bool[np.ndarray, "h w"]) -> Float[np.ndarray, "h2 w2 3"]:
    """Return the part of an image around a mask, with a margin.

    Args:
        image: RGB.
        mask: with a pixel at least.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    sides = []
    for found, size in ((rows, mask.shape[0]), (columns, mask.shape[1])):
        margin = round(MARGIN * (found[-1] + 1 - found[0]))
        sides.append(slice(max(0, int(found[0]) - margin), min(size, int(found[-1]) + 1 + margin)))
    return image[sides[0], sides[1]]


def _kind(phrase: Phrase) -> str:
    last = phrase.noun.split()[-1]
    return "ground" if last in GROUND else "structure" if last in STRUCTURE else "thing"


def _region(number: int, phrase: Phrase) -> Region:
    kind = _kind(phrase)
    return Region(
        instance=number,
        names=(phrase.noun,),
        caption=with_article(f"{phrase.colour} {phrase.noun}".strip()),
        words=(("colour", phrase.colour),) if phrase.colour else (),
        askable=kind == "thing",
        ground=kind == "ground",
    )
