"""Hand-written PyTorch.

plain     streams (u, first derivatives, L u) pushed through the layers by hand (see jax_taylor.py)
compiled  the same compiled by Inductor (needs a C++ compiler), with the fused Adam
"""
import time

from problems import LEARNING_RATE


class Peer:
    def __init__(self, variant, threads):
        import torch
        torch.set_num_threads(threads)
        self.variant = variant

    def prepare(self, problem, data, layers):
        return Workload(self.variant, problem, data, layers)


class Workload:
    def __init__(self, variant, problem, data, layers):
        import torch

        x, q, xs, us = (torch.from_numpy(a) for a in data)
        modules = []
        for w, b in layers:
            linear = torch.nn.Linear(*w.shape)
            linear.weight.data, linear.bias.data = torch.from_numpy(w.T.copy()), torch.from_numpy(b)
            modules += [linear, torch.nn.Tanh()]
        network = torch.nn.Sequential(*modules[:-1])
        linears = list(network[::2])

        def taylor():
            w = linears[0].weight
            z, dz = linears[0](x), [w[:, i] for i in problem.first]
            Lz = sum(c * w[:, i] for i, c in problem.drift.items()) if problem.drift else 0.0
            for linear in linears[1:]:
                a = torch.tanh(z)
                s = 1 - a * a
                curvature = sum(problem.second[i] * v * v for i, v in zip(problem.first, dz))
                streams = torch.cat([a, *(s * v for v in dz), s * (Lz - 2 * a * curvature)])
                z, *dz, Lz = (streams @ linear.weight.T).split(len(x))
                z = z + linear.bias
            return z, dict(zip(problem.first, dz)), Lz

        def loss():
            interior = sum((r * r).mean() for r in problem.residual(*taylor(), q))
            return interior + ((network(xs) - us) ** 2).mean()

        compiled = variant == "compiled"
        self.evaluate = torch.compile(loss) if compiled else loss
        self.optimiser = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, fused=compiled)
        self.loss = float(self.evaluate().detach())

    def run(self, steps):
        start = time.perf_counter()
        for _ in range(steps):
            self.optimiser.zero_grad()
            self.evaluate().backward()
            self.optimiser.step()
        return time.perf_counter() - start, steps
