/* disclosure_xlsx - the compilation of a disclosure as a workbook of Excel's: the rows
 * of the table (disclosure_page.h). Blocks: for a thread. The same gives the same
 * bytes. */
#ifndef SYNPUNKT_SERVER_DISCLOSURE_XLSX_H
#define SYNPUNKT_SERVER_DISCLOSURE_XLSX_H

#include <jansson.h>

struct disclosure_print;
struct error;
struct evbuffer;

/* ERR_TOO_LARGE when a text is longer than a cell may be. */
int disclosure_xlsx(const struct disclosure_print *print, const json_t *whole,
	struct evbuffer *out, struct error *err);

#endif
