"""The command line: each command is a module with `add_arguments(parser)` and `run(args)`, imported when it is called."""

import argparse
import importlib
import sys

from . import VERSION
from .errors import EXIT_CODES, INTERRUPTED, AgentError

# name, module, what it does
COMMANDS = (
    ("serve", "serve", "answer a harness over stdin and stdout (what `python3 agent` does when it is started by one)"),
    ("info", "info", "what this container has: python, numpy, torch, torch_mlu, libcnrt, cards"),
    ("float", "run_float", "run a checkpoint in float on the CPU"),
    ("quantize", "run_quantize", "quantise a checkpoint's convolutions and save the legacy state_dict"),
    ("online", "run_online", "run a quantised checkpoint on the card through torch_mlu"),
    ("export-offline", "run_export", "trace a quantised checkpoint and save the offline model"),
    ("offline", "run_offline", "run an offline model on the card through libcnrt"),
    ("record", "run_record", "work through a plan of `mlu-parity record plan`, and write what came out"),
)


def main(argv):
    if not argv:
        argv = ["--help"] if sys.stdin.isatty() else ["serve"]
    parser = argparse.ArgumentParser(prog="agent", description="The part of mlu-parity that runs beside the card.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, module, text in COMMANDS:
        command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        # Only the one that is called is imported: info must work where torch does not.
        if name == argv[0]:
            try:
                loaded = importlib.import_module("mlu_agent." + module)
            except ImportError as error:
                return _without(error)
            loaded.add_arguments(command)
            command.set_defaults(run=loaded.run)
    try:
        args = parser.parse_args(argv)
        return args.run(args) or 0
    except AgentError as error:
        sys.stderr.write("agent: {}\n".format(error))
        return EXIT_CODES[error.kind]
    except ImportError as error:
        return _without(error)
    except KeyboardInterrupt:
        sys.stderr.write("agent: interrupted\n")
        return INTERRUPTED


def _without(error):
    """Says what is not there, of the container's or of the agent's own; the exit code."""
    own = "mlu_agent" in str(error)
    fix = "copy the agent's folder again, whole" if own else "start the agent by the Python of the vendor's container"
    sys.stderr.write("agent: {}: {}\n".format(error, fix))
    return EXIT_CODES["not-available"]
