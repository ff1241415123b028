# Our fits against scikit-learn's, PyTorch's and R's of the same rows; each reference computes its side anew.
load helper

fit() {
	need_python numpy "$1"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/reference.py" "$FL_BUILD/unit/fit" "$2"
}

in_r() {
	need Rscript
	Rscript -e 'library(survival)' 2> /dev/null || skip "R without survival"
	Rscript "$BATS_TEST_DIRNAME/reference.R" "$FL_BUILD/unit/fit" "$1" "$2"
}

# trace NET: losses of 100 steps of plain SGD, theirs and ours from the same start over the same batches
trace() {
	need_python numpy torch
	for kernel in plain avx2 avx512; do
		FL_KERNEL=$kernel "$FL_BUILD/bench/kernel" trace . "$1" 32 100 0.05 2> err || { grep "has no" err && continue; }
		/usr/bin/python3 "$TOP/tests/bench/kernel.py" trace . "$1" 32 100 0.05
	done
}

@test "logistic regression is scikit-learn's" {
	fit sklearn logistic
}

@test "softmax regression is scikit-learn's" {
	fit sklearn softmax
}

@test "ridge regression is scikit-learn's" {
	fit sklearn ridge
}

@test "the lasso is scikit-learn's" {
	fit sklearn lasso
}

@test "Poisson regression is scikit-learn's" {
	fit sklearn poisson
}

@test "Poisson regression with offset and weights is R's" {
	in_r poisson "$(shared vectors/glm)"
}

@test "Cox regression by Breslow and Efron is R's" {
	in_r cox "$(shared vectors/glm)"
}

@test "100 steps of sgd with tanh are PyTorch's" {
	fit torch torch-sgd
}

@test "100 steps of momentum with gelu are PyTorch's" {
	fit torch torch-momentum
}

@test "100 steps of adam with tanh are PyTorch's" {
	fit torch torch-adam
}

@test "losses of a logistic model are PyTorch's at every step, by every kernel" {
	trace logistic-108
}

@test "losses of a small MLP are PyTorch's at every step, by every kernel" {
	trace mlp-108-64-32-2
}

@test "losses of a large MLP are PyTorch's at every step, by every kernel" {
	trace mlp-784-200-200-10
}
