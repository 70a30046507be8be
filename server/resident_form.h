/*
 * resident_form - the form at /lamna, and the child's at /lamna/barn: showing them and
 * taking what they send. The child's asks less, and its case is closed to all but a
 * few; the way is the same.
 */
#ifndef SYNPUNKT_SERVER_RESIDENT_FORM_H
#define SYNPUNKT_SERVER_RESIDENT_FORM_H

#include "server/attachment.h"

struct http_request;

/* More than may be sent, so that a person with too many or too large pictures gets the
 * form back with all that was typed, and not a closed door. */
#define RESIDENT_FORM_BODY_MAX (4 * ATTACHMENT_BODY_MAX)

void resident_form_show(struct http_request *req); /* GET; ?type= category= unit= … */
void resident_form_send(struct http_request *req); /* POST */

void resident_child_show(struct http_request *req);
void resident_child_send(struct http_request *req);

#endif
