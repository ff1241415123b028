/*
 * hook.h - executables of a site that are asked before a step and told after it.
 *
 * A hook is an executable DIR/STEP, "pre-join" or "post-seal"; without one nothing happens. Its standard input is the message
 * as proto3 JSON, its standard output goes to standard error, and its environment has FL_STEP, FL_FEDERATION and FL_ROUND.
 * Exit status 0: go on. 75 (before a step): not now. Anything else before a step refuses it; after a step it is an error too,
 * but what was done stays done.
 */
#ifndef FL_ROUND_HOOK_H
#define FL_ROUND_HOOK_H

#include "wire/message.h"

/* dir NULL: none. FL_OK, FL_LATER, FL_REFUSED; FL_CONFIG where it cannot be run. */
int hook_run(const char *dir, const char *step, const ProtobufCMessage *m, const char *federation, unsigned round,
	     struct fl_err *err);

#endif
