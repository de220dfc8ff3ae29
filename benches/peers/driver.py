"""One peer as a child process: python driver.py PEER THREADS [DEVICE], then lines of JSON in and out.

    {}  (once it is there, or {"error": …})
    {"prepare": "W1", "file": "…", "gradient": "…", "interior": 4096, "boundary": 256, "initial": 256}
        ->  {"loss": 0.25, "how": "in 4 tiles"}      points and start values in, loss and gradient there out
    {"run": "W1", "steps": 20}  ->  {"seconds": 0.31, "count": 20}

The files hold f32 numbers: see problems.read and problems.write. The loss is null, and no gradient is written, for peers
that draw points of their own. DEVICE is `cpu` or `cuda`: the first GPU that CUDA_VISIBLE_DEVICES leaves.
"""
import ctypes
import json
import os
import sys

PEERS = {  # module, variant
    "jax-tiled": ("jax_taylor", "tiled"),
    "jax-taylor": ("jax_taylor", "plain"),
    "jax-nested": ("jax_taylor", "nested"),
    "jax-tf32": ("jax_taylor", "tf32"),
    "torch-taylor": ("torch_taylor", "plain"),
    "torch-compile": ("torch_taylor", "compiled"),
    "deepxde": ("deepxde_model", "pytorch"),
}
DEVICES = ["cpu", "cuda"]


def find_gpu():
    """Raises where there is none. JAX with its CUDA plugin would crash without a driver."""
    try:
        result = ctypes.CDLL("libcuda.so.1").cuInit(0)
    except OSError as error:
        raise RuntimeError(f"no GPU was found: this machine has no CUDA driver ({error})")
    if result != 0:
        raise RuntimeError(f"no GPU was found: the CUDA driver answers {result}")


def main():
    # Libraries that print do so elsewhere.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    answer = lambda **fields: print(json.dumps(fields), file=answers, flush=True)
    one_line = lambda error: f"{type(error).__name__}: {error}".replace("\n", " ")
    name, threads, device = sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "cpu"
    if device not in DEVICES:
        sys.exit(f"expected one of {', '.join(DEVICES)}, found {device}")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    module, variant = PEERS[name]
    try:
        if device == "cuda":
            find_gpu()
        peer = __import__(module).Peer(variant, threads, device)
    except ImportError as error:
        answer(error=f"not installed: {error}")
        raise
    except Exception as error:
        answer(error=one_line(error))
        raise
    from problems import PROBLEMS, read, write
    answer()
    workloads = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                problem = PROBLEMS[request["prepare"]].of(request)
                workload = peer.prepare(problem, *read(problem, request["file"]))
                workloads[problem.name] = workload
                if workload.loss is not None:
                    write(request["gradient"], workload.gradient)
                answer(loss=workload.loss, how=workload.how)
            else:
                seconds, count = workloads[request["run"]].run(request["steps"])
                answer(seconds=seconds, count=count)
        except Exception as error:
            answer(error=one_line(error))
            raise


main()
