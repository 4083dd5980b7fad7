"""Speech recognition in a worker process."""
