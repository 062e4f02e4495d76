"""`python -m tokpidjin` is the command line."""

import sys

from tokpidjin.cli import main

sys.exit(main())
