"""train.py make CSV | torch CSV | sklearn CSV - the table of train.sh, or one epoch of logistic regression on it.

Prints seconds from the first read of the file to the last update, imports apart, and the accuracy on the same rows.
"""
import sys
import time


def make(path):
    import numpy as np
    rng = np.random.default_rng(1)
    x = rng.normal(size=(100000, 20))
    y = x @ rng.normal(size=20) + rng.logistic(size=len(x)) > 0
    names = ",".join(f"c{i}" for i in range(20)) + ",y"
    np.savetxt(path, np.column_stack([x, y]), fmt=["%.5f"] * 20 + ["%d"], delimiter=",", header=names, comments="")


def read(path):
    import pandas as pd
    table = pd.read_csv(path).to_numpy(dtype="float32")
    x = table[:, :-1]
    return (x - x.mean(0)) / x.std(0), table[:, -1]


def sklearn(path):
    from sklearn.linear_model import SGDClassifier
    import pandas
    start = time.perf_counter()
    x, y = read(path)
    model = SGDClassifier(loss="log_loss", max_iter=1, tol=None, random_state=1).fit(x, y)
    return time.perf_counter() - start, model.score(x, y)


def torch(path):
    import pandas
    import torch
    start = time.perf_counter()
    x, y = map(torch.from_numpy, read(path))
    model = torch.nn.Linear(20, 1)
    descent = torch.optim.SGD(model.parameters(), lr=0.05)
    for rows in torch.randperm(len(x)).split(32):
        descent.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(model(x[rows])[:, 0], y[rows]).backward()
        descent.step()
    seconds = time.perf_counter() - start
    return seconds, ((model(x)[:, 0] > 0) == (y > 0)).float().mean().item()


if __name__ == "__main__":
    what = {"make": make, "sklearn": sklearn, "torch": torch}[sys.argv[1]](sys.argv[2])
    if what:
        print("%.3f %.3f" % what)
