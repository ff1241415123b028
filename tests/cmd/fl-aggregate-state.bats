# fl-aggregate --state: what a strategy carries on, and what a crash between two files may not do.
load helper

# update MODEL: two updates of MODEL, u1.st and u2.st
update() {
	fl-train --data silo-01.train.csv --seed 1 < "$1" > u1.st
	fl-train --data silo-02.train.csv --seed 2 < "$1" > u2.st
}

@test "two rounds of every strategy with a state equal NumPy's" {
	need_python numpy
	hospitals 2
	for s in fedavgm fedadam fedyogi fedadagrad; do
		fl-init --schema schema.json --model logistic > m0.st
		update m0.st
		cp u1.st a1.st; cp u2.st a2.st
		fl-aggregate --strategy $s --state $s.state --server-lr 0.1 u1.st u2.st < m0.st > m1.st
		update m1.st
		fl-aggregate --strategy $s --state $s.state --server-lr 0.1 u1.st u2.st < m1.st > m2.st
		/usr/bin/python3 "$TOP/tests/cmd/fedopt.py" $s 0.1 m0.st a1.st a2.st u1.st u2.st m2.st
	done
}

@test "a round run again gives the same bytes, whichever file the crash let through" {
	hospitals 2
	fl-init --schema schema.json --model logistic > m0.st
	update m0.st
	fl-aggregate --strategy fedadam --state s u1.st u2.st < m0.st > m1.st
	update m1.st
	cp s s-before
	fl-aggregate --strategy fedadam --state s u1.st u2.st < m1.st > m2.st
	fl-aggregate --strategy fedadam --state s u1.st u2.st < m1.st | cmp - m2.st
	fl-aggregate --strategy fedadam --state s-before u1.st u2.st < m1.st | cmp - m2.st
	cmp s s-before
}

@test "the state of another model or strategy is refused, and left alone" {
	hospitals 2
	fl-init --schema schema.json --model logistic > m0.st
	fl-init --schema schema.json --model logistic --init torch --seed 3 > other.st
	update m0.st
	fl-aggregate --strategy fedadam --state s u1.st u2.st < m0.st > m1.st
	cp s before
	fails 65 "is the state of fedadam" sh -c 'fl-aggregate --strategy fedyogi --state s u1.st u2.st < m0.st > /dev/null'
	update other.st
	fails 65 "does not go with this model" sh -c 'fl-aggregate --strategy fedadam --state s u1.st u2.st < other.st > /dev/null'
	cmp s before
}

@test "a strategy with a state asks for one" {
	hospitals 2
	fl-init --schema schema.json --model logistic > m0.st
	update m0.st
	fails 64 "give --state" sh -c 'fl-aggregate --strategy fedadam u1.st u2.st < m0.st > /dev/null'
}
