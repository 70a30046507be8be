/*
 * audit_page - the logs as pages, for the board's auditors and data protection
 * officers: /loggar/ leads to one's own boards, /loggar/{board}/lasningar are the
 * readings of sensitive cases, /loggar/{board}/uttag the exports.
 */
#ifndef SYNPUNKT_SERVER_AUDIT_PAGE_H
#define SYNPUNKT_SERVER_AUDIT_PAGE_H

struct http_request;

void audit_page_index(struct http_request *req);
void audit_page_reads(struct http_request *req);
void audit_page_exports(struct http_request *req);

#endif
