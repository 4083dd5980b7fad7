"""Changes the core on purpose, one place at a time, and sees whether a test goes red."""
