"""Hand-written JAX.

nested  one reverse-mode derivative inside the other, mapped over the points, as most programs do
plain   streams (u, first derivatives, L u) pushed through the layers by hand, one product a layer
tiled   the same over tiles of points that fit the cache, gradients added up by a scan; the points are divided
        between as many devices as there are threads, one thread each. On a GPU: the fastest form of all that fit
        the memory (see forms.py)
tf32    as tiled, on a GPU alone, with JAX's default there: products of numbers rounded to tf32 (jax.lax.Precision).
        All others have products of f32

Steps of Adam run inside one compiled loop. W4 is optax's L-BFGS with its zoom search, all inside one compiled
loop.
"""
import os
import time

from forms import Form, fastest
from problems import ADAM_STEPS, HISTORY, LEARNING_RATE


class Peer:
    def __init__(self, variant, threads, device):
        if variant == "tf32" and device == "cpu":
            raise RuntimeError("products in tf32 are those of GPUs")
        self.devices = threads if variant == "tiled" and device == "cpu" else 1
        if self.devices > 1:
            # Read when JAX is imported.
            os.environ["XLA_FLAGS"] = (f"--xla_force_host_platform_device_count={self.devices} "
                                       "--xla_cpu_multi_thread_eigen=false")
        os.environ["JAX_PLATFORMS"] = device
        import jax, optax  # noqa: F401
        if device == "cuda" and variant != "tf32":
            jax.config.update("jax_default_matmul_precision", "highest")
        backends = {"cpu": ["cpu"], "cuda": ["gpu", "cuda"]}[device]
        if jax.default_backend() not in backends:
            raise RuntimeError(f"JAX computes on {jax.default_backend()}, not on {device}")
        self.variant, self.device = variant, device

    def prepare(self, problem, data, layers):
        build = lambda form: Workload(self.variant == "nested", self.devices, form, problem, data, layers)
        if self.variant not in ("tiled", "tf32"):
            return build(Form(tiles=1, joined=True))
        if self.device == "cuda":
            return fastest(problem.interior, build)
        tiles = max(t for t in range(1, 17) if problem.interior // self.devices % t == 0)
        return build(Form(tiles, joined=False))


class Workload:
    def __init__(self, nested, devices, form, problem, data, layers):
        import jax
        import jax.numpy as jnp
        import numpy as np
        import optax
        from jax import lax
        from jax.sharding import Mesh, NamedSharding, PartitionSpec

        self.problem, self.how = problem, str(form)
        data = tuple(jnp.asarray(a) for a in data)
        parameters = [(jnp.asarray(w), jnp.asarray(b)) for w, b in layers]

        def network(parameters, x):
            for w, b in parameters[:-1]:
                x = jnp.tanh(x @ w + b)
            return x @ parameters[-1][0] + parameters[-1][1]

        def reverse(parameters, x):
            columns = [x[:, i] for i in range(x.shape[1])]
            u = lambda k: lambda *z: network(parameters, jnp.stack(z))[k]
            outputs = range(problem.layers[-1])
            stack = lambda f: jnp.stack([jax.vmap(f(k))(*columns) for k in outputs], -1)
            d = {i: stack(lambda k: jax.grad(u(k), i)) for i in {*problem.first, *problem.drift}}
            second = lambda i: stack(lambda k: jax.grad(jax.grad(u(k), i), i))
            L = sum(c * second(i) for i, c in problem.second.items())
            L = L + sum(c * d[i] for i, c in problem.drift.items())
            return network(parameters, x), d, L

        def taylor(parameters, x):
            w, b = parameters[0]
            # In the first layer the streams of the inputs are constants.
            z, dz = x @ w + b, [w[i] for i in problem.first]
            Lz = sum(c * w[i] for i, c in problem.drift.items()) if problem.drift else 0.0
            for w, b in parameters[1:]:
                a = jnp.tanh(z)
                s = 1 - a * a
                curvature = sum(problem.second[i] * v * v for i, v in zip(problem.first, dz))
                streams = [a, *(s * v for v in dz), s * (Lz - 2 * a * curvature)]
                if form.joined:
                    z, *dz, Lz = jnp.split(jnp.concatenate(streams) @ w, len(streams))
                else:
                    z, *dz, Lz = (v @ w for v in streams)
                z = z + b
            return z, dict(zip(problem.first, dz)), Lz

        fields = reverse if nested else taylor

        # Sums over the points at hand, divided by the count of all: tiles and devices add up.
        def interior(parameters, x, q):
            return sum((r * r).sum() for r in problem.residual(*fields(parameters, x), q)) / problem.interior

        def side(parameters, x, u):
            return ((network(parameters, x) - u) ** 2).mean(1).sum() / (problem.boundary + problem.initial)

        def value_and_grad(parameters, x, q, xs, us):
            add = lambda a, b: jax.tree.map(jnp.add, a, b)
            total = jax.value_and_grad(side)(parameters, xs, us)
            if form.tiles == 1:
                total = add(total, jax.value_and_grad(interior)(parameters, x, q))
            else:
                cut = lambda a: a.reshape(form.tiles, -1, a.shape[-1])
                tile = lambda c, d: (add(c, jax.value_and_grad(interior)(parameters, *d)), None)
                total, _ = lax.scan(tile, total, (cut(x), cut(q)))
            return total if devices == 1 else lax.psum(total, "points")

        if devices > 1:
            none, some = PartitionSpec(), PartitionSpec("points")
            mesh = Mesh(np.array(jax.devices()), "points")
            value_and_grad = jax.shard_map(value_and_grad, mesh=mesh, in_specs=(none, *[some] * 4), out_specs=none,
                                           check_vma=False)
            data = tuple(jax.device_put(a, NamedSharding(mesh, some)) for a in data)
        optimiser = optax.adam(LEARNING_RATE)

        # Points are arguments, not constants that XLA would carry about and fold.
        @jax.jit
        def adam(state, steps, *data):
            def step(_, state):
                parameters, moments, _ = state
                loss, gradient = value_and_grad(parameters, *data)
                update, moments = optimiser.update(gradient, moments, parameters)
                return optax.apply_updates(parameters, update), moments, loss
            return lax.fori_loop(0, steps, step, state)

        self.block = jax.block_until_ready
        self.go = lambda state, steps: adam(state, steps, *data)
        self.state = (parameters, optimiser.init(parameters), jnp.zeros(()))
        loss, self.gradient = jax.jit(value_and_grad)(parameters, *data)
        self.loss = float(loss)
        if problem.name != "W4":
            return

        loss = jax.custom_vjp(lambda p: value_and_grad(p, *data)[0])
        loss.defvjp(lambda p: value_and_grad(p, *data), lambda g, c: (jax.tree.map(lambda v: v * c, g),))
        lbfgs = optax.lbfgs(memory_size=HISTORY, linesearch=optax.scale_by_zoom_linesearch(max_linesearch_steps=50))
        from_state = optax.value_and_grad_from_state(loss)

        def iteration(_, state):
            parameters, memory, evaluations, _ = state
            value, gradient = from_state(parameters, state=memory)
            update, memory = lbfgs.update(gradient, memory, parameters, value=value, grad=gradient, value_fn=loss)
            evaluations = evaluations + memory[-1].info.num_linesearch_steps
            return optax.apply_updates(parameters, update), memory, evaluations, value

        parameters = self.go(self.state, ADAM_STEPS)[0]
        self.go = jax.jit(lambda state, steps: lax.fori_loop(0, steps, iteration, state))
        self.state = (parameters, lbfgs.init(parameters), jnp.zeros((), int), jnp.zeros(()))

    def run(self, steps):
        """Seconds, and what was done: steps of Adam, or evaluations of loss and gradient (W4)."""
        before = int(self.state[2]) if self.problem.name == "W4" else 0
        start = time.perf_counter()
        self.state = self.block(self.go(self.state, steps))
        seconds = time.perf_counter() - start
        return seconds, int(self.state[2]) - before if self.problem.name == "W4" else steps
