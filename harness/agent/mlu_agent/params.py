"""The parameters of a request, checked one by one: what is wrong is said with its value."""

import re

from .errors import BadRequest

_SHA256 = re.compile("[0-9a-f]{64}")


class Params(object):
    def __init__(self, method, values):
        if not isinstance(values, dict):
            raise BadRequest("cannot {}: `params` is {!r:.80}; give an object".format(method, values))
        self._method = method
        self._values = dict(values)

    def take(self, name, check, *default):
        """The value by that name, as `check` returns it; the default, if there is one, where it is absent or null."""
        value = self._values.pop(name, None)
        if value is None and default:
            return default[0]
        try:
            return check(value)
        except ValueError as error:
            raise BadRequest("cannot {}: `{}` is {}; give {}".format(self._method, name, _show(value), error))

    def end(self):
        """Raises BadRequest where something is left that nobody took: a misspelt name must not pass in silence."""
        if self._values:
            names = ", ".join(sorted(self._values))
            raise BadRequest("cannot {}: there is no parameter {:.200}".format(self._method, names))


def _show(value):
    return "missing" if value is None else "{:.80}".format(repr(value))


def sha256(value):
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise ValueError("a SHA-256 in 64 hexadecimal digits")
    return value


def text(value):
    if not isinstance(value, str) or not 0 < len(value) <= 1024 or "\0" in value:
        raise ValueError("a text of 1 to 1024 characters")
    return value


def integer(least, most):
    def check(value):
        if type(value) is not int or not least <= value <= most:
            raise ValueError("a whole number from {} to {}".format(least, most))
        return value
    return check


def seconds(value):
    if type(value) not in (int, float) or not 0 < value <= 1e6:
        raise ValueError("seconds, from 0 to a million")
    return float(value)


def choice(*choices):
    def check(value):
        if value not in choices:
            raise ValueError("one of {}".format(", ".join(choices)))
        return value
    return check


def size(value):
    """[height, width] in pixels; multiples of 32, as YOLOX's strides want it."""
    if not isinstance(value, list) or len(value) != 2 or not all(type(side) is int and 0 < side <= 8192 and side % 32 == 0
                                                                 for side in value):
        raise ValueError("[height, width] in multiples of 32")
    return value
