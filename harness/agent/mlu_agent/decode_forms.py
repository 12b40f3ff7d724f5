"""How boxes are decoded, by name; decode.py has the modules. Apart from it, since it imports torch."""

DECODES = ("none", "in-place", "concatenated", "fixed-grids")
