"""Rooms as captures, folders, shards and streams."""
