"""All furniture, by name. A new kind is one function and one `Category` in one of the files named here."""

from vantage.rooms.catalogue import (
    appliances,
    armchairs,
    baskets,
    beds,
    bins,
    boxes,
    cabinets,
    chairs,
    counters,
    desk_lamps,
    desks,
    dressers,
    fixtures,
    fridges,
    lights,
    office_chairs,
    racks,
    radiators,
    safes,
    seats,
    shelves,
    side_tables,
    sofas,
    tables,
)
from vantage.rooms.shapes.blueprint import Category

FURNITURE: dict[str, Category] = {
    category.name: category
    for module in (
        tables,
        desks,
        dressers,
        racks,
        desk_lamps,
        baskets,
        radiators,
        safes,
        fridges,
        armchairs,
        office_chairs,
        chairs,
        side_tables,
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
    )
    for category in module.CATEGORIES
}
"""Categories of furniture by name; their order decides what a seed draws."""
