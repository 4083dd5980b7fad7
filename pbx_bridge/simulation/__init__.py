"""Virtual nights: the real core and runtime over memory stores and mobiles that do as they like."""
