/*
 * metrics - counters, gauges and histograms of all processes, as Prometheus text.
 *
 * The table of metrics is data; a metric is named by its index in it. Each process
 * writes to a slot of its own; reading adds the slots up. Adding is one atomic
 * instruction, also from work threads.
 */
#ifndef SYNPUNKT_LIB_METRICS_H
#define SYNPUNKT_LIB_METRICS_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct evbuffer;
struct metrics;

#define METRICS_BOUNDS_MAX 16

enum metrics_kind {
	METRICS_COUNTER,
	METRICS_GAUGE,
	METRICS_HISTOGRAM,
};

/* Rows of one name must be neighbours and differ in labels only. */
struct metrics_row {
	const char *name; /* "http_requests_total"; NULL ends the table */
	enum metrics_kind kind;
	const char *help;
	const char *labels; /* "status=\"2xx\"", without braces; NULL: none */
	double scale;       /* printed value = scale * integer; 0 is 1 (µs: 1e-6) */
	int64_t bounds[METRICS_BOUNDS_MAX]; /* HISTOGRAM: rising, ended by 0 */
};

/* Before the fork. Slots are 0 to slots - 1; this process writes to slot 0. */
struct metrics *metrics_new(
	const struct metrics_row *rows, unsigned slots, struct error *err);
void metrics_free(struct metrics *metrics); /* NULL is fine; for this process only */

/* After the fork, in the child: from now on this process writes to `slot`. */
void metrics_use_slot(struct metrics *metrics, unsigned slot);
/* The process of that slot has died: its gauges are zero again, counters stay. */
void metrics_reset_slot(struct metrics *metrics, unsigned slot);

void metrics_add(struct metrics *metrics, size_t row, int64_t n);
void metrics_set(struct metrics *metrics, size_t row, int64_t value); /* a gauge */
void metrics_observe(struct metrics *metrics, size_t row, int64_t value);

/* Of a histogram: how many were observed. */
int64_t metrics_sum(const struct metrics *metrics, size_t row);

/* Text exposition format 0.0.4. */
void metrics_print(const struct metrics *metrics, struct evbuffer *out);

#endif
