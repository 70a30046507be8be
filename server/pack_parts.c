#include "server/pack_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "server/pack.h"

const int pack_bins[PACK_BINS] = { 0, 1, 3, 6, 11, 21, 41 };
const char *const pack_buckets[PACK_BUCKETS] = { "0", "6", "11", "21", "41" };

bool pack_is_own_total(const char *part, const char *col)
{
	return !strcmp(part, "whole") && strcmp(col, "from_child") != 0;
}

const char *pack_area(const struct pack *pack, const char *category)
{
	const json_t *names = json_object_get(pack_body(pack), "names");
	const char *area = json_string_value(
		json_object_get(json_object_get(names, "categoryArea"), category));

	return area ? area : "";
}

static void add(struct pack *pack, const struct pack_key *key, int64_t n)
{
	struct pack_figure figure =
		pack_get(pack, key->month, key->part, key->item, key->col);

	figure.n += n;
	figure.known = true;
	pack_put(pack, key, &figure);
}

static int64_t received(const struct pack *pack, const char *month, const char *item)
{
	return pack_get(pack, month, "category", item, "received").n;
}

static void areas_make(struct pack *pack, const char *month)
{
	const char *item;
	json_t *unused;

	json_object_foreach((json_t *)pack_items(pack, "category"), item, unused)
		add(pack,
			&(struct pack_key){
				month, PACK_AREA, pack_area(pack, item), "received" },
			received(pack, month, item));
}

static void complaints_make(struct pack *pack, const char *month)
{
	const char *item;
	json_t *unused;

	json_object_foreach((json_t *)pack_items(pack, "category"), item, unused)
	{
		int64_t n = pack_get(pack, month, "category-type", item, "complaint").n;

		add(pack,
			&(struct pack_key){ month, PACK_COMPLAINTS, item, "complaint" },
			n);
		add(pack, &(struct pack_key){ month, PACK_COMPLAINTS, item, "other" },
			received(pack, month, item) - n);
	}
}

static void buckets_make(struct pack *pack, const char *month)
{
	const char *unit;
	json_t *unused;

	for (size_t i = 0; i < PACK_BUCKETS; i++) {
		add(pack,
			&(struct pack_key){ month, PACK_BUCKET, pack_buckets[i], "n" },
			0);
		json_object_foreach(
			(json_t *)pack_items(pack, "stock"), unit, unused) add(pack,
			&(struct pack_key){ month, PACK_BUCKET, pack_buckets[i], "n" },
			pack_get(pack, month, "stock", unit, pack_buckets[i]).n);
	}
}

static int bin_of(long days)
{
	int bin = 0;

	for (int i = 1; i < PACK_BINS; i++) {
		if (days >= pack_bins[i])
			bin = i;
	}
	return bin;
}

static void bins_make(
	struct pack *pack, const char *month, const char *from, const char *part)
{
	const char *days;
	json_t *unused;
	char bin[12];

	for (int i = 0; i < PACK_BINS; i++) {
		snprintf(bin, sizeof(bin), "%d", pack_bins[i]);
		add(pack, &(struct pack_key){ month, part, bin, "n" }, 0);
	}
	json_object_foreach((json_t *)pack_items(pack, from), days, unused)
	{
		snprintf(bin, sizeof(bin), "%d",
			pack_bins[bin_of(strtol(days, NULL, 10))]);
		add(pack, &(struct pack_key){ month, part, bin, "n" },
			pack_get(pack, month, from, days, "n").n);
	}
}

static void month_make(struct pack *pack, const char *month)
{
	areas_make(pack, month);
	complaints_make(pack, month);
	buckets_make(pack, month);
	bins_make(pack, month, "handling-days", PACK_HANDLING_BIN);
	bins_make(pack, month, "answer-days", PACK_ANSWER_BIN);
}

void pack_parts_make(struct pack *pack)
{
	char month[PACK_MONTH];

	month_make(pack, pack_month(pack));
	if (pack_last_year(pack))
		month_make(pack, pack_last_year(pack));
	for (int i = 1; i <= PACK_HISTORY; i++) {
		pack_month_step(pack, -i, month);
		if (!pack_last_year(pack) || strcmp(month, pack_last_year(pack)) != 0)
			areas_make(pack, month);
	}
}
