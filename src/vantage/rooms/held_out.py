"""What the `train3d` world never shows, and so what generalisation is tested on. Data alone; `worlds` reads it.

The novel classes and most novel words are those of Semantic Abstraction, section 6.4.
"""

CLASSES = ("mug", "pot", "safe", "teddy bear", "basket ball", "wine bottle")
"""The paper's six novel classes: a small, a medium and a large container, and three more."""

MATERIALS = ("leather", "stone", "wicker")
"""Materials of main parts, floors and walls."""

COLOURS = ("turquoise", "beige")
"""Colour words."""

PATTERNS = ("dotted",)
"""Patterns."""

STAND_INS = {"leather": "fabric", "stone": "ceramic", "wicker": "fabric", "turquoise": "blue", "beige": "white"}
"""What takes the place of a held-out material or colour in the side parts of objects, whose looks are not drawn."""

LIGHTS = ("sunset", "lamplight")
"""Kinds of light: a low warm sun, and side lamps alone."""

USUAL_SHADES = (-0.16, 0.16)
"""How far a colour is mixed towards black (negative) or white in `train3d`."""
UNUSUAL_SHADES = ((-0.34, -0.22), (0.22, 0.34))
"""The dark and pale shades that it never shows. They keep their colour word: checked by eye on swatches."""

PAIRS: tuple[tuple[str, str], ...] = (
    ("armchair", "purple"),
    ("backpack", "green"),
    ("bed", "red"),
    ("book", "orange"),
    ("bottle", "blue"),
    ("bowl", "yellow"),
    ("box", "pink"),
    ("chair", "red"),
    ("lamp", "green"),
    ("pillow", "blue"),
    ("plate", "pink"),
    ("sofa", "green"),
    ("stool", "yellow"),
    ("suitcase", "orange"),
    ("table", "white"),
    ("vase", "purple"),
)
"""(category, colour) pairs whose halves `train3d` shows, but never together."""

NOVEL_WORDS: dict[str, str] = {
    "television": "tv",
    "sofa": "couch",
    "house plant": "plant in a pot",
    "bookcase": "bookshelf",
    "baseball bat": "maple bat",
    "pillow": "cushion",
    "armchair": "recliner",
    "bread": "loaf of sourdough",
    "cell phone": "mobile phone",
    "dresser": "wardrobe",
    "dumbbell": "gym weights",
    "fridge": "refrigerator",
    "garbage can": "trash can",
    "laptop": "computer",
    "basket": "hamper",
    "monitor": "computer screen",
    "rug": "carpet",
    "lamp": "table light",
    "suitcase": "luggage",
    "cup": "tumbler",
}
"""Words never used in `train3d`, by the class they stand for: fourteen of the paper's seventeen (it has desktops,
outlets and stairs, which rooms have not) and six of our own."""
