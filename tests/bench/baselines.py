"""Train alone, together and pooled on each set of DATA by pipes of the commands; see baselines.sh.

As the reference does it: numeric columns standardised on the training rows a model sees, categories one-hot over a common
vocabulary, missing a level of its own; ridge penalties C = 1, alpha = 1, theta = 1 (5 alone), which are l2 = 1 / n for a mean
loss; FedAvg of 50 rounds, 5 epochs, batches of 64, learning rate .05 * .97^round. Unlike it: a missing number becomes the
mean, not the median. (telecom_churn alone is outside in AUC: scikit-learn, fitted as described here, gives our .810.)
"""
import concurrent.futures
import csv
import gzip
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

BOUND = {"auc": 0.005, "accuracy": 0.01, "r2": 0.01, "c_index": 0.01}
HEAD = {"binary": "logistic", "multiclass": "softmax", "regression": "linear", "survival": "cox"}
METRICS = {"binary": ["accuracy", "auc"], "multiclass": ["accuracy"], "regression": ["r2"], "survival": ["c_index"]}
SLOW = ("diabetes130", "exam_65_schools", "mnist_writers", "synthetic_1_1")  # three seeds instead of five


def run(words, source=None, to=None):
    """One command: its input from a file, its output to a file or returned."""
    stdin = open(source, "rb") if source else subprocess.DEVNULL
    stdout = open(to, "wb") if to else subprocess.PIPE
    done = subprocess.run([str(w) for w in words], stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)
    if source:
        stdin.close()
    if to:
        stdout.close()
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))[:200]}: {done.stderr.decode().strip()}")
    return done.stdout


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as f:
        rows = csv.reader(f)
        return next(rows), list(rows)


def read_mnist(where):
    def body(name, skip):
        return gzip.open(f"{where}/{name}").read()[skip:]

    pixels, labels = body("t10k-images-idx3-ubyte.gz", 16), body("t10k-labels-idx1-ubyte.gz", 8)
    header, writers = read_csv(f"{where}/writers.csv")
    silo = header.index("silo30")
    rows = [[w[silo], *map(str, pixels[784 * i:784 * i + 784]), str(labels[i])] for i, w in enumerate(writers)]
    return ["silo", *(f"p{i}" for i in range(784)), "label"], rows


class Set:
    """One set: its rows, its silos, what its columns are."""

    def __init__(self, data, name):
        where = f"{data}/{name}"
        self.name = name
        self.meta = json.load(open(f"{where}/meta.json"))
        self.task = self.meta["task"]
        self.idx = self.meta.get("special") == "idx"
        self.header, self.rows = read_mnist(where) if self.idx else read_csv(f"{where}/data.csv")
        self.splits = read_csv(f"{where}/splits.csv")[1]
        self.silos = sorted({r[0] for r in self.rows})
        self.seeds = 3 if name in SLOW else 5
        self.penalty = 10 if self.idx else 1  # C = .1 there

    def columns(self, path):
        """Infer what the columns are, over all rows, and have every number standardised."""
        write(path + ".csv", self.header, self.rows)
        words = ["fl-schema", "infer", "-q", "--ignore", "silo", "--max-levels", 1000]
        for c in self.meta.get("categorical", []):
            words += ["-c", c]
        words += ["--time", self.meta["time"], "--event", self.meta["event"]] if self.task == "survival" else \
            ["--label", self.meta["label"]]
        schema = json.loads(run(words + [path + ".csv"]))
        for f in schema["fields"]:
            fl = f["fl"]
            if fl["role"] == "feature" and fl["encoding"] in ("none", "standard"):
                fl.update({"encoding": "minmax", "min": 0, "max": 255} if self.idx else {"encoding": "standard"})
            if fl.get("missing") == "indicator":
                fl["missing"] = "mean"
        json.dump(schema, open(path, "w"))


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


class Run:
    """One seed of one set, in its own folder."""

    def __init__(self, s, seed, top):
        self.s = s
        self.seed = seed
        self.dir = f"{top}/{s.name}-{seed}"
        os.mkdir(self.dir)
        self.train, self.test = {}, {}
        for silo in s.silos:
            for part, want in ((self.train, "0"), (self.test, "1")):
                part[silo] = [r for r, p in zip(s.rows, s.splits) if r[0] == silo and p[seed] == want]
                write(self.csv(silo, part is self.test), s.header, part[silo])

    def path(self, name):
        return f"{self.dir}/{name}"

    def csv(self, silo, test):
        return self.path(f"{self.s.silos.index(silo)}.{'test' if test else 'train'}.csv")

    def all(self, test):
        part = self.test if test else self.train
        return ",".join(self.csv(silo, test) for silo in self.s.silos if part[silo])

    def schema(self, silos, name):
        """The set's columns, standardised by sums that each of the silos makes of its own training rows."""
        stats = [self.path(f"{self.s.silos.index(silo)}.stats") for silo in silos]
        for silo, to in zip(silos, stats):
            run(["fl-stats", "--data", self.csv(silo, False), "--schema", self.path("../" + self.s.name + ".json")], to=to)
        run(["fl-aggregate", *stats], to=self.path("sum.stats"))
        to = self.path(name)
        run(["fl-stats", "--to-schema", to, "--schema", self.path("../" + self.s.name + ".json")], self.path("sum.stats"))
        return to

    def fit(self, schema, data, n, to, penalty=1.0):
        """The exact minimum, as scikit-learn and R find it."""
        run(["fl-init", "--schema", schema, "--model", HEAD[self.s.task]], to=self.path("start.st"))
        run(["fl-train", "--data", data, "--optimizer", "lbfgs", "--epochs", 1000 if not self.s.idx else 100, "--l2",
             penalty * self.s.penalty / n, "--emit", "model", "--seed", 1], self.path("start.st"), to)

    def measure(self, model, data):
        return json.loads(run(["fl-eval", "--data", data], model))

    def pooled(self):
        self.fit(self.path("common.json"), self.all(False), sum(map(len, self.train.values())), self.path("pooled.st"))
        return self.measure(self.path("pooled.st"), self.all(True))

    def together(self):
        silos = [silo for silo in self.s.silos if self.train[silo]]
        run(["fl-init", "--schema", self.path("common.json"), "--model", HEAD[self.s.task]], to=self.path("model.st"))
        for r in range(50):
            updates = []
            for k, silo in enumerate(silos):
                updates.append(self.path(f"{k}.st"))
                run(["fl-train", "--data", self.csv(silo, False), "--epochs", 5, "--batch", 64, "--lr", 0.05 * 0.97**r,
                     "--seed", 1000 * r + k], self.path("model.st"), updates[-1])
            run(["fl-aggregate", *updates], self.path("model.st"), self.path("next.st"))
            os.rename(self.path("next.st"), self.path("model.st"))
        return self.measure(self.path("model.st"), self.all(True))

    def alone(self):
        """Every silo's own model on its own test rows, as the reference sums them up: accuracy over all rows, AUC as the mean
        of silos, R2 of all predictions together, C over rows of silos with 5 of them and 2 events."""
        got = []
        for silo in self.s.silos:
            rows = self.test[silo]
            if not rows or not self.train[silo]:
                continue
            schema = self.schema([silo], "own.json")
            self.fit(schema, self.csv(silo, False), len(self.train[silo]), self.path("own.st"),
                     5.0 if self.s.task == "survival" else 1.0)
            got.append((rows, self.measure(self.path("own.st"), self.csv(silo, True))))
        return {m: getattr(self, "alone_" + m)(got) for m in METRICS[self.s.task]}

    def alone_accuracy(self, got):
        return sum(len(r) * m["accuracy"] for r, m in got) / sum(len(r) for r, _ in got)

    def alone_auc(self, got):
        return statistics.mean(m["auc"] for _, m in got if m["auc"] is not None)

    def alone_r2(self, got):
        y = [float(r[-1]) for rows, _ in got for r in rows]
        return 1 - sum(len(r) * m["rmse"]**2 for r, m in got) / (statistics.pvariance(y) * len(y))

    def alone_c_index(self, got):
        events = self.s.header.index(self.s.meta["event"])
        fit = [(len(r), m["c_index"]) for r, m in got if len(r) >= 5 and sum(float(x[events]) for x in r) >= 2]
        return sum(n * c for n, c in fit) / sum(n for n, _ in fit)

    def measures(self, together):
        self.schema([silo for silo in self.s.silos if self.train[silo]], "common.json")
        got = {"alone": self.alone(), "pooled": self.pooled()}
        if together:
            got["together"] = self.together()
        return got


def references(path):
    """{(set, how, metric): mean} from the tables of BASELINES.md, found by the words of their heads."""
    where, head = {}, []
    for line in open(path, encoding="utf-8"):
        if line.startswith("#"):
            head = []
        cells = [re.sub(r"\*", "", c).strip() for c in line.strip().strip("|").split("|")]
        if len(cells) < 5:
            continue
        if cells[0] == "data":
            head = cells
        for name, cell in zip(head, cells):
            key = cells[0].split()[0]
            for title, how, metrics in COLUMNS:
                numbers = re.findall(r"-?\d+\.\d+(?!\d*\))", re.sub(r"±\d*\.\d+|\(.*\)", "", cell))
                if name == title and len(numbers) == len(metrics) and ":" not in cell:
                    where.update({(key, how, m): float(x) for m, x in zip(metrics, numbers)})
    return where


COLUMNS = [("local own acc", "alone", ["accuracy"]), ("local own AUC (macro)", "alone", ["auc"]),
           ("pooled LR acc / AUC", "pooled", ["accuracy", "auc"]), ("FedAvg LR acc / AUC", "together", ["accuracy", "auc"]),
           ("local own", "alone", ["accuracy"]), ("pooled LR", "pooled", ["accuracy"]), ("FedAvg LR", "together", ["accuracy"]),
           ("local own ridge", "alone", ["r2"]), ("pooled ridge", "pooled", ["r2"]),
           ("local own C (row-weighted over scorable silos)", "alone", ["c_index"]), ("pooled Cox", "pooled", ["c_index"])]


def rows(s, runs, reference):
    """Where the reference has no federated figure, ours stands beside our own pooled one of the same seeds."""
    for how in ("alone", "together", "pooled"):
        for m in METRICS[s.task]:
            these = [r for r in runs if how in r]
            ours = [r[how][m] for r in these]
            other, where = reference.get((s.name, how, m)), ""
            if other is None:
                other, where = statistics.mean(r["pooled"][m] for r in these), " (ours, pooled)"
            gap = statistics.mean(ours) - other
            outside = not where and abs(gap) > BOUND[m] + 0.0005  # the reference has three digits
            yield f"{s.name}, {how}, {m} | {statistics.mean(ours):.3f} ±{statistics.pstdev(ours):.3f} | " \
                f"{other:.3f}{where} | {gap:+.3f}{' outside' if outside else ''}"


def main():
    data, top, wanted = sys.argv[1], sys.argv[2], sys.argv[3:]
    reference = references(f"{data}/BASELINES.md")
    names = wanted or sorted(n for n in os.listdir(data) if os.path.exists(f"{data}/{n}/splits.csv"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name in names:
            s = Set(data, name)
            s.columns(f"{top}/{name}.json")
            many = any((name, "together", m) in reference for m in METRICS[s.task])
            runs = list(pool.map(lambda seed: Run(s, seed, top).measures(many or seed == 0), range(s.seeds)))
            shutil.rmtree(top)
            os.mkdir(top)
            for line in rows(s, runs, reference):
                print(line, flush=True)


if __name__ == "__main__":
    main()
