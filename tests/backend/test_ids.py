from __future__ import annotations

import subprocess
import sys

from backend.ids import READ, new_uuid

COPY = """
import os
from backend.ids import new_uuid

new_uuid()  # so that there are bytes left
child = os.fork()
if child:
    os.waitpid(child, 0)
print(new_uuid(), flush=True)
"""


def test_ids_are_distinct_random_uuids() -> None:
    made = [new_uuid() for _ in range(3 * READ)]
    assert len(set(made)) == len(made)
    assert {one.version for one in made} == {4}


def test_a_copy_of_the_process_makes_other_ids() -> None:
    ran = subprocess.run([sys.executable, "-c", COPY], capture_output=True, text=True, check=True)
    assert len(set(ran.stdout.split())) == 2
