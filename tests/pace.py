"""How much the tests do: about a minute's work, or with SEGRULES_SLOW as much as it says."""

import os
from typing import Final

SLOW: Final = int(os.environ.get("SEGRULES_SLOW") or 0)
"""0 by default; 1 for a long run, and n for n times its examples."""

EXAMPLES: Final = 500 * SLOW or 50
"""How many examples a property is held against."""
