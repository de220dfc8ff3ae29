"""Hand-written PyTorch.

plain     streams (u, first derivatives, L u) pushed through the layers by hand (see jax_taylor.py)
compiled  the same compiled by Inductor (needs a C++ compiler, on a GPU a C compiler)

Adam is fused where that helps: in what is compiled, and on a GPU. There the form (see forms.py) is the fastest of all that
fit the memory; products are those of f32, not tf32.
"""
import gc
import time

from forms import Form, fastest
from problems import LEARNING_RATE


class Peer:
    def __init__(self, variant, threads, device):
        import torch
        torch.set_num_threads(threads)
        if device == "cuda" and not torch.cuda.is_available():
            built = torch.version.cuda or "none"
            raise RuntimeError(f"PyTorch {torch.__version__} (built with CUDA {built}) finds no GPU")
        torch.set_float32_matmul_precision("highest")
        assert not torch.backends.cuda.matmul.allow_tf32
        self.variant, self.device = variant, device

    def prepare(self, problem, data, layers):
        build = lambda form: Workload(self.variant, self.device, form, problem, data, layers)
        if self.device == "cpu":
            return build(Form(tiles=1, joined=True))
        return fastest(problem.interior, build, forget)


def forget():
    import torch
    torch.compiler.reset()
    gc.collect()
    torch.cuda.empty_cache()


class Workload:
    def __init__(self, variant, device, form, problem, data, layers):
        import torch

        put = lambda a: torch.from_numpy(a).to(device)
        x, q, xs, us = (put(a) for a in data)
        modules = []
        for w, b in layers:
            linear = torch.nn.Linear(*w.shape)
            linear.weight.data, linear.bias.data = put(w.T.copy()), put(b.copy())
            modules += [linear, torch.nn.Tanh()]
        network = torch.nn.Sequential(*modules[:-1])
        linears = list(network[::2])

        def taylor(x):
            w = linears[0].weight
            z, dz = linears[0](x), [w[:, i] for i in problem.first]
            Lz = sum(c * w[:, i] for i, c in problem.drift.items()) if problem.drift else 0.0
            for linear in linears[1:]:
                a = torch.tanh(z)
                s = 1 - a * a
                curvature = sum(problem.second[i] * v * v for i, v in zip(problem.first, dz))
                streams = [a, *(s * v for v in dz), s * (Lz - 2 * a * curvature)]
                if form.joined:
                    z, *dz, Lz = (torch.cat(streams) @ linear.weight.T).split(len(x))
                else:
                    z, *dz, Lz = (v @ linear.weight.T for v in streams)
                z = z + linear.bias
            return z, dict(zip(problem.first, dz)), Lz

        # Tiles add up to the mean over all points.
        def interior(x, q):
            return sum((r * r).mean() for r in problem.residual(*taylor(x), q)) / form.tiles

        def loss(x, q):
            return interior(x, q) + ((network(xs) - us) ** 2).mean()

        compiled = variant == "compiled"
        if compiled:
            interior, loss = torch.compile(interior), torch.compile(loss)
        first, *others = zip(x.chunk(form.tiles), q.chunk(form.tiles))

        def evaluate():
            """Loss, in parts; the gradient is added to the parameters'."""
            parts = []
            for function, tile in [(loss, first), *((interior, tile) for tile in others)]:
                part = function(*tile)
                part.backward()
                parts.append(part.detach())
            return parts

        self.evaluate = evaluate
        fused = compiled or device == "cuda"
        self.optimiser = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, fused=fused)
        self.wait = torch.cuda.synchronize if device == "cuda" else lambda: None
        self.how = str(form)
        self.loss = sum(float(part) for part in evaluate())
        numbers = lambda p: p.grad.cpu().numpy()
        self.gradient = [(numbers(linear.weight).T, numbers(linear.bias)) for linear in linears]

    def run(self, steps):
        self.wait()
        start = time.perf_counter()
        for _ in range(steps):
            self.optimiser.zero_grad()
            self.evaluate()
            self.optimiser.step()
        self.wait()
        return time.perf_counter() - start, steps
