/*
 * eden-levels.h - the best quantiser of 2^bits levels for numbers from N(0,1).
 *
 * Lloyd 1982 ("Least squares quantization in PCM", IEEE Trans. Inf. Theory 28) and Max 1960 ("Quantizing for minimum
 * distortion", IRE Trans. Inf. Theory 6): every level is the mean of its cell, and cells meet half way between levels. The levels
 * were found by Newton's method on that condition in 80-bit floats; tests check the condition itself.
 */
#ifndef FL_CODEC_EDEN_LEVELS_H
#define FL_CODEC_EDEN_LEVELS_H

#define EDEN_BITS_MAX 8

/* The 2^(bits-1) positive levels in rising order; the others are their negatives. bits: 1 .. EDEN_BITS_MAX. */
const float *eden_levels(unsigned bits);

/* E (z - q(z))^2 for z from N(0,1). */
double eden_distortion(unsigned bits);

#endif
