/*
 * order_way - how orders reach a contractor: one interface, and an implementation of
 * it for each way. A task is one attempt, in the job worker; each of the functions
 * ends it once, now or later, by order_task_end() or order_task_post().
 */
#ifndef SYNPUNKT_SERVER_ORDER_WAY_H
#define SYNPUNKT_SERVER_ORDER_WAY_H

#include <stdbool.h>

struct https_client;
struct out_job;

/* What the ways need of the worker. */
struct order_tools {
	const unsigned char *secret; /* the server's */
	struct https_client *client;
};

/* Texts are the job's arena's; NULL where there is none. */
struct order_task {
	struct out_job *job;
	const struct order_tools *tools;
	const char *task; /* "send", "look", "recall" */
	const char *contractor, *url, *jurisdiction, *sealed;
	bool takes_keys;
	bool reads_keyed; /* shows a request to its key alone */
	const char *ref, *service_code, *number, *subject, *words, *address;
	const char *answers; /* to what the service asks: "code=answer", one a line */
	const char *lat, *lon, *remote_id, *remote_token, *recall_words;
	const char *outcome, *why; /* how it ended */
	char *form;                /* what is sent, the way's own */
};

/* As synpunkt_order.finish() has them. Copied. */
struct order_outcome {
	const char *outcome; /* "sent", "open", "done", "told", "later", "refused",
				"unsure", "lies" */
	const char *why;     /* a code, or NULL */
	const char *id, *token, *words; /* of the contractor, or NULL */
};

void order_task_end(struct order_task *task, const struct order_outcome *outcome);
/* A letter does the rest: it is put into the outbox. hash: of the page's token, or
 * NULL. */
void order_task_post(struct order_task *task, const char *kind, const char *hash);

struct order_way {
	const char *code;
	void (*send)(struct order_task *task);
	void (*look)(struct order_task *task);   /* NULL: it says by itself */
	void (*recall)(struct order_task *task); /* NULL: a person tells it */
};

/* A letter with a link to the order's page; and the link alone, which a colleague hands
 * on. */
extern const struct order_way order_way_mail, order_way_link;
/* GeoReport v2, spoken to a server of the contractor's. */
extern const struct order_way order_way_open311;

#endif
