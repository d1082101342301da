"""Pictures and maps of a room: light, shading, and what each pixel shows."""
