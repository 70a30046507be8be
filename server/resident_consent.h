/* resident_consent - the complainant's yes or no to whether their case may go to
 * another board: two buttons on the page where it is followed. */
#ifndef SYNPUNKT_SERVER_RESIDENT_CONSENT_H
#define SYNPUNKT_SERVER_RESIDENT_CONSENT_H

struct http_request;

/* POST /folj/{number}/{code}/samtycke, "svar" is "ja" or "nej". */
void resident_consent(struct http_request *req);

#endif
