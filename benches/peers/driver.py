"""One peer as a child process: python driver.py PEER THREADS, then lines of JSON in and out.

    {}  (once it is there, or {"error": …})
    {"prepare": "W1", "file": "…"}  ->  {"loss": 0.25}      points and start values in, loss there out
    {"run": "W1", "steps": 20}      ->  {"seconds": 0.31, "count": 20}

The file holds f32 numbers: see problems.read. The loss is null for peers that draw points of their own.
"""
import json
import os
import sys

PEERS = {  # module, variant
    "jax-tiled": ("jax_taylor", "tiled"),
    "jax-taylor": ("jax_taylor", "plain"),
    "jax-nested": ("jax_taylor", "nested"),
    "torch-taylor": ("torch_taylor", "plain"),
    "torch-compile": ("torch_taylor", "compiled"),
    "deepxde": ("deepxde_model", "pytorch"),
}


def main():
    # Libraries that print do so elsewhere.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    answer = lambda **fields: print(json.dumps(fields), file=answers, flush=True)
    name, threads = sys.argv[1], int(sys.argv[2])
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    module, variant = PEERS[name]
    try:
        peer = __import__(module).Peer(variant, threads)
    except ImportError as error:
        return answer(error=f"not installed: {error}")
    from problems import PROBLEMS, read
    answer()
    workloads = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                problem = PROBLEMS[request["prepare"]]
                workload = peer.prepare(problem, *read(problem, request["file"]))
                workloads[problem.name] = workload
                answer(loss=workload.loss)
            else:
                seconds, count = workloads[request["run"]].run(request["steps"])
                answer(seconds=seconds, count=count)
        except Exception as error:
            answer(error=f"{type(error).__name__}: {error}")
            raise


main()
