from __future__ import annotations

import os

from backend.ids import READ, new_uuid


def test_ids_are_distinct_random_uuids() -> None:
    made = [new_uuid() for _ in range(3 * READ)]
    assert len(set(made)) == len(made)
    assert {one.version for one in made} == {4}


def test_a_copy_of_the_process_makes_other_ids() -> None:
    new_uuid()  # so that there are bytes left
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, new_uuid().bytes)
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reading, 16)
    os.close(reading)
    os.close(writing)
    assert len(theirs) == 16
    assert theirs not in {new_uuid().bytes for _ in range(READ)}
