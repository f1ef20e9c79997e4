"""``python -m provision``."""

import sys

from provision.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
