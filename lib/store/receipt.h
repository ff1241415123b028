/* receipt.h - keep the hub's signed word that it has stored an object. */
#ifndef FL_STORE_RECEIPT_H
#define FL_STORE_RECEIPT_H

#include "base/err.h"

/* Write the receipt, base64 of a Signed Receipt, into folder as the object's name with '/' as '+', and ".receipt". Nothing to do
 * where folder is NULL or text is "". FL_DATA, FL_CREATE, FL_IO. */
int receipt_keep(const char *folder, const char *name, const char *text, struct fl_err *err);

#endif
