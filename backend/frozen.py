"""Imported last by the process that workers are forks of.

The collector writes into every object that it looks at, and a page written to isn't shared any more. What is imported
stays for good, so that it needn't look there again.
"""

from __future__ import annotations

import gc

gc.collect()
gc.freeze()
