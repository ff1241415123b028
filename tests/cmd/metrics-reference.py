#!/usr/bin/env python3
"""metrics-reference.py TASK DATA.csv PREDICTIONS.csv EVAL.json - compare what fl-eval says with scikit-learn on the predictions.

DATA.csv has the columns y (or t and e) and w, the row weight. Classes are named k0, k1, ...
"""
import csv
import json
import sys

import numpy as np
from sklearn import metrics as m

task, data, predictions, report = sys.argv[1:]
rows = list(csv.DictReader(open(data)))
pred = list(csv.DictReader(open(predictions)))
got = json.load(open(report))
w = np.array([float(r["w"]) for r in rows])
if task in ("binary", "multiclass"):
    y = np.array([int(r["y"][1:]) for r in rows])
    guess = np.array([int(r["class"][1:]) for r in pred])
    want = {"accuracy": m.accuracy_score(y, guess, sample_weight=w),
            "balanced_accuracy": m.balanced_accuracy_score(y, guess, sample_weight=w)}
    confusion = m.confusion_matrix(y, guess, sample_weight=w)
if task == "binary":
    p = np.array([float(r["probability"]) for r in pred])
    want.update(
        auc=m.roc_auc_score(y, p, sample_weight=w), average_precision=m.average_precision_score(y, p, sample_weight=w),
        log_loss=m.log_loss(y, np.c_[1 - p, p], sample_weight=w), brier=m.brier_score_loss(y, p, sample_weight=w),
        precision=m.precision_score(y, guess, sample_weight=w), recall=m.recall_score(y, guess, sample_weight=w),
        f1=m.f1_score(y, guess, sample_weight=w))
    bins = np.minimum((p * 10).astype(int), 9)
    gaps = [abs(np.sum((w * (p - y))[bins == b])) for b in range(10)]
    want["ece"] = sum(gaps) / w.sum()
    c = got["confusion"]
    assert np.allclose([[c["tn"], c["fp"]], [c["fn"], c["tp"]]], confusion), (c, confusion)
elif task == "multiclass":
    p = np.array([[float(v) for k, v in r.items() if k.startswith("p_")] for r in pred])
    p /= p.sum(1, keepdims=True)
    want.update(macro_auc=m.roc_auc_score(y, p, multi_class="ovr", sample_weight=w), log_loss=m.log_loss(y, p, sample_weight=w),
                macro_f1=m.f1_score(y, guess, average="macro", sample_weight=w))
    assert got["confusion"]["levels"] == ["k%d" % i for i in range(p.shape[1])], got["confusion"]
    assert np.allclose(got["confusion"]["matrix"], confusion), got["confusion"]
else:
    y = np.array([float(r["y"]) for r in rows])
    p = np.array([float(r["prediction" if task == "regression" else "rate"]) for r in pred])
    want = {"rmse": m.mean_squared_error(y, p, sample_weight=w) ** .5, "mae": m.mean_absolute_error(y, p, sample_weight=w),
            "r2": m.r2_score(y, p, sample_weight=w)}
    if task == "count":
        want["mean_deviance"] = m.mean_poisson_deviance(y, p, sample_weight=w)
assert got["n"] == len(y) and got["task"] == task and abs(got["weight"] - w.sum()) < 1e-6, got
for name, v in want.items():
    assert abs(got[name] - v) <= 1e-6 * max(1, abs(v)), (name, got[name], v)
print("compared", len(want))
