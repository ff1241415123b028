/*
 * trace.h - W3C trace contexts (www.w3.org/TR/trace-context), so that one round can be followed across organisations.
 */
#ifndef FL_ROUND_TRACE_H
#define FL_ROUND_TRACE_H

#define TRACE_TEXT 56

/* A new span: in the trace of parent, or, where parent is NULL or empty, of a new one. */
void trace_span(char out[TRACE_TEXT], const char *parent);

#endif
