"""
For tests of what goes on round a session: the agent of a folder with sessions that are no network. `become(folder)` comes before any import
of mlu_agent; `replace` puts something made up in the place of one of its modules.
"""

import sys
import types


def become(folder):
    sys.path.insert(0, folder)


def replace(name, **contents):
    module = types.ModuleType("mlu_agent." + name)
    vars(module).update(contents)
    sys.modules["mlu_agent." + name] = module
    # `from . import name` looks at the package first.
    setattr(sys.modules["mlu_agent"], name, module)


def description(**more):
    """Of a session, with whatever is special to it."""
    usual = {
        "device": "MLU270",
        "precision": "int16",
        "engine": "made up for tests",
        "coreNumber": 1,
        "decoded": False,
        "standIn": None,
        "warnings": [],
        "details": {},
    }
    return dict(usual, **more)


def made_export(out, content, twins=None, **more):
    """Writes a model and perhaps its twins, and returns what export_offline.export does."""
    with open(out, "wb") as model:
        model.write(content)
    if twins is not None:
        with open(out + "_twins", "w") as file:
            file.write(twins)
    made = {"path": out, "twins": None if twins is None else out + "_twins", "precision": "int16", "standIn": None, "warnings": []}
    return dict(made, **more)
