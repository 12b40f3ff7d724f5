"""The vendor's torch_mlu: brought in when it is needed, and what it prints kept off stdout."""

import contextlib
import importlib
import os
import sys

from .errors import NotAvailable


def import_torch_mlu(module="torch_mlu"):
    """`torch_mlu` or a module of it. Raises NotAvailable where it cannot be imported."""
    try:
        return importlib.import_module(module)
    # Not ImportError alone: its libraries raise OSError where the driver is missing.
    except Exception as error:
        raise NotAvailable(
            "{} cannot be imported ({}): run the agent in the vendor's container, with its environment activated".format(
                module, error
            )
        )


def stand_in():
    """The sentence in which a torch_mlu says that it is none of the vendor's, or None."""
    return getattr(import_torch_mlu(), "MLU_PARITY_STAND_IN", None)


@contextlib.contextmanager
def prints_to_stderr():
    """The vendor prints from Python and C alike; stdout is for one JSON document. Not for `serve`, whose fd 1 is moved away."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
