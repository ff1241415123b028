/* clock.h - seconds for metrics and progress; never part of a result. */
#ifndef FL_BASE_CLOCK_H
#define FL_BASE_CLOCK_H

double clock_s(void); /* monotonic seconds since some start */

#endif
