"""Quantised modules and what their scales are made from."""
