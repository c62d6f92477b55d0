"""`python -m optimizer` is `servicenet`."""

import sys

from optimizer.cli import main

sys.exit(main())
