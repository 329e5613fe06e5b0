"""`python -m segrules`: the command line."""

import sys

from segrules.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
