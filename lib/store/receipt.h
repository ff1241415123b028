/* receipt.h - keep the hub's signed word that it has stored an object. */
#ifndef FL_STORE_RECEIPT_H
#define FL_STORE_RECEIPT_H

#include "store/backend.h"

/* Write the receipt, base64 of a Signed Receipt, into the options' folder as the object's name with '/' as '+', and ".receipt".
 * Nothing to do where there is no folder, or text or name is "". One that is no receipt, or is for something else than name and
 * b, is not kept, and said to be so: the object is stored all the same. Who has signed it is not looked at; fl-show and the
 * federation's roster tell. FL_CREATE, FL_IO. */
int receipt_keep(const struct store *s, const char *name, const struct body *b, const char *text, struct fl_err *err);

#endif
