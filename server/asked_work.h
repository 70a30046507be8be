/*
 * asked_work - a request whose answer the database is asked for and a thread then works
 * on: what figures of all boards take. Whoever leaves meanwhile ends it: the question
 * is cancelled, and what a thread holds is freed when it comes back.
 *
 *   w = asked_work_new(req, &ops, arg);
 *   asked_work_begin(w, db_run(pool, &query, params, asked_work_on_rows, w));
 */
#ifndef SYNPUNKT_SERVER_ASKED_WORK_H
#define SYNPUNKT_SERVER_ASKED_WORK_H

struct db_call;
struct db_rows;
struct error;
struct http_request;
struct asked_work;

struct asked_work_ops {
	/* On the loop: what the rows say; text is for work, by mem_dup(). -1: refused.
	 */
	int (*read)(
		const struct db_rows *rows, char **text, void *arg, struct error *err);
	/* In a thread, which may not touch the request. -1: not made. */
	int (*work)(const char *text, void *arg, struct error *err);
	/* On the loop: the one answer. Errors are answered here already. */
	void (*answer)(struct http_request *req, void *arg);
	void (*end)(void *arg); /* once, whatever happened */
};

struct asked_work *asked_work_new(
	struct http_request *req, const struct asked_work_ops *ops, void *arg);
void asked_work_begin(struct asked_work *asked, struct db_call *call);

/* A db_rows_fn. */
void asked_work_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *asked);

#endif
