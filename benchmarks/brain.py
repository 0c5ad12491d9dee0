"""Lets the brain be imported alone: its package is entered without the integration around it.

That needs Home Assistant, which has no part in what is measured. To be imported before anything of the integration.
"""

from pathlib import Path
import sys
from types import ModuleType

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
package = ModuleType("custom_components.cem_sgcp")
package.__path__ = [str(ROOT / "custom_components" / "cem_sgcp")]
sys.modules.setdefault("custom_components.cem_sgcp", package)
