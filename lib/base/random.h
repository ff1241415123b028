/*
 * random.h - chance that protects nobody: shuffles, initial weights, synthetic data.
 *
 * xoshiro256++ (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators", Fig. 5), seeded by
 * splitmix64. The same seed gives the same stream on every machine. Noise, masks and keys never come from here.
 */
#ifndef FL_BASE_RANDOM_H
#define FL_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t s[4];
};

/* Stream number stream of seed: different streams of one seed are independent. */
void rng_seed(struct rng *r, uint64_t seed, uint64_t stream);

uint64_t rng_u64(struct rng *r);
double rng_uniform(struct rng *r);               /* [0, 1), 53 bits */
uint64_t rng_below(struct rng *r, uint64_t n);   /* 0 .. n-1 without bias (Lemire 2019); n > 0 */
double rng_normal(struct rng *r);                /* mean 0, variance 1 (Marsaglia's polar method) */
double rng_gamma(struct rng *r, double shape);   /* scale 1 (Marsaglia and Tsang 2000); shape > 0 */
void rng_shuffle(struct rng *r, uint32_t *v, size_t n);

/* A seed from the system's entropy, below 2^53 so that JSON holds it. Needs no seed and cannot fail. */
uint64_t rng_fresh_seed(void);

#endif
