"""Every kind of object a room may hold, by name. A new kind is one function and one `Category` in one of the files."""

from vantage.rooms.blueprint import Category
from vantage.rooms.catalogue import (
    appliances,
    bakery,
    beds,
    bins,
    books,
    bottles,
    boxes,
    cabinets,
    cookware,
    counters,
    cutlery,
    decor,
    desks,
    devices,
    electronics,
    fixtures,
    food,
    gadgets,
    kettles,
    kitchen_machines,
    lights,
    office,
    screens,
    seats,
    shelves,
    sofas,
    tables,
    tableware,
    toys,
)

CATALOGUE: dict[str, Category] = {
    category.name: category
    for module in (
        tables,
        desks,
        fixtures,
        boxes,
        bins,
        appliances,
        counters,
        cabinets,
        shelves,
        seats,
        sofas,
        beds,
        lights,
        electronics,
        decor,
        toys,
        tableware,
        cutlery,
        cookware,
        kettles,
        kitchen_machines,
        bottles,
        food,
        bakery,
        screens,
        gadgets,
        devices,
        books,
        office,
    )
    for category in module.CATEGORIES
}
"""All categories by name."""

STRUCTURE = ("floor", "ceiling", "wall", "window", "door", "rug", "ceiling lamp")
"""What the room itself consists of; built by `shell`, because its sizes follow the room's."""

CLASS_NAMES: tuple[str, ...] = ("nothing", *STRUCTURE, *sorted(CATALOGUE))
"""Class names by class number."""
