#!/usr/bin/env bats
# A file of ours is a state_dict: PyTorch loads it strictly and predicts the same.
load helper

setup() {
	fresh
	need_python torch numpy pandas
	hospitals 1
	cat > load.py <<-'END'
		"""load_file() of a safetensors file, and rows encoded by its schema, with nothing of flkit."""
		import json, math, struct
		import numpy as np, pandas as pd, torch

		def load_file(path):
		    raw = open(path, "rb").read()
		    n, = struct.unpack("<Q", raw[:8])
		    header = json.loads(raw[8:8 + n])
		    meta = header.pop("__metadata__")
		    return json.loads(meta["fl"]), {name: torch.from_numpy(np.frombuffer(raw, "<f4", math.prod(t["shape"]),
		        8 + n + t["data_offsets"][0]).reshape(t["shape"]).copy()) for name, t in header.items()}

		def encode(path, table):
		    rows, out = pd.read_csv(path, keep_default_na=False, na_values=[""]), []
		    for f in table["fields"]:
		        fl, x = f["fl"], rows[f["name"]]
		        if fl["role"] != "feature":
		            continue
		        if fl["encoding"] == "onehot":
		            out += [(x == level).to_numpy(float) for level in fl["levels"]]
		        elif fl["encoding"] == "standard":
		            out.append(((x.fillna(fl["mean"]) - fl["mean"]) / fl["std"]).to_numpy(float))
		        else:
		            out.append(x.to_numpy(float))
		        if fl.get("missing") == "indicator":
		            out.append(x.isna().to_numpy(float))
		    return torch.tensor(np.stack(out, 1), dtype=torch.float32)

		def compare(net, model="m.st"):
		    fl, state = load_file(model)
		    print(net.load_state_dict(state, strict=True))
		    net.eval()
		    with torch.no_grad():
		        p = torch.sigmoid(net(encode("silo-01.test.csv", fl["table"]))).double().numpy()[:, 0]
		    have = pd.read_csv("predictions.csv")
		    column = [c for c in have.columns if have[c].between(0, 1).all() and have[c].nunique() > 2]
		    assert len(column) == 1 and len(p) == len(have) == 200, have.columns
		    assert np.abs(p - have[column[0]].to_numpy()).max() < 1e-6, np.abs(p - have[column[0]].to_numpy()).max()
	END
}

@test "a logistic model is an nn.Linear" {
	fl-init --schema schema.json --model logistic | fl-train --data silo-01.train.csv --epochs 20 --emit model --seed 1 > m.st
	fl-predict --data silo-01.test.csv < m.st > predictions.csv
	py -c 'from load import *; compare(torch.nn.Linear(69, 1))'
}

@test "a perceptron is an nn.Sequential, with each activation and with dropout" {
	for act in relu tanh gelu; do
		for dropout in 0 0.2; do
			fl-init --schema schema.json --model mlp:16,8,act=$act,dropout=$dropout --seed 2 |
				fl-train --data silo-01.train.csv --epochs 10 --emit model --seed 1 > m.st
			fl-predict --data silo-01.test.csv < m.st > predictions.csv
			ACT=$act DROPOUT=$dropout py - <<-'END'
				import os
				from load import *
				act = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "gelu": torch.nn.GELU}[os.environ["ACT"]]
				p, layers, width = float(os.environ["DROPOUT"]), [], 69
				for w in (16, 8):
				    layers += [torch.nn.Linear(width, w), act()] + ([torch.nn.Dropout(p)] if p else [])
				    width = w
				compare(torch.nn.Sequential(*layers, torch.nn.Linear(width, 1)))
			END
		done
	done
}

@test "what PyTorch has trained comes back: our file, its numbers" {
	fl-init --schema schema.json --model logistic > m.st
	st edit m.st back.st 't["weight"].data[0] = 0.25; t["bias"].data[0] = -1.5'
	fl-predict --data silo-01.test.csv < back.st > predictions.csv
	py -c 'from load import *; compare(torch.nn.Linear(69, 1), "back.st")'
}
