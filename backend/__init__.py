"""The web service: knows HTTP, SQL and Redis; may import `ml`."""

import os

# Before NumPy is loaded. Requests run beside each other; a second thread for one product of small matrices gains
# nothing on an idle machine, and on a busy one waiting for it takes a hundred times as long as the work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
