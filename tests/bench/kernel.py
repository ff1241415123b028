"""The nets of kernel.c in PyTorch, one thread: `time` prints their speed, `trace DIR NET BATCH STEPS LR` repeats a trace."""
import os
import sys
import time

import numpy as np
import torch

torch.set_num_threads(1)
WIDTHS = {"logistic-108": [108, 1], "mlp-108-64-32-2": [108, 64, 32, 2], "mlp-784-200-200-10": [784, 200, 200, 10]}


def net(name):
    w, parts = WIDTHS[name], []
    for i in range(len(w) - 1):
        parts += [torch.nn.Linear(w[i], w[i + 1])] + ([torch.nn.ReLU()] if i + 2 < len(w) else [])
    return torch.nn.Sequential(*parts)


def loss_of(name, out, y):
    if name.startswith("logistic"):
        return torch.nn.functional.binary_cross_entropy_with_logits(out[:, 0], y.float())
    return torch.nn.functional.cross_entropy(out, y)


def step(name, model, opt, x, y):
    opt.zero_grad()
    loss = loss_of(name, model(x), y)
    loss.backward()
    opt.step()
    return loss


def blas():
    """The BLAS that torch runs on decides its speed: Debian's reference one is several times slower than OpenBLAS."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line or "mkl" in line}
    named = [p for p in sorted(paths) if "openblas" in p or "mkl" in p]
    return "openblas-or-mkl" if named else "reference-blas"


def measure():
    print("# blas", blas(), flush=True)
    for name, w in WIDTHS.items():
        x, y = torch.randn(8192, w[0]), torch.randint(0, max(2, w[-1]), (8192,))
        for batch in (10, 32, 256):
            model = net(name)
            opt = torch.optim.SGD(model.parameters(), lr=0.01)
            best, at = 0.0, 0
            for _ in range(5):
                start, done = time.process_time(), 0
                while time.process_time() - start < 0.2:
                    for _ in range(8):
                        step(name, model, opt, x[at:at + batch], y[at:at + batch])
                        at = (at + batch) % (8192 - batch)
                    done += 8 * batch
                best = max(best, done / (time.process_time() - start))
            print(name, "torch", batch, round(best), flush=True)


def trace(directory, name, batch, steps, lr):
    def read(what, kind=np.float32):
        return np.fromfile(os.path.join(directory, what), kind)

    x = torch.from_numpy(read("x").reshape(-1, WIDTHS[name][0]))
    y = torch.from_numpy(read("y")).long()
    model = net(name)
    torch.nn.utils.vector_to_parameters(torch.from_numpy(read("theta")), model.parameters())
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    losses = [float(step(name, model, opt, x[i * batch:(i + 1) * batch], y[i * batch:(i + 1) * batch])) for i in range(steps)]
    after = torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy()
    print(name, "loss", losses[0], "->", losses[-1], "largest difference of losses",
          float(np.abs(np.array(losses) - read("losses", np.float64)).max()), "of weights", float(np.abs(after - read("after")).max()))
    return np.abs(np.array(losses) - read("losses", np.float64)).max() <= 1e-5 and losses[-1] < losses[0]


if sys.argv[1] == "time":
    measure()
else:
    sys.exit(0 if trace(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), float(sys.argv[6])) else 1)
