/*
 * order_out - does what orders to contractors have to be done about, in the job worker:
 * sends, asks how it goes, takes back, each by the contractor's way (order_way.h).
 */
#ifndef SYNPUNKT_SERVER_ORDER_OUT_H
#define SYNPUNKT_SERVER_ORDER_OUT_H

struct db_pool;
struct error;
struct event_base;
struct metrics;
struct options;
struct order_out;

struct order_out_config {
	struct event_base *base;
	struct db_pool *pool; /* as synpunkt_job */
	const struct options *options;
	const unsigned char *secret; /* the server's */
	struct metrics *metrics;
};

struct order_out *order_out_new(
	const struct order_out_config *config, struct error *err);
/* What is under way is forgotten; when its lease has ended, what may have arrived is a
 * person's to ask about. NULL is fine. */
void order_out_free(struct order_out *out);

#endif
