"""Two examples that come with DeepXDE, trained as they are: python deepxde_examples.py NAME THREADS.

Writes a line of JSON: {"seconds": 300.1, "error": 4e-4, "adam_seconds": 250.2, "adam_error": 1e-3}. Seconds are those of
the calls of `train`; the error is relative L2 on 142 x 142 points.

Sources: examples/pinn_forward/Burgers.py and heat.py of DeepXDE 1.15, which leave the precision at 32 bits.
"""
import json
import os
import sys
import time

os.environ["DDE_BACKEND"] = "pytorch"
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # Libraries that print do so elsewhere.

import deepxde as dde
import numpy as np
import torch

PER_AXIS = 142


def burgers_residual(x, y):
    dy_x, dy_t = dde.grad.jacobian(y, x, i=0, j=0), dde.grad.jacobian(y, x, i=0, j=1)
    return dy_t + y * dy_x - 0.01 / np.pi * dde.grad.hessian(y, x, i=0, j=0)


def burgers_exact(x, t):
    """Cole and Hopf's transformation; the values at t = 0 are the start."""
    nodes, weights = np.polynomial.hermite.hermgauss(150)
    nu, t = 0.01 / np.pi, np.maximum(t, 1e-300)
    shifted = x - np.sqrt(4 * nu * t) * nodes
    f = weights * np.exp(-(np.cos(np.pi * shifted) + 1) / (2 * np.pi * nu))
    return -(f * np.sin(np.pi * shifted)).sum(1, keepdims=True) / f.sum(1, keepdims=True)


def heat_residual(x, y):
    return dde.grad.jacobian(y, x, i=0, j=1) - 0.4 * dde.grad.hessian(y, x, i=0, j=0)


def heat_exact(x, t):
    return np.exp(-0.4 * np.pi**2 * t) * np.sin(np.pi * x)


EXAMPLES = {  # lower end of x, last time, residual, start, steps of Adam, exact
    "burgers": (-1, 0.99, burgers_residual, lambda x: -np.sin(np.pi * x[:, 0:1]), 15000, burgers_exact),
    "heat": (0, 1, heat_residual, lambda x: np.sin(np.pi * x[:, 0:1]), 20000, heat_exact),
}


def main():
    lower, last, residual, start, steps, exact = EXAMPLES[sys.argv[1]]
    torch.set_num_threads(int(sys.argv[2]))
    dde.config.set_random_seed(0)
    domain = dde.geometry.GeometryXTime(dde.geometry.Interval(lower, 1), dde.geometry.TimeDomain(0, last))
    ends = dde.icbc.DirichletBC(domain, lambda x: 0, lambda _, on_boundary: on_boundary)
    begin = dde.icbc.IC(domain, start, lambda _, on_initial: on_initial)
    data = dde.data.TimePDE(domain, residual, [ends, begin], num_domain=2540, num_boundary=80, num_initial=160)
    model = dde.Model(data, dde.nn.FNN([2] + [20] * 3 + [1], "tanh", "Glorot normal"))

    axes = np.linspace(lower, 1, PER_AXIS), np.linspace(0, last, PER_AXIS)
    grid = np.stack([axis.ravel() for axis in np.meshgrid(*axes)], axis=1)
    known = exact(grid[:, 0:1], grid[:, 1:2])
    error = lambda: float(np.linalg.norm(model.predict(grid.astype(np.float32)) - known) / np.linalg.norm(known))

    def train(**options):
        begun = time.perf_counter()
        model.train(display_every=1000, verbose=0, **options)
        return time.perf_counter() - begun

    model.compile("adam", lr=1e-3, verbose=0)
    adam = train(iterations=steps)
    adam_error = error()
    model.compile("L-BFGS", verbose=0)
    seconds = adam + train()
    print(json.dumps({"seconds": seconds, "error": error(), "adam_seconds": adam, "adam_error": adam_error}), file=answers)


main()
