"""The forms in which a program can go over many points, and which of them is fastest on a GPU.

A form is how many tiles the points of the interior are cut into, each taken through the whole step by itself, and whether
the streams of a layer are joined to one matrix product or have one each.
"""
import gc
import itertools
import time
from typing import NamedTuple

TILES = (1, 8, 64)
# Each form is timed about this long.
SECONDS = 0.5


class Form(NamedTuple):
    tiles: int
    joined: bool

    def __str__(self):
        tiles = "all points at once" if self.tiles == 1 else f"{self.tiles} tiles"
        return f"{tiles}, {'one product a layer' if self.joined else 'one product a stream'}"


def exhausted(error):
    """Whether that is how a library says that there is no more memory."""
    said = ("RESOURCE_EXHAUSTED", "OUT_OF_MEMORY", "ALLOC_FAILED")  # by XLA, CUDA, cuBLAS
    return (isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
            or any(text in str(error) for text in said))


def timed(workload):
    """Seconds of a step, on average."""
    workload.run(2)
    seconds = steps = 0
    while seconds < SECONDS:
        spent, count = workload.run(1)
        seconds, steps = seconds + spent, steps + count
    return seconds / steps


def fastest(points, build, forget=gc.collect):
    """Of the workloads that `build(form)` makes, the one whose steps take least time.

    Forms that do not fit the memory are left out; if none fits, the last one's error is raised. `forget` gives back what
    the one before held.
    """
    best, least, failure = None, float("inf"), None
    for form in itertools.starmap(Form, itertools.product(TILES, (True, False))):
        if points % form.tiles:
            continue
        try:
            seconds = timed(build(form))
        except Exception as error:
            if not exhausted(error):
                raise
            # Its frames hold what is to be given back.
            failure = error.with_traceback(None)
        else:
            if seconds < least:
                best, least = form, seconds
        forget()
    if best is None:
        raise failure
    return build(best)
