"""How much the tests do: what takes about a minute, or with SEGRULES_SLOW as much as it says."""

import os
from typing import Final

SLOW: Final = int(os.environ.get("SEGRULES_SLOW") or 0)
"""0 by default; n draws n times as many examples as a long run does."""

EXAMPLES: Final = 1000 * SLOW or 50
"""How many examples a property is held against."""
