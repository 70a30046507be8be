/* disclosure_http - /api/v1/desk/disclosures: which documents a board hands out to
 * somebody who asked, and what is masked in them. Nothing here takes who asks or why
 * (2 kap. 18 § tryckfrihetsförordningen). */
#ifndef SYNPUNKT_SERVER_DISCLOSURE_HTTP_H
#define SYNPUNKT_SERVER_DISCLOSURE_HTTP_H

#include "lib/http.h"

extern const struct http_route disclosure_routes[];
extern const struct http_route disclosure_put_routes[];
extern const struct http_route disclosure_document_routes[];
extern const struct http_route disclosure_mail_routes[];

#endif
