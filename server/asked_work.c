/*
 *   asked_work_on_rows  the database's words, as they came
 *   asked_work_do       in a thread of its own
 *   asked_work_on_done  the answer
 */
#include "server/asked_work.h"

#include <stdatomic.h>

#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/work.h"
#include "server/worker.h"

struct asked_work {
	struct http_request *req; /* NULL: the client has left */
	atomic_bool is_gone;      /* the same, for the thread */
	const struct asked_work_ops *ops;
	void *arg;
	struct db_call *call;
	char *text; /* the database's object, until it is worked on */
	struct error err;
};

static void asked_work_free(struct asked_work *asked)
{
	asked->ops->end(asked->arg);
	mem_free(asked->text);
	mem_free(asked);
}

/* While the database is asked nothing else holds it. */
static void asked_work_abandon(void *arg)
{
	struct asked_work *asked = arg;

	if (asked->call) {
		db_cancel(asked->call);
		asked_work_free(asked);
		return;
	}
	atomic_store(&asked->is_gone, true);
	asked->req = NULL;
}

static void asked_work_on_done(void *arg)
{
	struct asked_work *asked = arg;
	struct http_request *req = asked->req;

	if (req) {
		http_on_close(req, NULL, NULL);
		if (asked->err.code != ERR_NONE)
			http_reply_error(req, &asked->err);
		else
			asked->ops->answer(req, asked->arg);
	}
	asked_work_free(asked);
}

static void asked_work_do(void *arg)
{
	struct asked_work *asked = arg;

	/* before it began: nobody waits for it */
	if (!atomic_load(&asked->is_gone))
		asked->ops->work(asked->text, asked->arg, &asked->err);
}

void asked_work_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct asked_work *asked = arg;
	struct worker *worker = http_app(asked->req);
	struct error err = { 0 };

	asked->call = NULL;
	if (db_err)
		err = *db_err;
	else if (asked->ops->read(rows, &asked->text, asked->arg, &err) == 0)
		work_run(worker->compare_work, asked_work_do, asked_work_on_done, asked,
			&err);
	if (err.code != ERR_NONE) {
		http_on_close(asked->req, NULL, NULL);
		http_reply_error(asked->req, &err);
		asked_work_free(asked);
	}
}

struct asked_work *asked_work_new(
	struct http_request *req, const struct asked_work_ops *ops, void *arg)
{
	struct asked_work *asked = mem_new(sizeof(*asked));

	asked->req = req;
	asked->ops = ops;
	asked->arg = arg;
	http_on_close(req, asked_work_abandon, asked);
	return asked;
}

void asked_work_begin(struct asked_work *asked, struct db_call *call)
{
	asked->call = call;
}
