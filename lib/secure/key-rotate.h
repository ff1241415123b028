/*
 * key-rotate.h - a new key pair in the place of an old one, with the old one's word for it.
 *
 * FILE and FILE.pub become FILE.<old id> and FILE.<old id>.pub; FILE and FILE.pub are new, and FILE.pub.minisig is the old
 * key's signature of the new FILE.pub. FILE changes in one step: at any moment it is a whole key.
 */
#ifndef FL_SECURE_KEY_ROTATE_H
#define FL_SECURE_KEY_ROTATE_H

#include "secure/key.h"

struct key_rotated {
	struct key_pub old, now;
	char *kept;      /* FILE.<old id> */
	char *statement; /* FILE.pub.minisig */
};

/* The new key is protected if the old one is; pass may be NULL where it is not. *r must be {0}; key_rotated_clear() frees, also
 * after failure. comment as in key_write(). What key_read() and key_write() can answer. */
int key_rotate(struct key_rotated *r, const char *path, const char *comment, const struct key_pass *pass, struct fl_err *err);
void key_rotated_clear(struct key_rotated *r);

#endif
