"""Random ids, of bytes that are read from the system for many ids at once.

Reading lets go of the interpreter's lock: on the event loop, beside busy threads, getting it back can take longer
than all other work for a request.
"""

from __future__ import annotations

import os
import threading
import uuid

BYTES = 16
READ = 256  # ids whose bytes are read together

_lock = threading.Lock()
_bytes = bytearray()


def new_uuid() -> uuid.UUID:
    """Return a random UUID (version 4)."""
    with _lock:
        if not _bytes:
            _bytes.extend(os.urandom(BYTES * READ))
        taken = bytes(_bytes[-BYTES:])
        del _bytes[-BYTES:]
    return uuid.UUID(bytes=taken, version=4)


# A copy of the process must not go on with the same bytes.
os.register_at_fork(after_in_child=_bytes.clear)
