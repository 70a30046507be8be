#include "lib/metrics.h"

#include <assert.h>
#include <event2/buffer.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "lib/base.h"
#include "lib/shared.h"

/* Slots lie this far apart, or two processes would share a cache line. */
#define METRICS_LINE 64

/*
 * A slot is an array of cells. A counter or gauge has one; a histogram has one
 * for each bound, one for what is above them all, and one for the sum.
 */
struct metrics {
	const struct metrics_row *rows;
	size_t n;
	unsigned slots, slot; /* slot: of this process */
	size_t stride;        /* cells from slot to slot */
	size_t size;          /* bytes mapped */
	_Atomic int64_t *cells;
	size_t first[]; /* of each row, within a slot */
};

static size_t row_bounds(const struct metrics_row *row)
{
	size_t n = 0;

	while (n < METRICS_BOUNDS_MAX && row->bounds[n] != 0)
		n++;
	return n;
}

static size_t row_cells(const struct metrics_row *row)
{
	return row->kind == METRICS_HISTOGRAM ? row_bounds(row) + 2 : 1;
}

struct metrics *metrics_new(
	const struct metrics_row *rows, unsigned slots, struct error *err)
{
	struct metrics *metrics;
	size_t n = 0, cells = 0, line = METRICS_LINE / sizeof(int64_t);

	while (rows[n].name)
		n++;
	metrics = mem_new(sizeof(*metrics) + n * sizeof(metrics->first[0]));
	metrics->rows = rows;
	metrics->n = n;
	metrics->slots = slots;
	for (size_t i = 0; i < n; i++) {
		metrics->first[i] = cells;
		cells += row_cells(&rows[i]);
	}
	metrics->stride = (cells + line - 1) / line * line;
	metrics->size = slots * metrics->stride * sizeof(int64_t);
	metrics->cells = shared_map(metrics->size, err);
	if (!metrics->cells) {
		mem_free(metrics);
		return NULL;
	}
	return metrics;
}

void metrics_free(struct metrics *metrics)
{
	if (!metrics)
		return;
	shared_unmap((void *)metrics->cells, metrics->size);
	mem_free(metrics);
}

void metrics_use_slot(struct metrics *metrics, unsigned slot)
{
	assert(slot < metrics->slots);
	metrics->slot = slot;
}

static _Atomic int64_t *metrics_cell(
	const struct metrics *metrics, unsigned slot, size_t row)
{
	assert(row < metrics->n && slot < metrics->slots);
	return metrics->cells + slot * metrics->stride + metrics->first[row];
}

static void cell_add(_Atomic int64_t *cell, int64_t n)
{
	atomic_fetch_add_explicit(cell, n, memory_order_relaxed);
}

static int64_t metrics_total(const struct metrics *metrics, size_t row, size_t cell)
{
	int64_t total = 0;

	for (unsigned slot = 0; slot < metrics->slots; slot++)
		total += atomic_load_explicit(
			metrics_cell(metrics, slot, row) + cell, memory_order_relaxed);
	return total;
}

void metrics_reset_slot(struct metrics *metrics, unsigned slot)
{
	for (size_t row = 0; row < metrics->n; row++) {
		if (metrics->rows[row].kind == METRICS_GAUGE)
			atomic_store(metrics_cell(metrics, slot, row), 0);
	}
}

void metrics_add(struct metrics *metrics, size_t row, int64_t n)
{
	cell_add(metrics_cell(metrics, metrics->slot, row), n);
}

void metrics_set(struct metrics *metrics, size_t row, int64_t value)
{
	assert(metrics->rows[row].kind == METRICS_GAUGE);
	atomic_store_explicit(
		metrics_cell(metrics, metrics->slot, row), value, memory_order_relaxed);
}

void metrics_observe(struct metrics *metrics, size_t row, int64_t value)
{
	const struct metrics_row *r = &metrics->rows[row];
	_Atomic int64_t *cells = metrics_cell(metrics, metrics->slot, row);
	size_t n = row_bounds(r), i = 0;

	assert(r->kind == METRICS_HISTOGRAM);
	while (i < n && value > r->bounds[i])
		i++;
	cell_add(cells + i, 1);
	cell_add(cells + n + 1, value);
}

int64_t metrics_sum(const struct metrics *metrics, size_t row)
{
	const struct metrics_row *r = &metrics->rows[row];
	int64_t total = 0;

	if (r->kind != METRICS_HISTOGRAM)
		return metrics_total(metrics, row, 0);
	for (size_t i = 0; i <= row_bounds(r); i++)
		total += metrics_total(metrics, row, i);
	return total;
}

static void print_value(
	const struct metrics_row *row, int64_t value, struct evbuffer *out)
{
	if (row->scale == 0 || row->scale == 1)
		evbuffer_add_printf(out, "%" PRId64, value);
	else
		evbuffer_add_printf(out, "%.12g", (double)value * row->scale);
}

static void print_plain(const struct metrics *metrics, size_t i, struct evbuffer *out)
{
	const struct metrics_row *row = &metrics->rows[i];

	if (row->labels)
		evbuffer_add_printf(out, "%s{%s} ", row->name, row->labels);
	else
		evbuffer_add_printf(out, "%s ", row->name);
	print_value(row, metrics_total(metrics, i, 0), out);
	evbuffer_add(out, "\n", 1);
}

/* Buckets count what is at or below their bound, so each includes the last. */
static void print_buckets(const struct metrics *metrics, size_t i, struct evbuffer *out,
	int64_t *ret_count)
{
	const struct metrics_row *row = &metrics->rows[i];
	const char *labels = row->labels ? row->labels : "";
	size_t n = row_bounds(row);
	int64_t count = 0;

	for (size_t b = 0; b <= n; b++) {
		count += metrics_total(metrics, i, b);
		evbuffer_add_printf(out, "%s_bucket{%s%sle=\"", row->name, labels,
			*labels ? "," : "");
		if (b < n)
			print_value(row, row->bounds[b], out);
		else
			evbuffer_add(out, "+Inf", 4);
		evbuffer_add_printf(out, "\"} %" PRId64 "\n", count);
	}
	*ret_count = count;
}

static void print_histogram(
	const struct metrics *metrics, size_t i, struct evbuffer *out)
{
	const struct metrics_row *row = &metrics->rows[i];
	const char *open = row->labels ? "{" : "", *close = row->labels ? "}" : "";
	const char *labels = row->labels ? row->labels : "";
	int64_t count;

	print_buckets(metrics, i, out, &count);
	evbuffer_add_printf(out, "%s_sum%s%s%s ", row->name, open, labels, close);
	print_value(row, metrics_total(metrics, i, row_bounds(row) + 1), out);
	evbuffer_add_printf(out, "\n%s_count%s%s%s %" PRId64 "\n", row->name, open,
		labels, close, count);
}

void metrics_print(const struct metrics *metrics, struct evbuffer *out)
{
	static const char *const kinds[] = { "counter", "gauge", "histogram" };

	for (size_t i = 0; i < metrics->n; i++) {
		const struct metrics_row *row = &metrics->rows[i];

		if (i == 0 || strcmp(row->name, row[-1].name) != 0)
			evbuffer_add_printf(out, "# HELP %s %s\n# TYPE %s %s\n",
				row->name, row->help, row->name, kinds[row->kind]);
		if (row->kind == METRICS_HISTOGRAM)
			print_histogram(metrics, i, out);
		else
			print_plain(metrics, i, out);
	}
}
