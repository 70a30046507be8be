/*
 * push_out - tells devices that there is something new in a case, on the job worker's
 * loop: takes what is due, sends a message without content to the browser's push
 * service, marks how that went. What is told twice says nothing twice.
 *
 * An address that is on no host of the list any more is forgotten, not sent to.
 */
#ifndef SYNPUNKT_SERVER_PUSH_OUT_H
#define SYNPUNKT_SERVER_PUSH_OUT_H

struct db_pool;
struct error;
struct event_base;
struct metrics;
struct options;
struct push_out;

struct push_out_config {
	struct event_base *base;
	struct db_pool *pool; /* as synpunkt_job */
	const struct options *options;
	struct metrics *metrics;
};

/* Reads the key. NULL with ERR_INVALID when a setting cannot be used. Without
 * SYNPUNKT_PUSH_KEY_FILE it does nothing. */
struct push_out *push_out_new(const struct push_out_config *config, struct error *err);
/* What is under way is forgotten: it is sent again when its lease has ended. NULL is
 * fine. */
void push_out_free(struct push_out *out);

#endif
