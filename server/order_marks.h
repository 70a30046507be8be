/*
 * order_marks - what in a text tells who somebody is: identity numbers, mail addresses,
 * telephone numbers, and the complainant's name. For whoever looks at a text before it
 * goes to a contractor; it is shown, and nothing is taken away.
 */
#ifndef SYNPUNKT_SERVER_ORDER_MARKS_H
#define SYNPUNKT_SERVER_ORDER_MARKS_H

#include <stdbool.h>

#include <jansson.h>

/* [{kind, text}], in the order of the kinds "identity-number", "mail", "telephone",
 * "name"; at most 20 of each. name may be NULL. A new reference. */
json_t *order_marks(const char *text, const char *name);

/* Nobody needs one to mend a lamp: such a text is not sent. */
bool order_marks_identity_number(const char *text);

#endif
