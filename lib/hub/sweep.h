/* sweep.h - what uploads have left behind that nobody will finish. */
#ifndef FL_HUB_SWEEP_H
#define FL_HUB_SWEEP_H

#define SWEEP_TMP_S 3600.0   /* age of a temporary file that no upload can still be writing */
#define SWEEP_PART_S 86400.0 /* of a resumable upload that is given up */

/* Every federation under root. */
void sweep_all(int root);

#endif
