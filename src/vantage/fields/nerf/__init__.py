"""NeRFs: density and colour networks over a hash grid, asked where rays meet occupied cells."""
