/* desk_correct - what of a case can be corrected, read from a request (art. 16 of the
 * General Data Protection Regulation). Pure. */
#ifndef SYNPUNKT_SERVER_DESK_CORRECT_H
#define SYNPUNKT_SERVER_DESK_CORRECT_H

#include <jansson.h>

struct faults;

/*
 * {contact: {name, email, phone, address}, place: {address, unit, lat, lon}} as
 * synpunkt_desk.correction() takes it: only the members that were given, null for what
 * is to be taken away. The same limits as when it was sent in. NULL after a fault;
 * json_decref().
 */
json_t *desk_correction_read(const json_t *object, struct faults *faults);

#endif
