#!/usr/bin/env python3
"""fedopt.py STRATEGY LR M0 A1 A2 B1 B2 M2 - two rounds of a server strategy in NumPy (double); exit 1 unless they give M2."""
import json
import struct
import sys

import numpy as np


def load(path):
    with open(path, "rb") as f:
        (n,) = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(n))
        data = f.read()
    fl = json.loads(header.pop("__metadata__")["fl"])
    names = sorted(header)
    flat = [np.frombuffer(data[slice(*header[k]["data_offsets"])], "<f4") for k in names]
    return fl, np.concatenate(flat).astype(np.float64)


strategy, lr = sys.argv[1], float(sys.argv[2])
beta1, beta2, tau = 0.9, 0.99, 1e-3
_, x = load(sys.argv[3])
m = np.zeros_like(x)
v = np.full_like(x, tau * tau)
for pair in (sys.argv[4:6], sys.argv[6:8]):
    updates = [load(p) for p in pair]
    weights = [fl["weight"] for fl, _ in updates]
    d = sum(w * u for w, (_, u) in zip(weights, updates)) / sum(weights)
    if strategy == "fedavgm":
        m = beta1 * m + d
        x = x + lr * m
        continue
    m = beta1 * m + (1 - beta1) * d
    if strategy == "fedadagrad":
        v = v + d * d
    elif strategy == "fedadam":
        v = beta2 * v + (1 - beta2) * d * d
    elif strategy == "fedyogi":
        v = v - (1 - beta2) * d * d * np.sign(v - d * d)
    x = x + lr * m / (np.sqrt(v) + tau)
_, got = load(sys.argv[8])
worst = np.max(np.abs(got - x))
print(strategy, "largest difference", worst)
sys.exit(not worst < 2e-6)
