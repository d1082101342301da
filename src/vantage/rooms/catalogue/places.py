"""Where things of several kinds are found: tools and fruit."""

FRUIT_PLACES = (
    "table",
    "table",
    "counter",
    "counter",
    "fridge",
    "vessel",
    "vessel",
    "vessel",
    "plate",
    "plate",
    "desk",
)
"""Where fruit lie; what is named more often is drawn more often."""

TOOL_PLACES = ("workbench", "workbench", "workbench", "bin", "drawer", "shelf", "table", "floor")
"""Where tools lie; what is named more often is drawn more often."""
