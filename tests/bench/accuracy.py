"""accuracy.py SHARED WORK [SET...]: what codecs cost a federation, FedAvg with them beside FedAvg without, the same seeds.

Three federations: the 47 synthetic hospitals, four real hospitals with heart disease, 28 groups of people who wrote digits
(the last two from SHARED). Everything is done by the commands, a process a step, as in a script of a user's. Prints lines
`work | ours | the other | ratio or difference`: accuracy with the codec, without it, and the difference in points; and the
bytes of all updates, of their tensors alone and of the files.
"""
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import baselines
from baselines import run

CODECS = [("ecsq:bits=2", False), ("ecsq:bits=0.3", True), ("stc:part=0.03", True)]
SEEDS = 5
POOL = ThreadPoolExecutor(os.cpu_count())


def tensor_bytes(path):
    """Of a safetensors file: all but its header."""
    with open(path, "rb") as f:
        return os.path.getsize(path) - 8 - int.from_bytes(f.read(8), "little")


class Federation:
    """train: a CSV for each site; test: all test rows, files with commas between."""

    def __init__(self, where, schema, train, test, model, rounds, words):
        self.where, self.schema, self.train, self.test = where, schema, train, test
        self.model, self.rounds, self.words = model, rounds, words

    def path(self, name):
        return f"{self.where}/{name}"

    def site(self, k, r, seed, codec, feedback):
        plain, to = self.path(f"{k}.plain"), self.path(f"{k}.st")
        run(["fl-train", "--data", self.train[k], "--seed", 100000 * seed + 1000 * r + k, *self.words(r)], self.path("model.st"), plain)
        if not codec:
            os.rename(plain, to)
        else:
            more = ["--residual", self.path(f"{k}.residual")] if feedback else []
            run(["fl-compress", "--codec", codec, "--seed", 1000 * r + k, *more], plain, to)
        return to

    def go(self, seed, codec=None, feedback=False):
        """Accuracy on the test rows, bytes of tensors, bytes of files."""
        for f in os.listdir(self.where):
            if f.endswith(".residual"):
                os.remove(self.path(f))
        run(["fl-init", "--schema", self.schema, "--model", self.model, "--seed", seed], to=self.path("model.st"))
        tensors = files = 0
        for r in range(self.rounds):
            updates = list(POOL.map(lambda k: self.site(k, r, seed, codec, feedback), range(len(self.train))))
            tensors += sum(map(tensor_bytes, updates))
            files += sum(map(os.path.getsize, updates))
            run(["fl-aggregate", *updates], self.path("model.st"), self.path("next.st"))
            os.rename(self.path("next.st"), self.path("model.st"))
        return json.loads(run(["fl-eval", "--data", self.test], self.path("model.st")))["accuracy"], tensors, files


def hospitals(shared, work, seed):
    where = f"{work}/hospitals-{seed}"
    run(["fl-synth", "hospitals", "--silos", 47, "--out", where, "--seed", seed + 1])
    names = sorted(f for f in os.listdir(where) if f.endswith(".csv"))
    csv = [f"{where}/{f}" for f in names]
    return Federation(where, f"{where}/schema.json", [c for c in csv if "train" in c], ",".join(c for c in csv if "test" in c),
                      "mlp:64,32", 24, lambda r: ["--epochs", 5, "--batch", 16, "--lr", 0.1, "--l2", 0.01])


def real(name, model, rounds, words):
    def make(shared, work, seed):
        s = baselines.Set(f"{shared}", name)
        s.columns(f"{work}/{name}.json")
        one = baselines.Run(s, seed, work)
        silos = [silo for silo in s.silos if one.train[silo]]
        return Federation(one.dir, one.schema(silos, "common.json"), [one.csv(silo, False) for silo in silos], one.all(True), model,
                          rounds, words)
    return make


FEDERATIONS = {
    "hospitals": ("47 hospitals, MLP 69-64-32-1", hospitals),
    "heart_disease": ("Fed-Heart-Disease, MLP 32-16", real("heart_disease", "mlp:32,16", 30,
                                                            lambda r: ["--epochs", 5, "--batch", 16, "--lr", 0.05])),
    "mnist_writers": ("mnist_writers, MLP 784-200-200-10", real("mnist_writers", "mlp:200,200", 20,
                                                                 lambda r: ["--epochs", 5, "--batch", 32, "--lr", 0.1])),
}


def main():
    shared, work, sets = sys.argv[1], sys.argv[2], sys.argv[3:] or list(FEDERATIONS)
    for name in sets:
        title, make = FEDERATIONS[name]
        plain, coded = [], {c: [] for c in CODECS}
        for seed in range(SEEDS):
            f = make(shared, work, seed)
            plain.append(f.go(seed))
            for c in CODECS:
                coded[c].append(f.go(seed, *c))
        mean = lambda got, i: sum(g[i] for g in got) / len(got)
        for (codec, feedback), got in coded.items():
            what = f"{title}, {codec}{' with error feedback' if feedback else ''}"
            print(f"{what}, accuracy | {mean(got, 0):.4f} | plain {mean(plain, 0):.4f} | {100 * (mean(got, 0) - mean(plain, 0)):+.2f} points")
            print(f"{what}, bytes of tensors; of files | {mean(got, 1):.3g}; {mean(got, 2):.3g} | plain {mean(plain, 1):.3g}; "
                  f"{mean(plain, 2):.3g} | {mean(plain, 1) / mean(got, 1):.1f}; {mean(plain, 2) / mean(got, 2):.1f} times fewer", flush=True)


if __name__ == "__main__":
    main()
