#!/usr/bin/env python3
"""mkmodel.py FAMILY HEAD SCHEMA NUMBER... > model.st - a model of one layer with known weights, written by the standard library.

The schema must be in its canonical form but for spaces and order; NUMBERs are the weights [out, in] in row order, then the
biases. The number of outputs follows from how many there are; inputs is the environment variable INPUTS.
"""
import hashlib
import json
import os
import struct
import sys

family, head, path, *numbers = sys.argv[1:]
inputs = int(os.environ["INPUTS"])
outputs = len(numbers) // (inputs + 1)
assert len(numbers) == outputs * (inputs + 1)
schema = json.load(open(path))
canonical = json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
fl = {
    "v": 1, "kind": "model", "round": 0, "stages": [],
    "schema": "b2-256:" + hashlib.blake2b(canonical.encode(), digest_size=32).hexdigest(), "table": schema,
    "spec": {"family": family, "head": head, "inputs": inputs, "outputs": outputs, "intercept": True},
}
w, b = 4 * outputs * inputs, 4 * outputs
header = json.dumps({
    "__metadata__": {"fl": json.dumps(fl)},
    "weight": {"dtype": "F32", "shape": [outputs, inputs], "data_offsets": [0, w]},
    "bias": {"dtype": "F32", "shape": [outputs], "data_offsets": [w, w + b]},
}).encode()
header += b" " * (-len(header) % 8)
sys.stdout.buffer.write(struct.pack("<Q", len(header)) + header + struct.pack("<%df" % len(numbers), *map(float, numbers)))
