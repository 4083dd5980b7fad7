"""Ways to tell people something by another way than a ring."""
