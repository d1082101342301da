"""Solids with a mesh and an exact inside test, and the blueprints that objects are made of."""
