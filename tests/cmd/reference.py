"""Fits of scikit-learn and PyTorch against ours: reference.py FIT WHAT, FIT being the program of tests/unit/fit.c.

Exits with 1, saying by how much, where the parameters differ by more than the tolerance."""
import json
import subprocess
import sys
import tempfile

import numpy as np

FIT = sys.argv[1]


def ours(spec, solver, rows, **keys):
    text = "\n".join(" ".join(repr(float(v)) for v in r) for r in rows)
    args = [FIT, json.dumps(spec), solver] + [f"{k}={v}" for k, v in keys.items()]
    out = subprocess.run(args, input=text, capture_output=True, text=True, check=True).stdout.split()
    return float(out[0]), np.array(out[1:], float)


def same(what, got, want, tol):
    off = np.abs(np.asarray(got) - np.asarray(want)).max()
    print(f"{what}: largest difference {off:.2g}, allowed {tol:g}")
    if not off <= tol:
        sys.exit(1)


def data(n=400, p=6, seed=1):
    r = np.random.RandomState(seed)
    x = r.randn(n, p).astype(np.float32).astype(float)
    return r, x, x @ r.randn(p) * 0.7


def logistic():
    from sklearn.linear_model import LogisticRegression
    r, x, eta = data()
    y = (r.rand(len(x)) < 1 / (1 + np.exp(-eta))).astype(int)
    w = r.randint(1, 4, len(x)).astype(float)
    l2 = 0.01  # scikit-learn: C sum w_i l_i + |W|^2 / 2
    ref = LogisticRegression(C=1 / (l2 * w.sum()), tol=1e-10, solver="newton-cg", max_iter=10000).fit(x, y, sample_weight=w)
    _, theta = ours({"family": "logistic", "head": "bernoulli", "inputs": 6, "outputs": 1}, "lbfgs",
                    np.c_[x, y, w], epochs=500, l2=l2, weight=1)
    same("logistic, l2, weights", theta, np.r_[ref.coef_[0], ref.intercept_], 1e-6)


def softmax():
    from sklearn.linear_model import LogisticRegression
    r, x, _ = data()
    y = np.argmax(x[:, :4] + 0.5 * r.gumbel(size=(len(x), 4)), axis=1)
    l2 = 0.02
    ref = LogisticRegression(C=1 / (l2 * len(x)), tol=1e-10, solver="newton-cg", max_iter=10000, multi_class="multinomial").fit(x, y)
    _, theta = ours({"family": "softmax", "head": "categorical", "inputs": 6, "outputs": 4}, "lbfgs", np.c_[x, y],
                    epochs=500, l2=l2)
    bias = theta[24:] - theta[24:].mean()  # a constant may be added to all biases
    same("softmax, l2", np.r_[theta[:24], bias], np.r_[ref.coef_.ravel(), ref.intercept_ - ref.intercept_.mean()], 1e-6)


def ridge():
    from sklearn.linear_model import Ridge
    r, x, eta = data()
    y = (eta + 1 + r.randn(len(x))).astype(np.float32).astype(float)
    ref = Ridge(alpha=0.1 * len(x), tol=1e-12).fit(x, y)
    _, theta = ours({"family": "linear", "head": "gaussian", "inputs": 6, "outputs": 1}, "lbfgs", np.c_[x, y],
                    epochs=500, l2=0.1)
    same("linear, l2", theta, np.r_[ref.coef_, ref.intercept_], 1e-6)


def poisson():
    from sklearn.linear_model import PoissonRegressor
    r, x, eta = data()
    y = r.poisson(np.exp(0.3 * eta))
    ref = PoissonRegressor(alpha=0.05, tol=1e-12, max_iter=10000).fit(x, y)
    _, theta = ours({"family": "poisson", "head": "poisson", "inputs": 6, "outputs": 1}, "lbfgs", np.c_[x, y],
                    epochs=500, l2=0.05)
    same("poisson, l2", theta, np.r_[ref.coef_, ref.intercept_], 1e-6)


def lasso():
    from sklearn.linear_model import Lasso
    r, x, eta = data()
    y = (eta + 1 + r.randn(len(x))).astype(np.float32).astype(float)
    ref = Lasso(alpha=0.3, tol=1e-12, max_iter=100000).fit(x, y)
    _, theta = ours({"family": "linear", "head": "gaussian", "inputs": 6, "outputs": 1}, "sgd", np.c_[x, y],
                    epochs=2000, batch=0, lr=0.5, l1=0.3)
    assert (ref.coef_ == 0).any()
    same("linear, l1: zeros", 1.0 * (theta[:-1] == 0), 1.0 * (ref.coef_ == 0), 0)
    same("linear, l1", theta, np.r_[ref.coef_, ref.intercept_], 2e-6)


def torch_solver(name):
    import torch
    torch.set_num_threads(1)
    torch.manual_seed(1)
    r, x, eta = data(64)
    y = (eta > 0) * 1 + (eta > 2)
    act = {"sgd": torch.nn.Tanh(), "momentum": torch.nn.GELU(), "adam": torch.nn.Tanh()}[name]
    net = torch.nn.Sequential(torch.nn.Linear(6, 20), act, torch.nn.Linear(20, 3))
    theta0 = torch.nn.utils.parameters_to_vector(net.parameters()).detach().numpy()
    groups = [{"params": [p for p in net.parameters() if p.dim() == 2], "weight_decay": 0.01},
              {"params": [p for p in net.parameters() if p.dim() == 1]}]
    opt = torch.optim.Adam(groups, lr=0.01) if name == "adam" else \
        torch.optim.SGD(groups, lr=0.1, momentum=0.9 if name == "momentum" else 0)
    xt, yt = torch.from_numpy(x.astype(np.float32)), torch.from_numpy(y).long()
    for _ in range(100):
        opt.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(xt), yt)
        loss.backward()
        opt.step()
    with tempfile.NamedTemporaryFile() as f:
        f.write(theta0.tobytes())
        f.flush()
        spec = {"family": "mlp", "head": "categorical", "inputs": 6, "outputs": 3, "hidden": [20],
                "act": {"sgd": "tanh", "momentum": "gelu", "adam": "tanh"}[name]}
        mine, theta = ours(spec, name, np.c_[x, y], steps=100, batch=0, lr=0.01 if name == "adam" else 0.1, l2=0.01,
                           theta=f.name)
    same(name + ", l2: loss of step 100", mine, float(loss), 1e-5)
    same(name + ", l2: weights after 100 steps", theta,
         torch.nn.utils.parameters_to_vector(net.parameters()).detach().numpy(), 1e-5)


what = sys.argv[2]
torch_solver(what[6:]) if what.startswith("torch-") else globals()[what]()
