/*
 * roster.h - what the Federation message allows: who may sign what, now.
 *
 * The chain of Federation files is followed like TUF's root (theupdateframework.github.io/specification, 5.3): serial goes up
 * by one, `previous` is the digest of the file before, and at least `threshold` admins of the old version and `threshold` of
 * the new one have signed. A first version is trusted because the caller pinned one of its admins' keys.
 */
#ifndef FL_WIRE_ROSTER_H
#define FL_WIRE_ROSTER_H

#include "wire/signed.h"

/* First version: serial 1, signed by threshold of its own admins, among them pin (NULL: any). FL_REFUSED, FL_DATA. */
int roster_first(const struct signed_msg *fed, const struct key_pub *pin, struct fl_err *err);

/* next may follow old: FL_OK, or FL_REFUSED with the rule that is broken. */
int roster_follows(const struct signed_msg *old, const struct signed_msg *next, struct fl_err *err);

/* FL_REFUSED if it expired before now. */
int roster_fresh(const struct signed_msg *fed, time_t now, struct fl_err *err);

/* s is signed by a member that had the role at time `at` (its key valid then, not revoked before). name: NULL, or that member
 * and no other. *who, if not NULL, is the member's name (inside fed). FL_REFUSED: the signature is good, the signer has not the
 * role; FL_DATA: no signature is good. */
int roster_check(const struct signed_msg *fed, const struct signed_msg *s, Fl__V1__Role role, const char *name, time_t at,
		 const char **who, struct fl_err *err);

/* The same by what s is: a Plan, Seal, Result or Channel is a coordinator's, an Envelope that participant's, a Receipt a hub's;
 * at the time that s itself says, which a thief of a revoked key may choose: what comes in now is checked for now. A Federation
 * must be fed itself, signed by enough of its own admins, or follow it. */
int roster_rightful(const struct signed_msg *fed, const struct signed_msg *s, const char **who, struct fl_err *err);

/* Every key in m, a Federation, is one that somebody could sign with: what signed_make() asks of it. FL_DATA. */
int roster_keys(const ProtobufCMessage *m, struct fl_err *err);

/* The member, or NULL. */
const Fl__V1__Member *roster_member(const struct signed_msg *fed, const char *name);

/* The member with the key of this id, and the key; NULL if there is none. */
const Fl__V1__Member *roster_by_id(const struct signed_msg *fed, const unsigned char id[KEY_ID], struct key_pub *key);
int roster_has(const Fl__V1__Member *m, Fl__V1__Role role);

/* Name of the member whose key p is and who holds role at time `at`; NULL if there is none. */
const char *roster_name(const struct signed_msg *fed, const struct key_pub *p, Fl__V1__Role role, time_t at);

#endif
