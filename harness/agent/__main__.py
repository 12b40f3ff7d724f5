"""`python3 agent`: the part of mlu-parity that runs beside the card. Needs what the vendor's container has, and nothing more."""

import os
import sys

# Before anything that an older one cannot read.
if sys.version_info < (3, 5):
    sys.stderr.write("agent: this is Python %d.%d, and the agent needs 3.5 or newer: start it by python3\n" % sys.version_info[:2])
    sys.exit(5)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from mlu_agent.command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
