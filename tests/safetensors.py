#!/usr/bin/python3
"""safetensors.py - a second opinion on our files: safetensors with Python's standard library, and nothing of ours.

    safetensors.py copy IN OUT         read strictly, write again: one of our files comes out the same to the byte
    safetensors.py edit IN OUT CODE    run CODE with meta (dict of texts), fl (its "fl" object) and t (name: Tensor), then write
    safetensors.py mean BASE UPDATE... the model that follows, in exact fractions, as JSON: {name: [values]}

As a module: read(path) gives (meta, tensors), write(path, meta, tensors) is its inverse. Tensors keep the order of their data.
"""
import array
import fractions
import json
import struct
import sys

BITS = {"BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
        "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
        "C64": 64, "F64": 64, "I64": 64, "U64": 64}
ARRAYS = {"U8": "B", "I8": "b", "I16": "h", "U16": "H", "I32": "i", "U32": "I", "F32": "f", "F64": "d", "I64": "q", "U64": "Q"}


class Tensor:
    """data is an array.array where Python has such elements, else bytes."""

    def __init__(self, dtype, shape, data):
        self.dtype, self.shape = dtype, list(shape)
        self.data = array.array(ARRAYS[dtype], data) if dtype in ARRAYS else bytes(data)

    def bytes(self):
        return self.data.tobytes() if self.dtype in ARRAYS else self.data


def unique(pairs):
    names = [k for k, _ in pairs]
    assert len(names) == len(set(names)), "a name is there twice"
    return dict(pairs)


def size(dtype, shape):
    bits = BITS[dtype]
    for n in shape:
        assert type(n) is int and n >= 0, "shape"
        bits *= n
    assert bits % 8 == 0, "not whole bytes"
    return bits // 8


def read(path):
    with open(path, "rb") as f:
        raw = f.read()
    n, = struct.unpack("<Q", raw[:8])
    assert 2 <= n <= 25_000_000 and 8 + n <= len(raw), "header length"
    text = raw[8:8 + n].decode("utf-8", "strict")
    assert text[0] == "{" and text.rstrip(" ")[-1] == "}", "header is not an object and spaces"
    header = json.loads(text, object_pairs_hook=unique)
    meta = header.pop("__metadata__", {})
    assert all(type(v) is str for v in meta.values()), "metadata are not strings"
    at, tensors = 0, {}
    for name, t in sorted(header.items(), key=lambda item: (item[1]["data_offsets"], item[0])):
        assert set(t) == {"dtype", "shape", "data_offsets"}, "members of a tensor"
        begin, end = t["data_offsets"]
        assert begin == at and end - begin == size(t["dtype"], t["shape"]), "hole, overlap or wrong size"
        tensors[name] = Tensor(t["dtype"], t["shape"], raw[8 + n + begin:8 + n + end])
        at = end
    assert 8 + n + at == len(raw), "the file does not end at the last tensor"
    return meta, tensors


def write(path, meta, tensors):
    header, at = {}, 0
    if meta:
        header["__metadata__"] = dict(sorted(meta.items()))
    for name, t in tensors.items():
        end = at + len(t.bytes())
        header[name] = {"dtype": t.dtype, "shape": t.shape, "data_offsets": [at, end]}
        at = end
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(t.bytes() for t in tensors.values()))


def edit(source, target, code):
    meta, t = read(source)
    fl = json.loads(meta.get("fl", "{}"))
    exec(code, {"meta": meta, "fl": fl, "t": t, "Tensor": Tensor})
    if fl:
        meta["fl"] = json.dumps(fl, separators=(",", ":"), ensure_ascii=False)
    write(target, meta, t)


def float32(x):
    """The float32 nearest to the fraction x, ties to even."""
    y = struct.unpack("<f", struct.pack("<f", float(x)))[0]
    around = [y]
    for step in (-1, 1):
        bits = struct.unpack("<i", struct.pack("<f", y))[0]
        around.append(struct.unpack("<f", struct.pack("<i", bits + step))[0] if bits & 0x7FFFFFFF else step * 2.0 ** -149)
    even = lambda v: struct.unpack("<i", struct.pack("<f", v))[0] & 1
    return min(around, key=lambda v: (abs(fractions.Fraction(v) - x), even(v)))


def grid(x):
    """The multiple of 2^-40 nearest to x, ties to even (what round() does with fractions)."""
    return fractions.Fraction(round(x * 2 ** 40), 2 ** 40)


def mean(base, updates):
    files = [read(u) for u in updates]
    weights = [fractions.Fraction(json.loads(meta["fl"])["weight"]) for meta, _ in files]
    out = {}
    for name, start in read(base)[1].items():
        out[name] = []
        for i, b in enumerate(start.data):
            total = sum(grid(w * fractions.Fraction(t[name].data[i])) for w, (_, t) in zip(weights, files))
            step = float32(total / sum(weights))
            out[name].append(float32(fractions.Fraction(b) + fractions.Fraction(step)))
    return out


if __name__ == "__main__":
    verb, args = sys.argv[1], sys.argv[2:]
    if verb == "copy":
        write(args[1], *read(args[0]))
    elif verb == "edit":
        edit(*args)
    elif verb == "mean":
        print(json.dumps(mean(args[0], args[1:])))
    else:
        sys.exit(__doc__)
