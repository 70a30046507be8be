/* resident_case - the pages about one case: receipt, finding it, following it. */
#ifndef SYNPUNKT_SERVER_RESIDENT_CASE_H
#define SYNPUNKT_SERVER_RESIDENT_CASE_H

struct http_request;

void resident_receipt(struct http_request *req);    /* GET /kvitto/{number}/{code} */
void resident_find(struct http_request *req);       /* GET /folj */
void resident_find_send(struct http_request *req);  /* POST /folj */
void resident_follow(struct http_request *req);     /* GET /folj/{number}/{code} */
void resident_message(struct http_request *req);    /* POST to the same */
void resident_reopen(struct http_request *req);     /* POST …/oppna */
void resident_attachment(struct http_request *req); /* GET …/bilaga/{n} */
void resident_reply_file(struct http_request *req); /* GET …/svarsfil/{n} */

#endif
