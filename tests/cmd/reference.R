# Fits of R against ours: Rscript reference.R FIT WHAT DIR, FIT being the program of tests/unit/fit.c, DIR the folder with
# quine.csv, lung.csv, colon.csv. Stops, saying by how much, where coefficients differ by more than 1e-6 of their size.
arg <- commandArgs(TRUE)

ours <- function(spec, rows, ...) {
	file <- tempfile()
	write.table(format(rows, digits = 17), file, quote = FALSE, row.names = FALSE, col.names = FALSE)
	as.numeric(system2(arg[1], c(shQuote(spec), "lbfgs", "epochs=1000", "tol=1e-11", ...), stdin = file, stdout = TRUE))[-1]
}

same <- function(what, got, want) {
	off <- max(abs(got - want) / pmax(abs(want), 1))
	cat(what, ": largest difference", format(off), "\n")
	stopifnot(off <= 1e-6)
}

poisson_offset <- function() {
	d <- read.csv(file.path(arg[3], "quine.csv"))
	x <- as.matrix(d[, 3:8])
	exposure <- rep(c(0, 0.5, -0.25), length.out = nrow(d))
	w <- rep(c(1, 2), length.out = nrow(d))
	ref <- coef(glm(d$y ~ x, family = poisson, offset = exposure, weights = w, control = list(epsilon = 1e-14)))
	got <- ours('{"family":"poisson","head":"poisson","inputs":6,"outputs":1}', cbind(x, d$y, w, exposure), "weight=1",
		"offset=1")
	same("poisson with offset and weights", got, c(ref[-1], ref[1]))
}

# Covariates are scaled first: L-BFGS knows no units, and the partial likelihood does not mind.
cox <- function(d, time, event, cols, ties) {
	x <- matrix(as.numeric(readBin(writeBin(as.vector(scale(as.matrix(d[, cols]))), raw(), size = 4), "numeric",
		nrow(d) * length(cols), size = 4)), nrow(d))
	ref <- coef(survival::coxph(survival::Surv(time, event) ~ x, ties = ties,
		control = survival::coxph.control(eps = 1e-13, iter.max = 50)))
	spec <- paste0('{"family":"cox","head":"cox","inputs":', length(cols),
		',"outputs":1,"intercept":false,"ties":"', ties, '"}')
	same(paste("cox", ties), ours(spec, cbind(x, time, event)), ref)
}

lung <- function(ties) {
	d <- read.csv(file.path(arg[3], "lung.csv"))
	cox(d, d$time, d$status - 1, 3:7, ties)
}

colon <- function(ties) {
	d <- read.csv(file.path(arg[3], "colon.csv"))
	cox(d, d$time, d$status, 3:11, ties)
}

if (arg[2] == "poisson") poisson_offset()
if (arg[2] == "cox") for (ties in c("breslow", "efron")) { lung(ties); colon(ties) }
