"""Colours, materials and textures: how the surfaces of a room look."""
