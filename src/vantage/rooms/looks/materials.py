"""Materials: what a surface is made of, which texture that gives it, and how it shines."""

import dataclasses

PLAIN, GRAIN, CHECKS, STRIPES, SPECKLE, WEAVE, PLANKS, TILES, BRICKS, DOTS, PICTURE, BRUSHED, LEAVES = range(13)
OUTDOORS, CREASES, MARBLE, TERRAZZO, BASKET, CRUMB, TWEED, FUR, CORRUGATED, PLASTER = range(13, 23)
FLOWERS, ZIGZAG, PRINT, PARQUET, PANELLING, PAGES, BOND = range(23, 30)
"""Texture numbers, as `textures.texture_mix` reads them."""

TEXTURE_MEANS = (
    *(0.3, 0.36, 0.49, 0.5, 0.5, 0.49, 0.36, 0.26, 0.42, 0.23),
    *(0.41, 0.48, 0.44, 0.5, 0.35, 0.17, 0.21, 0.44, 0.47, 0.5),
    *(0.49, 0.49, 0.49, 0.1, 0.5, 0.25, 0.34, 0.25, 0.3, 0.2),
)
"""Mean mix of each texture, measured over 40 periods; a test measures again."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Material:
    """A stuff that objects are made of."""

    adjective: str
    specular: float = 0.0
    """Strength of the highlight."""
    gloss: float = 1.0
    """Exponent of the highlight."""
    textures: tuple[int, ...]
    """One of them is drawn."""
    period: tuple[float, float]
    """Range of the texture's period, metres."""
    contrast: float
    """How far the second colour is shaded from the first, as `Colour.shifted` counts."""
    patterns: tuple[str, ...] = ()
    """Patterns that it may carry, beside none."""
    mirrors: float = 0.0
    """Share of the surroundings' light mirrored head-on; 0.04 for what is polished but no metal (Fresnel, index 1.5).
    From 0.3 on the mirrored light takes the surface's colour, as metals do."""
    clear: float = 0.0
    """Share of light let through."""


_CLOTH = ("striped", "checked", "dotted", "flowered", "zigzag")

MATERIALS: dict[str, Material] = {
    "wood": Material(
        adjective="wooden",
        specular=0.10,
        gloss=22.0,
        textures=(GRAIN,),
        period=(0.05, 0.09),
        contrast=-0.40,
        mirrors=0.03,
    ),
    "metal": Material(
        adjective="metal",
        specular=0.6,
        gloss=45.0,
        textures=(BRUSHED,),
        period=(0.014, 0.02),
        contrast=-0.42,
        mirrors=0.62,
    ),
    "ceramic": Material(
        adjective="ceramic",
        specular=0.45,
        gloss=80.0,
        textures=(SPECKLE,),
        period=(0.02, 0.03),
        contrast=-0.06,
        patterns=("striped", "dotted", "flowered"),
        mirrors=0.05,
    ),
    "fabric": Material(
        adjective="fabric", textures=(WEAVE, TWEED), period=(0.004, 0.007), contrast=-0.34, patterns=_CLOTH
    ),
    "leather": Material(
        adjective="leather",
        specular=0.16,
        gloss=14.0,
        textures=(CREASES,),
        period=(0.02, 0.03),
        contrast=-0.42,
        mirrors=0.03,
    ),
    "plastic": Material(
        adjective="plastic",
        specular=0.25,
        gloss=32.0,
        textures=(SPECKLE,),
        period=(0.004, 0.006),
        contrast=-0.06,
        patterns=("striped",),
        mirrors=0.04,
    ),
    "paper": Material(
        adjective="paper",
        specular=0.02,
        gloss=5.0,
        textures=(SPECKLE,),
        period=(0.006, 0.01),
        contrast=-0.06,
        patterns=("striped", "printed"),
    ),
    "cardboard": Material(
        adjective="cardboard", textures=(CORRUGATED,), period=(0.006, 0.008), contrast=-0.2, patterns=("printed",)
    ),
    "plant": Material(
        adjective="green",
        specular=0.08,
        gloss=12.0,
        textures=(LEAVES,),
        period=(0.02, 0.05),
        contrast=-0.45,
        mirrors=0.02,
    ),
    "plush": Material(adjective="plush", textures=(FUR,), period=(0.010, 0.014), contrast=-0.38),
    "glass": Material(
        adjective="glass",
        specular=0.7,
        gloss=120.0,
        textures=(PLAIN,),
        period=(0.1, 0.1),
        contrast=0.1,
        mirrors=0.06,
        clear=0.6,
    ),
    "brick": Material(adjective="brick", textures=(BRICKS,), period=(0.07, 0.08), contrast=0.35),
    "skin": Material(
        adjective="", specular=0.15, gloss=20.0, textures=(SPECKLE,), period=(0.008, 0.02), contrast=-0.16, mirrors=0.03
    ),
    "stone": Material(
        adjective="stone",
        specular=0.22,
        gloss=40.0,
        textures=(MARBLE, TERRAZZO, MARBLE),
        period=(0.03, 0.045),
        contrast=-0.5,
        mirrors=0.04,
    ),
    "plaster": Material(adjective="plaster", textures=(PLASTER,), period=(0.2, 0.4), contrast=-0.12),
    "concrete": Material(
        adjective="concrete", specular=0.05, gloss=12.0, textures=(PLASTER,), period=(0.25, 0.4), contrast=-0.3
    ),
    "wicker": Material(
        adjective="wicker", specular=0.04, gloss=8.0, textures=(BASKET,), period=(0.012, 0.018), contrast=-0.62
    ),
    "crust": Material(adjective="", specular=0.04, gloss=8.0, textures=(CRUMB,), period=(0.02, 0.03), contrast=-0.45),
    "rubber": Material(
        adjective="rubber",
        specular=0.10,
        gloss=10.0,
        textures=(SPECKLE,),
        period=(0.004, 0.006),
        contrast=-0.15,
        patterns=("striped",),
        mirrors=0.02,
    ),
}
"""Strengths and periods chosen by eye on contact sheets of rendered rooms."""

PATTERN_TEXTURES = {
    "striped": STRIPES,
    "checked": CHECKS,
    "dotted": DOTS,
    "flowered": FLOWERS,
    "zigzag": ZIGZAG,
    "printed": PRINT,
}
