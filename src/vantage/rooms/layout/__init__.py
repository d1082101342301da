"""Furnishing: plans, walls, groups of furniture, and what stands on and in it."""
