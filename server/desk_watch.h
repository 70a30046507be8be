/* desk_watch - what needs attention, in the desk's answers: the counts over one's
 * boards, and the members "acknowledged", "daysLeft" and "attention" of a case. */
#ifndef SYNPUNKT_SERVER_DESK_WATCH_H
#define SYNPUNKT_SERVER_DESK_WATCH_H

#include "lib/http.h"

struct db_rows;
struct json_write;

/* In which columns a statement's rows say what is asked of case_watch. */
struct desk_watch_columns {
	int acknowledge_by, answer_by, waiting_since;
	int acknowledged, answered, wants_reply, mail_failed;
	int status;
};

/* Writes the members of an object that is open. */
void desk_watch_write(struct http_request *req, struct json_write *w,
	const struct desk_watch_columns *columns, const struct db_rows *rows, int row);

/* The same as text: "daysLeft":3,"attention":[]. The request's. */
const char *desk_watch_text(struct http_request *req,
	const struct desk_watch_columns *columns, const struct db_rows *rows, int row);

extern const struct http_route desk_watch_routes[];

#endif
