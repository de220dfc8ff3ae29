"""The problems W1 to W4, as hand-written programs take them.

A problem is  r(u, d, L, q) = 0  at each point, where
    u     are the network's outputs,
    d[i]  their first derivatives along input i, for i in `first`,
    L     the linear operator  sum_i second[i] d_ii + sum_j drift[j] d_j  applied to the outputs,
    q     known data of the point (a source).
A program differs from another in how it gets u, d, L and the gradient of the loss only. The loss is the sum of
the mean squares of the residuals, and the mean square of (u - data) on the boundary and at the start together.
"""
import dataclasses
from typing import Callable

import numpy as np


@dataclasses.dataclass
class Problem:
    name: str
    layers: list                    # units of each layer, inputs and outputs included
    interior: int                   # numbers of points
    boundary: int
    initial: int
    lower: tuple                    # time, where there is one, is the last input
    upper: tuple
    first: tuple
    second: dict
    drift: dict
    residual: Callable              # (u, d, L, q) -> list of columns
    data: Callable                  # (x) -> values on the boundary and at the start
    source: Callable = None         # (x) -> one column

    def of(self, numbers):
        """The same on as many points as `numbers` says."""
        return dataclasses.replace(self, **{place: numbers[place] for place in ("interior", "boundary", "initial")})


def sines(x):
    return np.prod(np.sin(np.pi * x), axis=1, keepdims=True)


def cooling(x):
    """Zero on the sides, a product of sines at first."""
    return np.where(x[:, -1:] == 0, sines(x[:, :-1]), 0.0)


def kovasznay(x, viscosity=1 / 40):
    decay = 0.5 / viscosity - np.sqrt(0.25 / viscosity**2 + 4 * np.pi**2)
    e, y = np.exp(decay * x[:, :1]), 2 * np.pi * x[:, 1:2]
    return np.hstack([1 - e * np.cos(y), decay / (2 * np.pi) * e * np.sin(y), 0.5 * (1 - e * e)])


def navier_stokes(u, d, L, q):
    x, y = d[0], d[1]
    return [u[..., 0] * x[..., 0] + u[..., 1] * y[..., 0] + x[..., 2] + L[..., 0],
            u[..., 0] * x[..., 1] + u[..., 1] * y[..., 1] + y[..., 2] + L[..., 1],
            x[..., 0] + y[..., 1]]


PROBLEMS = {problem.name: problem for problem in [
    Problem("W1", [2, *[64] * 4, 1], 4096, 256, 256, (0, 0), (1, 1), (0,), {0: -0.4}, {1: 1.0},
            lambda u, d, L, q: [L[..., 0]], cooling),
    Problem("W2", [3, *[128] * 4, 1], 8192, 256, 256, (0, 0, 0), (1, 1, 1), (0, 1), {0: -0.4, 1: -0.4}, {2: 1.0},
            lambda u, d, L, q: [L[..., 0]], cooling),
    Problem("W3", [2, *[64] * 5, 3], 4096, 256, 0, (-0.5, -0.5), (1, 1.5), (0, 1), {0: -1 / 40, 1: -1 / 40}, {},
            navier_stokes, kovasznay),
    Problem("W4", [2, *[64] * 3, 1], 4096, 256, 0, (0, 0), (1, 1), (0, 1), {0: -1.0, 1: -1.0}, {},
            lambda u, d, L, q: [L[..., 0] - q[..., 0]], lambda x: np.zeros((len(x), 1)),
            lambda x: 2 * np.pi**2 * sines(x)),
]}

LEARNING_RATE = 1e-3
ADAM_STEPS = 500                    # W4: before L-BFGS, not timed
HISTORY = 100                       # W4: pairs that L-BFGS remembers


def read(problem, file):
    """Points (interior; boundary and start), their data, and layers (weights (in, out), biases), in f32."""
    numbers = np.fromfile(file, dtype="<f4")

    def take(*shape):
        nonlocal numbers
        count = int(np.prod(shape))
        part, numbers = numbers[:count], numbers[count:]
        return part.reshape(shape)

    inputs = len(problem.lower)
    x, side = take(problem.interior, inputs), take(problem.boundary + problem.initial, inputs)
    layers = []
    for i, o in zip(problem.layers, problem.layers[1:]):
        weights = take(o, i).T.copy()
        layers.append((weights, take(o).copy()))
    assert len(numbers) == 0, f"{len(numbers)} numbers too many: the problem here is not the one that was sent"
    wide = lambda f, x: f(x.astype(np.float64)).astype(np.float32)
    source = wide(problem.source, x) if problem.source else np.zeros((len(x), 1), np.float32)
    return (x, source, side, wide(problem.data, side)), layers


def write(file, layers):
    """Numbers by weights (in, out) and biases, in the order in which `read` finds these."""
    flat = lambda a: np.asarray(a, dtype="<f4").ravel()
    np.concatenate([part for w, b in layers for part in (flat(np.asarray(w).T), flat(b))]).tofile(file)
