"""`python3 agent`: the part of mlu-parity that runs beside the card. Needs what the vendor's container has, and nothing more."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from mlu_agent.command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
