/*
 * utf8.h - UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
 */
#ifndef FL_BASE_UTF8_H
#define FL_BASE_UTF8_H

#include <stddef.h>

/* Bytes of the character at p, which ends before end; 0 if there is none. */
size_t utf8_len(const unsigned char *p, const unsigned char *end);

/* 1: the n bytes at s are UTF-8 without NUL. */
int utf8_text(const void *s, size_t n);

#endif
