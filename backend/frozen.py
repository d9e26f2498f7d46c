"""Imported last by the process that workers are forks of.

The collector writes into every object that it looks at, and a page written to isn't shared any more. What is imported
stays for good, so that it needn't look there again. A fork runs the command's module once more under another name,
which Python warns of on stderr, where every line is to be JSON; it is meant here.
"""

from __future__ import annotations

import gc
import warnings

warnings.filterwarnings("ignore", ".* found in sys.modules after import of package", RuntimeWarning, "runpy")
gc.collect()
gc.freeze()
