import argparse

from .params import seconds


def seconds_option(text):
    """The value of an option in seconds, for argparse, which says what is wrong with it."""
    try:
        return seconds(float(text))
    except ValueError:
        raise argparse.ArgumentTypeError("cannot use {!r}: give seconds, more than 0 and at most a million".format(text))
