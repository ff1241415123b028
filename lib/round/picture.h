/*
 * picture.h - where a federation stands, from the objects of its store alone.
 */
#ifndef FL_ROUND_PICTURE_H
#define FL_ROUND_PICTURE_H

#include <jansson.h>

#include "round/fed.h"

/* The object of share/schemas/round-status.json, with the newest `rounds` rounds (0: all), oldest first. The caller
 * json_decref()s. */
int picture_read(json_t **j, struct fed *f, unsigned rounds, struct fl_err *err);

/* The same for people: lines of at most `width` columns, appended to *b. */
int picture_text(struct buf *b, const json_t *j, unsigned width, struct fl_err *err);

#endif
