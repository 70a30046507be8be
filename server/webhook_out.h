/*
 * webhook_out - sends what migrations/0076_webhook.sql has to tell other systems, in
 * the job worker.
 */
#ifndef SYNPUNKT_SERVER_WEBHOOK_OUT_H
#define SYNPUNKT_SERVER_WEBHOOK_OUT_H

struct db_pool;
struct error;
struct event_base;
struct options;
struct webhook_out;

struct webhook_out_config {
	struct event_base *base;
	struct db_pool *pool; /* as synpunkt_job */
	const struct options *options;
	const unsigned char *secret; /* the server's */
};

struct webhook_out *webhook_out_new(
	const struct webhook_out_config *config, struct error *err);
/* What is under way is forgotten: it is sent again when its lease has ended. NULL is
 * fine. */
void webhook_out_free(struct webhook_out *out);

#endif
