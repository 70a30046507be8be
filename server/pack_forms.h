/* pack_forms - answers with a masked pack in one of its forms, all of one document. */
#ifndef SYNPUNKT_SERVER_PACK_FORMS_H
#define SYNPUNKT_SERVER_PACK_FORMS_H

struct http_request;
struct pack;
struct pack_around;

enum pack_form {
	PACK_PAGE,
	PACK_JSON,
	PACK_CSV,
	PACK_XLSX, /* made in a work thread: answered later */
	PACK_PDF,  /* made by another process: answered later */
};

/* The last act of a handler. pack and around are needed during the call only. */
void pack_forms_reply(struct http_request *req, enum pack_form form,
	const struct pack *pack, const struct pack_around *around);

#endif
