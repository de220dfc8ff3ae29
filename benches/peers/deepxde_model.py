"""DeepXDE by its public interface.

It draws its own points and start values, and evaluates the equations at the points of the boundary and of the
start too (W1: in 5120 rows rather than 4096): that is how it is used. Timed is from the beginning of the first
to the end of the last step of a call of `train`, without what the call does around them.
"""
import os
import time

from problems import LEARNING_RATE


class Peer:
    def __init__(self, variant, threads, device):
        if device != "cpu":
            raise RuntimeError("DeepXDE is compared on the CPU alone")
        os.environ["DDE_BACKEND"] = variant
        import deepxde
        if variant == "pytorch":
            import torch
            torch.set_num_threads(threads)
        deepxde.config.set_random_seed(0)

    def prepare(self, problem, data, layers):
        return Workload(problem)


class Columns:
    """Lets a residual index v[..., k] while derivatives are asked for one by one."""

    def __init__(self, get):
        self.get = get

    def __getitem__(self, key):
        return self.get(key[1])


class Workload:
    def __init__(self, problem):
        import deepxde as dde

        inputs, outputs = len(problem.lower), problem.layers[-1]
        first = lambda y, x, k, i: dde.grad.jacobian(y, x, i=k, j=i)
        second = lambda y, x, k, i: dde.grad.hessian(y, x, component=k, i=i, j=i)

        def equations(x, y):
            u = Columns(lambda k: y[:, k:k + 1])
            d = {i: Columns(lambda k, i=i: first(y, x, k, i)) for i in range(inputs)}
            L = Columns(lambda k: sum(c * second(y, x, k, i) for i, c in problem.second.items())
                        + sum(c * d[i][..., k] for i, c in problem.drift.items()))
            residuals = problem.residual(u, d, L, None)
            return residuals[0] if len(residuals) == 1 else residuals

        exact = lambda k: lambda x: problem.data(x)[:, k:k + 1]
        boxes = {1: lambda a, b: dde.geometry.Interval(a[0], b[0]), 2: dde.geometry.Rectangle}
        everywhere = lambda _, on_boundary: on_boundary
        counts = dict(num_domain=problem.interior, num_boundary=problem.boundary)
        if problem.initial:
            space = boxes[inputs - 1](problem.lower[:-1], problem.upper[:-1])
            domain = dde.geometry.GeometryXTime(space, dde.geometry.TimeDomain(problem.lower[-1], problem.upper[-1]))
            conditions = [dde.icbc.DirichletBC(domain, exact(0), everywhere), dde.icbc.IC(domain, exact(0), everywhere)]
            points = dde.data.TimePDE(domain, equations, conditions, num_initial=problem.initial, **counts)
        else:
            domain = boxes[inputs](problem.lower, problem.upper)
            conditions = [dde.icbc.DirichletBC(domain, exact(k), everywhere, component=k) for k in range(outputs)]
            points = dde.data.PDE(domain, equations, conditions, **counts)
        network = dde.nn.FNN(problem.layers, "tanh", "Glorot normal")
        self.model = dde.Model(points, network)
        self.model.compile("adam", lr=LEARNING_RATE, verbose=0)
        self.loss, self.how = None, "points of its own"

        class Clock(dde.callbacks.Callback):
            start = end = None

            def on_batch_begin(self):
                self.start = self.start or time.perf_counter()

            def on_batch_end(self):
                self.end = time.perf_counter()

        self.clock = Clock

    def run(self, steps):
        clock = self.clock()
        self.model.train(iterations=steps, display_every=10**9, verbose=0, callbacks=[clock])
        return clock.end - clock.start, steps
