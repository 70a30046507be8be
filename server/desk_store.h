/*
 * desk_store - the desk's statements. All run as synpunkt_desk and name the session, by
 * which the database's policies decide what there is to see.
 */
#ifndef SYNPUNKT_SERVER_DESK_STORE_H
#define SYNPUNKT_SERVER_DESK_STORE_H

#include <stdbool.h>

#include "lib/db.h"
#include "server/case_flow.h"
#include "server/follow_code.h"

struct arena;
struct session;

struct desk_filter {
	const struct session *session;
	const char *board, *category, *type, *district, *handler, *q; /* NULL: any */
	const char *statuses; /* an array literal, or NULL: the open ones */
	bool overdue, by_received;
	const char *attention; /* a code of case_watch.h, or NULL */
	bool earlier; /* what the boards have passed on: only board and after count */
	int64_t near_days;
	int64_t quarantine_days; /* for the summary alone */
	const char *after_key;   /* a day or an instant, with after_id; or NULL */
	const char *after_id;
	size_t most;
};

enum desk_list_column {
	DESK_LIST_ID,
	DESK_LIST_YEAR,
	DESK_LIST_TYPE,
	DESK_LIST_CATEGORY,
	DESK_LIST_BOARD,
	DESK_LIST_STATUS,
	DESK_LIST_RECEIVED_AT, /* microseconds */
	DESK_LIST_ACKNOWLEDGE_BY,
	DESK_LIST_ANSWER_BY,
	DESK_LIST_OVERDUE,
	DESK_LIST_HANDLER,
	DESK_LIST_HANDLER_NAME,
	DESK_LIST_SNIPPET,
	DESK_LIST_VERSION,
	DESK_LIST_WAITING_SINCE,
	DESK_LIST_ACKNOWLEDGED,
	DESK_LIST_ANSWERED,
	DESK_LIST_WANTS_REPLY,
	DESK_LIST_MAIL_FAILED,
	DESK_LIST_MARKED,
	DESK_LIST_THREAT,
	DESK_LIST_PROTECTED,
	DESK_LIST_KEY, /* the instant in full, for after_key */
	DESK_LIST_RESTRICTED,
	DESK_LIST_ENDED_AT,   /* microseconds; of what was passed on, else NULL */
	DESK_LIST_NEXT_BOARD, /* and to whom */
	DESK_LIST_SUPPORTERS,
	DESK_LIST_MATCH,   /* a JSON object: where the words were found; NULL without */
	DESK_LIST_CHANNEL, /* NULL of what was passed on */
	DESK_LIST_UNIT_NAME, /* NULL also of what the caller does not read */
	DESK_LIST_DISTRICT_NAME,
	DESK_LIST_URGENT,
	DESK_LIST_NEEDS_HUMAN, /* nobody has begun with it */
};

struct db_call *desk_store_list(struct db_pool *pool, struct arena *arena,
	const struct desk_filter *filter, db_done_fn *done, void *arg);

enum desk_read_column {
	DESK_READ_VERSION,
	DESK_READ_BOARD,
	DESK_READ_STATUS,
	DESK_READ_ACKNOWLEDGED,
	DESK_READ_RETURNABLE,
	DESK_READ_SENSITIVITY,
	DESK_READ_WHOLE, /* a JSON object */
	DESK_READ_ANSWERED,
	DESK_READ_MAIL_FAILED,
	DESK_READ_WAITING_SINCE,
	DESK_READ_WANTS_REPLY,
	DESK_READ_ACKNOWLEDGE_BY,
	DESK_READ_ANSWER_BY,
	DESK_READ_MARKED,
	DESK_READ_DRAFT_BY, /* the id of whoever wrote what awaits approval */
	DESK_READ_HELD,
	DESK_READ_DISPOSED,
	DESK_READ_UNIT,
	DESK_READ_RESTRICTED,
	DESK_READ_PROTECTED,
	DESK_READ_UNDOABLE, /* it was merged into another, not long ago */
};

/* One row of counts, in the order of the answer's members. */
struct db_call *desk_store_summary(struct db_pool *pool, struct arena *arena,
	const struct desk_filter *filter, db_done_fn *done, void *arg);

enum desk_earlier_column {
	DESK_EARLIER_VERSION,
	DESK_EARLIER_WHOLE, /* a JSON object */
};

/* What a call on one case is about. */
struct desk_case {
	const struct session *session;
	struct case_number number;
	const char *attachment; /* its place, where one is asked for */
	bool of_reply;          /* among the files of replies */
	bool masked;            /* the copy with parts covered */
};

/* No row: no such case at the session's boards. */
struct db_call *desk_store_read(struct db_pool *pool, struct arena *arena,
	const struct desk_case *about, db_done_fn *done, void *arg);

/* The part of a board of the session's that has passed the case on. No row: it holds it
 * now, or never did. */
struct db_call *desk_store_read_earlier(struct db_pool *pool, struct arena *arena,
	const struct desk_case *about, db_done_fn *done, void *arg);

struct desk_act {
	struct desk_case about;
	enum case_action action;
	const char
		*versions;  /* that the caller has seen, an array literal; NULL: any */
	const char *change; /* JSON object: see synpunkt_desk.act() */
	const char *files;  /* as reply_file_list() gives them, or NULL */
};

/* One row: the outcome's word and the version now. */
struct db_call *desk_store_act(struct db_pool *pool, struct arena *arena,
	const struct desk_act *act, db_done_fn *done, void *arg);

/* A picture masked, before the work and after it: one row, as above, and then before it
 * type and sha256 of the file to cover. After it change is what was made and which
 * areas are covered: see synpunkt_desk.mask(). */
struct db_call *desk_store_mask_begin(struct db_pool *pool, struct arena *arena,
	const struct desk_act *act, db_done_fn *done, void *arg);
struct db_call *desk_store_mask(struct db_pool *pool, struct arena *arena,
	const struct desk_act *act, db_done_fn *done, void *arg);

/* name, type, size, sha256, thumbnail's sha256; no row as above. */
struct db_call *desk_store_attachment(struct db_pool *pool, struct arena *arena,
	const struct desk_case *about, db_done_fn *done, void *arg);

/* username, name, boards (JSON). */
struct db_call *desk_store_colleagues(struct db_pool *pool,
	const struct session *session, db_done_fn *done, void *arg);

#define DESK_CHANGES_MAX 500
/* id, number, version of as many changes; before them a row that has the newest id
 * only. None: a dead session. */
struct db_call *desk_store_changes(struct db_pool *pool, const char *token_hash,
	const char *after, db_done_fn *done, void *arg);

#endif
