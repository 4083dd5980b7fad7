"""iCalendar files: shifts in and out; never the live switch of who is rung."""
