#!/usr/bin/python3
"""codec-reference.py - codecs once more, with NumPy and from their descriptions alone; what their files promise; hostile ones.

    make OUT LIKE                       an update like LIKE whose tensors are of all sorts: empty, one value, zeros, two chunks ...
    decode [ENCODED DECODED]...         ENCODED is an update whose tensors, decoded here, are those of DECODED bit for bit
    keeps [UPDATE ENCODED DECODED]...   DECODED holds what the codec of ENCODED must keep of UPDATE
    same [UPDATE ENCODED DECODED]...    names, shapes, weight and base are the same, and the chain is longer by compress, decompress
    residual [UPDATE DECODED NEW OLD MISSED]...
                                        NEW is what is left of UPDATE + .9^MISSED OLD; OLD -: nothing
    report [UPDATE DECODED REPORT]...   the report's numbers are those of the two files
    hostile [ENCODED]...                changes to the header of ENCODED, each refused in one line
    flips [ENCODED]...                  single changed bytes: decoded or refused, never a crash nor a whole file where refused
"""
import concurrent.futures
import json
import math
import os
import struct
import subprocess
import sys

import numpy as np

import safetensors as st

CHUNK = 1 << 17


def stages(meta):
    return json.loads(meta["fl"])["stages"]


def floats(path):
    """{name: array} of an F32 file."""
    out = {}
    for name, t in st.read(path)[1].items():
        assert t.dtype == "F32", name
        out[name] = np.frombuffer(t.bytes(), "<f4").reshape(t.shape)
    return out


def flat(tensors):
    return np.concatenate([t.ravel() for t in tensors.values()])


def bf16(u):
    return (u.astype("<u4") << 16).view("<f4")


# ---- decoding, from the comments in lib/codec ----

class Bits:
    """The first bit is the lowest of the first byte."""

    def __init__(self, data):
        self.b, self.at = np.unpackbits(np.frombuffer(data, "u1"), bitorder="little").tolist(), 0

    def get(self, n):
        v = sum(bit << i for i, bit in enumerate(self.b[self.at:self.at + n]))
        assert self.at + n <= len(self.b), "cut short"
        self.at += n
        return v

    def bytes(self):
        assert not any(self.b[self.at:(self.at + 7) // 8 * 8]), "padding"
        return (self.at + 7) // 8


def chunks(data, n):
    """(values, bytes) of every chunk, behind a directory of their ends."""
    count = max(1, -(-n // CHUNK))
    head = 4 * (count - 1)
    ends = [] if not data else list(np.frombuffer(data[:head], "<u4")) + [len(data) - head]
    begin = 0
    for i in range(count):
        m = min(CHUNK, n - i * CHUNK)
        yield m, data[head + begin:head + ends[i]] if data else b""
        begin = ends[i] if data else 0


def rice(data, r, k):
    """k rising places as Golomb-Rice codes of their gaps, and how many bytes they took."""
    bits, at, following = Bits(data), [], 0
    for i in range(k):
        if r == 16 and i % 16 == 0:
            own = bits.get(4)
        p = own if r == 16 else r
        gap = 0
        while not bits.get(1):
            gap += 1
        at.append(following + (gap << p | bits.get(p)))
        following = at[-1] + 1
    return at, bits.bytes()


def kept_values(data, width, k):
    if width == 32:
        return np.frombuffer(data, "<f4", k)
    if width == 16:
        return bf16(np.frombuffer(data, "<u2", k))
    lo, = struct.unpack_from("<f", data)
    hi, = struct.unpack_from("<f", data, 4) if width > 1 else (lo,)
    step = (hi - lo) / {1: 1, 4: 7, 8: 127}[width]
    bits = Bits(data[4 if width == 1 else 8:])
    u = np.array([bits.get(width) for _ in range(k)])
    return ((lo + (u >> 1) * step) * np.where(u & 1, -1, 1)).astype("f4")


def sparse(data, n, width):
    x = []
    for m, part in chunks(data, n):
        y = np.zeros(m, "f4")
        if part:
            k = shift = i = 0
            while True:
                k |= (part[i] & 127) << shift
                shift, i = shift + 7, i + 1
                if part[i - 1] < 128:
                    break
            at, used = rice(part[i + 1:], part[i], k)
            y[at] = kept_values(part[i + 1 + used:], width, k)
        x.append(y)
    return np.concatenate(x)


def elias(bits):
    """A number in Elias's recursive code, low bits first."""
    n = 1
    while bits.get(1):
        n = 1 << n | bits.get(n)
    return n


def bucket(bits, dense, n):
    """n signed levels."""
    z = [0] * n
    if dense:
        for i in range(n):
            level = elias(bits) - 1
            z[i] = -level if level and bits.get(1) else level
        return z
    at = -1
    for _ in range(elias(bits) - 1):
        at += elias(bits)
        below = bits.get(1)
        z[at] = elias(bits) * (1 - 2 * below)
    return z


def decode_qsgd(data, n, p):
    x = []
    for m, part in chunks(data, n):
        y = np.zeros(m, "f4")
        bits = Bits(part[1:])
        for i in range(0, m if part else 0, int(p["bucket"])):
            k = min(m - i, int(p["bucket"]))
            norm, = struct.unpack("<f", struct.pack("<I", bits.get(32)))
            if norm:
                y[i:i + k] = norm * np.array(bucket(bits, part[0], k), "f8") / p["levels"]
        x.append(y)
    return np.concatenate(x)


def decode_int8(data, n, _):
    x = []
    for i in range(0, n, 256):
        m, at = min(256, n - i), i // 256 * 260
        most, = struct.unpack_from("<f", data, at)
        x.append((np.frombuffer(data, "i1", m, at + 4) * (most / 127)).astype("f4"))
    return np.concatenate(x) if x else np.zeros(0, "f4")


def decode_sign(data, n, _):
    below = np.unpackbits(np.frombuffer(data[4:], "u1"), bitorder="little")[:n]
    return np.where(below, -1, 1).astype("f4") * np.frombuffer(data, "<f4", 1)


DECODE = {"int8": decode_int8, "sign": decode_sign, "qsgd": decode_qsgd, "stc": lambda data, n, p: sparse(data, n, 1),
          "topk": lambda data, n, p: sparse(data, n, int(p["bits"]))}


def decode(encoded, decoded):
    meta, tensors = st.read(encoded)
    stage, want = stages(meta)[-1], floats(decoded)
    assert set(want) == set(tensors)
    for name, t in tensors.items():
        if stage["codec"] == "bf16":
            x = bf16(np.frombuffer(t.bytes(), "<u2"))
        elif stage["codec"] == "f16":
            x = np.frombuffer(t.bytes(), "<f2").astype("f4")
        else:
            n = math.prod(stage["shapes"][name])
            x = DECODE[stage["codec"]](t.bytes(), n, stage["params"])
        assert x.tobytes() == want[name].tobytes(), name


# ---- what is kept ----

def close(a, b, ulps=1):
    return np.all(np.abs(np.asarray(a, "f8") - np.asarray(b, "f8")) <= ulps * np.spacing(np.abs(np.asarray(b, "f4"))))


def largest(x, y, part):
    """The places kept, which must be those of the largest magnitudes, ceil(part n) of them unless the others are zeros."""
    kept = y != 0
    assert kept.sum() == min(math.ceil(part * x.size), np.count_nonzero(x)), kept.sum()
    assert kept.all() or np.abs(x[kept]).min() >= np.abs(x[~kept]).max()
    assert np.all(np.sign(x[kept]) == np.sign(y[kept]))
    return kept


def keep_topk(x, y, p):
    a, b = flat(x), flat(y)
    kept = largest(a, b, p["part"])
    if p["bits"] == 32:
        assert np.array_equal(a[kept], b[kept])
    else:
        assert np.all(np.abs(a - b)[kept] <= {16: 2.0 ** -8, 8: .5 / 127, 4: .5 / 7}[p["bits"]] * 1.001 * np.abs(a).max())


def keep_stc(x, y, p):
    a, b = flat(x), flat(y)
    kept = largest(a, b, p["part"])
    assert close(np.abs(b[kept]), np.abs(a[kept].astype("f8")).mean())


def keep_sign(x, y, _):
    for name in x:
        a, b = x[name].ravel(), y[name].ravel()
        if a.size:
            assert np.array_equal(np.signbit(b), a < 0), name
            assert close(np.abs(b), np.abs(a.astype("f8")).mean()), name


def keep_int8(x, y, _):
    for name in x:
        a, b = x[name].ravel(), y[name].ravel()
        for i in range(0, a.size, 256):
            most = np.abs(a[i:i + 256]).max()
            assert np.all(np.abs(a[i:i + 256] - b[i:i + 256]) <= most / 254 * 1.0001), name


def keep_bf16(x, y, _):
    for name in x:
        u = x[name].ravel().view("u4")
        assert np.array_equal(y[name].ravel().view("u4"), u + 0x7fff + (u >> 16 & 1) & 0xffff0000), name


def keep_f16(x, y, _):
    for name in x:
        assert np.array_equal(y[name], x[name].astype("f2").astype("f4")), name


def keep_randk(x, y, p):
    for name in x:
        a, b = x[name].ravel(), y[name].ravel()
        k = math.ceil(p["part"] * a.size)
        scale = a.size / k if p["unbiased"] and k else 1
        kept = b != 0
        assert k - np.count_nonzero(a == 0) <= kept.sum() <= k, name
        assert close(b[kept], a[kept] * scale), name


KEEP = {"topk": keep_topk, "stc": keep_stc, "sign": keep_sign, "int8": keep_int8, "bf16": keep_bf16, "f16": keep_f16,
        "randk": keep_randk}


def keeps(update, encoded, decoded):
    stage = stages(st.read(encoded)[0])[-1]
    KEEP[stage["codec"]](floats(update), floats(decoded), stage["params"])


# ---- files ----

def make(out, like):
    rng = np.random.default_rng(1)
    heavy = rng.standard_t(3, 140003).astype("f4") * 1e-2
    heavy[20000:60000] = 0
    t = {"a/one": np.float32([-0.125]), "b/none": np.zeros((0, 3), "f4"), "c/zeros": np.zeros(300, "f4"),
         "d/scalar": np.float32(.75), "e/matrix": rng.normal(size=(37, 53)).astype("f4") * 1e-3, "f/two chunks": heavy,
         "g/tiny": np.float32([1e-42, -1e-40, 3e-39, 0]), "h/ties": np.full(777, 2 ** -9, "f4")}
    st.write(out, st.read(like)[0], {k: st.Tensor("F32", v.shape, v.tobytes()) for k, v in t.items()})


def same(update, encoded, decoded):
    st.write("copy.st", *st.read(encoded))
    with open(encoded, "rb") as f, open("copy.st", "rb") as g:
        assert f.read() == g.read(), "not in the order in which others write"
    (ma, a), (mb, b) = st.read(update), st.read(decoded)
    fa, fb = json.loads(ma["fl"]), json.loads(mb["fl"])
    assert {k: t.shape for k, t in a.items()} == {k: t.shape for k, t in b.items()}
    assert all(t.dtype == "F32" for t in b.values())
    own, added = fa.pop("stages"), fb.pop("stages")
    assert fa == fb, (fa, fb)
    assert added[:len(own)] == own and [s["op"] for s in added[len(own):]] == ["compress", "decompress"]
    assert all(np.all(np.isfinite(x)) for x in floats(decoded).values())


def residual(update, decoded, new, old, missed):
    x, sent, left = floats(update), floats(decoded), floats(new)
    before = {} if old == "-" else floats(old)
    assert set(left) == set(x) | {k + "/before" for k in x}
    lost = 0
    for name in x:
        e = (.9 ** int(missed) * before[name].astype("f8")).astype("f4") if before else np.zeros_like(x[name])
        total = x[name] + e
        assert np.array_equal(left[name + "/before"], e), name
        assert np.array_equal(left[name], total - sent[name]), name
        ulp = np.spacing(np.maximum(np.abs(total), np.maximum(np.abs(sent[name]), np.abs(left[name]))))
        assert np.all(np.abs(sent[name].astype("f8") + left[name] - total) <= ulp), name
        lost += np.count_nonzero(left[name])
    assert lost, "nothing was lost: a test of nothing"


def report(update, decoded, path):
    with open(path) as f:
        r, x, y = json.load(f), floats(update), floats(decoded)
    lost = {k: float(np.sum((x[k].astype("f8") - y[k]) ** 2)) for k in x}
    had = {k: float(np.sum(x[k].astype("f8") ** 2)) for k in x}
    near = lambda a, b: abs(a - b) <= 1e-5 * abs(b) + 1e-12
    assert near(r["nmse"], sum(lost.values()) / sum(had.values())), r["nmse"]
    assert [t["name"] for t in r["tensors"]] == list(x)
    for t in r["tensors"]:
        k = t["name"]
        assert near(t["nmse"], lost[k] / had[k] if had[k] else 0), t
        assert t["values"] == x[k].size
    assert r["values"] == sum(v.size for v in x.values()) and r["bytes_in"] == os.path.getsize(update)
    assert near(r["ratio"], r["bytes_in"] / r["bytes_out"]) and near(r["bits"], 8 * r["bytes_out"] / r["values"])
    assert r["bytes_out"] >= sum(t["bytes"] for t in r["tensors"])


# ---- what no codec writes ----

def run(path, data=None):
    """fl-compress -d of a file, or of data: its status, checked to be a plain one, with one line where it is not 0."""
    if data is None:
        with open(path, "rb") as f:
            data = f.read()
    p = subprocess.run(["fl-compress", "-d"], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    said = p.stderr.decode()
    assert p.returncode in (0, 64, 65, 76, 77), (p.returncode, said)
    assert p.returncode == 0 or (said.count("\n") == 1 and said.startswith("fl-compress: ") and len(said) < 400), said
    return p.returncode, said, p.stdout


HOSTILE = [
    (65, "shape", 's["shapes"][name].append(-1)'),
    (65, "shape", 's["shapes"][name] = [1.5]'),
    (65, "shape", 's["shapes"][name] = 37'),
    (65, "shape", 's["shapes"][name] = [1] * 9'),
    (65, "shape", 'del s["shapes"][name]'),
    (65, "shape", 'del s["shapes"]'),
    (65, "shape", 's["shapes"] = [[37, 53]]'),
    (65, "shape", 's["shapes"][name] = [2 ** 32, 2 ** 32]'),
    (65, "shape", 's["shapes"][name] = [2 ** 62, 4, 0]'),
    (65, "limit", 's["shapes"][name] = [2 ** 33]'),
    (65, "limit", 's["shapes"][name] = [2 ** 40]'),
    (76, "codec", 's["codec"] = "no-such"'),
    (76, "codec", 's["codec"] = ""'),
    (76, "codec", 'del s["codec"]'),
    (65, "dtype", 't[name] = Tensor("I8", [len(t[name].bytes())], t[name].bytes())'),
    (65, "dtype", 't[name] = Tensor("U8", [1, len(t[name].bytes())], t[name].bytes())'),
    (65, "dtype", 't[name] = Tensor("F32", [1], bytes(4))'),
    (65, "length", 't[name] = Tensor("U8", [len(t[name].bytes()) + 1], t[name].bytes() + bytes(1))'),
    (65, "length", 't[name] = Tensor("U8", [len(t[name].bytes()) - 1], t[name].bytes()[:-1])'),
    (65, "params", 's["params"] = dict.fromkeys(s["params"], -1)'),
    (65, "params", 's["params"] = dict.fromkeys(s["params"], 1e300)'),
    (65, "params", 's["params"] = dict.fromkeys(s["params"], "1")'),
    (65, "params", 's["params"] = dict.fromkeys(s["params"])'),
]


def tries(encoded, s, t, name):
    """The changes that there are for this file: all of them for a codec that is simple, what a codec itself has to see for others."""
    halves = t[name].dtype != "U8"
    for want, what, code in HOSTILE:
        if (halves and what in ("shape", "limit", "length")) or (what == "params" and not s["params"]):
            continue
        if s["codec"] in ("sign", "bf16") or what in ("length", "params"):
            yield want, what, code


def hostile(encoded):
    meta, t = st.read(encoded)
    name = max(t, key=lambda k: len(t[k].bytes()))
    done = 0
    for want, what, code in tries(encoded, stages(meta)[-1], t, name):
        meta, t = st.read(encoded)
        fl = json.loads(meta["fl"])
        exec(code, {"s": fl["stages"][-1], "t": t, "name": name, "Tensor": st.Tensor})
        meta["fl"] = json.dumps(fl)
        st.write("hostile.st", meta, t)
        status, said, _ = run("hostile.st")
        assert status == want and (what != "limit" or "limit" in said), (encoded, code, status, said)
        done += 1
    return done


def flip(path, good, whole, at, bit):
    bad = bytearray(good)
    bad[at] ^= 1 << bit
    status, _, out = run("-", bytes(bad))
    assert status == 0 or len(out) < len(whole), (path, at, bit, "refused, and yet a whole file")
    exact = stages(st.read(path)[0])[-1]["codec"] in ("planes", "ulp")
    assert status or not exact or out == whole, (path, at, bit, "another file than went in")
    return status != 0


def flips(path):
    """Bytes of the data, and some of the header."""
    with open(path, "rb") as f:
        good = f.read()
    whole = run(path)[2]
    data_at = 8 + struct.unpack("<Q", good[:8])[0]
    rng = np.random.default_rng(5)
    places = np.concatenate([rng.permutation(np.arange(data_at, len(good)))[:16], rng.integers(0, data_at, 5)]).tolist()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda at: flip(path, good, whole, at, at % 8), places))


# A verb, how many names it takes at a time (0: all), and what must come of all its calls together.
VERBS = {f.__name__: (f, n, ok) for f, n, ok in (
    (make, 0, None), (decode, 2, None), (keeps, 3, None), (same, 3, None), (residual, 5, None), (report, 3, None),
    (hostile, 1, lambda done: sum(done) >= 20), (flips, 1, lambda refused: sum(refused) >= 4 * len(refused)))}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in VERBS:
        sys.exit(__doc__)
    verb, n, ok = VERBS[sys.argv[1]]
    args = sys.argv[2:]
    n = n or len(args)
    came = []
    for k in range(0, len(args), n):
        try:
            came.append(verb(*args[k:k + n]))
        except Exception:
            print(*args[k:k + n], file=sys.stderr)
            raise
    assert not ok or ok(came), came
