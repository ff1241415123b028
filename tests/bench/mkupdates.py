#!/usr/bin/env python3
"""mkupdates.py DIR COUNT VALUES - a base model and COUNT updates of VALUES float32, as safetensors that fl-aggregate takes."""
import hashlib
import json
import os
import struct
import sys

import numpy as np

folder, count, values = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.makedirs(folder, exist_ok=True)


def write(path, fl, x):
    header = {"__metadata__": {"fl": json.dumps(fl)},
              "weight": {"dtype": "F32", "shape": [x.size], "data_offsets": [0, 4 * x.size]}}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        x.tofile(f)


rng = np.random.default_rng(1)
base = os.path.join(folder, "base.st")
write(base, {"v": 1, "kind": "model", "round": 0}, rng.standard_normal(values, dtype=np.float32))
digest = "b2-256:" + hashlib.blake2b(open(base, "rb").read(), digest_size=32).hexdigest()
x = rng.standard_normal(values, dtype=np.float32) * np.float32(0.01)
for k in range(count):
    write(os.path.join(folder, "u%04d.st" % k), {"v": 1, "kind": "update", "base": digest, "round": 0, "weight": 100 + k},
          np.roll(x, 1000 * k))
