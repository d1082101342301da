"""The kinds of room there are, and what each is furnished with."""

import dataclasses

ROOM_KINDS = ("living room", "bedroom", "kitchen", "office", "workshop")
"""What a room is for; decides its furniture and what lies about."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Furnishing:
    """The furniture of one kind of room."""

    first: tuple[str, ...]
    """Groups set first, in order (`furnishing.GROUPS`); the room looks at the first that fits."""
    then: tuple[str, ...]
    """Groups of which up to two more are drawn."""
    walls: tuple[str, ...]
    """Categories that stand along the walls; drawn without replacement until the walls' share is filled."""
    hung: tuple[str, ...]
    """Categories that hang on the walls."""
    middle_height: float
    """Height in metres at which cameras look: that of the room's main surface."""


FURNISHINGS: dict[str, Furnishing] = {
    "living room": Furnishing(
        first=("sofa corner",),
        then=("dining", "desk place"),
        walls=("bookcase", "cabinet", "bookcase", "armchair", "dresser", "floor lamp", "floor lamp", "house plant")
        + ("side table", "bench", "radiator"),
        hung=("painting", "painting", "clock", "mirror", "wall shelf"),
        middle_height=0.5,
    ),
    "bedroom": Furnishing(
        first=("bed place",),
        then=("desk place", "sofa corner"),
        walls=("dresser", "cabinet", "bookcase", "armchair", "floor lamp", "coat rack", "house plant", "safe")
        + ("bench", "radiator", "side table"),
        hung=("painting", "mirror", "wall shelf", "clock", "painting"),
        middle_height=0.5,
    ),
    "kitchen": Furnishing(
        first=("kitchen run", "dining"),
        then=("dining",),
        walls=("cabinet", "counter", "rack", "house plant", "stool", "bench", "radiator", "floor lamp", "bookcase"),
        hung=("clock", "wall shelf", "wall shelf", "painting"),
        middle_height=0.8,
    ),
    "office": Furnishing(
        first=("desk place",),
        then=("desk place", "desk place", "dining", "sofa corner"),
        walls=("bookcase", "cabinet", "cabinet", "bookcase", "safe", "coat rack", "floor lamp", "house plant")
        + ("radiator", "side table", "armchair", "rack"),
        hung=("clock", "painting", "wall shelf", "painting"),
        middle_height=0.7,
    ),
    "workshop": Furnishing(
        first=("workbench place",),
        then=("workbench place", "desk place"),
        walls=("rack", "rack", "cabinet", "ladder", "washing machine", "safe", "stool", "bookcase", "counter")
        + ("radiator", "bench"),
        hung=("wall shelf", "clock", "wall shelf"),
        middle_height=0.8,
    ),
}
"""By kind."""
