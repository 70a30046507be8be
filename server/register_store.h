/*
 * register_store - the statements of the register (diarium). They run as synpunkt_desk
 * and name the session; whether it may see the board's register is decided
 * there.
 */
#ifndef SYNPUNKT_SERVER_REGISTER_STORE_H
#define SYNPUNKT_SERVER_REGISTER_STORE_H

#include <stddef.h>

#include "lib/db.h"

struct session;

struct register_filter {
	const struct session *session;
	const char *board, *year;
	const char *q, *category, *status, *from, *to; /* NULL: any */
	const char *after; /* a number of the series: those below it; or NULL */
	size_t most;
};

enum register_column {
	REGISTER_HEAD,  /* a JSON object: {years, first, last, count, complete} */
	REGISTER_ITEMS, /* a JSON array of entries */
};

/* One row; both NULL: the session may not see it. For a file, it is noted in the log of
 * exports. */
struct db_call *register_store_page(struct db_pool *pool,
	const struct register_filter *filter, db_done_fn *done, void *arg);
struct db_call *register_store_export(struct db_pool *pool,
	const struct register_filter *filter, db_done_fn *done, void *arg);

#endif
