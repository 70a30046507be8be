#include "lib/text_model.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/text_model_private.h"

/* Another arrangement of the bytes, other features or another byte order is another
 * number. */
#define MODEL_MARK 0x53504d31u
#define MODEL_FEATURES_MAX 4000000

struct head {
	uint32_t mark, n_groups, n_features, n_labels[TEXT_MODEL_GROUPS_MAX];
	double sharpness[TEXT_MODEL_GROUPS_MAX];
};

struct text_model *text_model_new(
	const unsigned *n_labels, unsigned n_groups, size_t n_features)
{
	struct text_model *model = mem_new(sizeof(*model));

	model->n_groups = n_groups;
	for (unsigned i = 0; i < n_groups; i++) {
		model->n_labels[i] = n_labels[i];
		model->n_columns += n_labels[i];
		model->sharpness[i] = 1;
	}
	model->n_features = n_features;
	model->ids = mem_new((n_features + 1) * sizeof(*model->ids));
	model->weights = mem_new((n_features + 1) * sizeof(*model->weights));
	model->bias = mem_new((model->n_columns + 1) * sizeof(*model->bias));
	model->scale = mem_new((model->n_columns + 1) * sizeof(*model->scale));
	model->columns = mem_new(n_features * model->n_columns + 1);
	return model;
}

void text_model_free(struct text_model *model)
{
	if (!model)
		return;
	mem_free(model->ids);
	mem_free(model->weights);
	mem_free(model->bias);
	mem_free(model->scale);
	mem_free(model->columns);
	mem_free(model);
}

unsigned text_model_labels(const struct text_model *model, unsigned group)
{
	return group < model->n_groups ? model->n_labels[group] : 0;
}

unsigned text_model_column(const struct text_model *model, unsigned group)
{
	unsigned column = 0;

	for (unsigned i = 0; i < group; i++)
		column += model->n_labels[i];
	return column;
}

/* ---- as bytes: the head, then the arrays one after the other ---- */

struct part {
	void *bytes;
	size_t n;
};

static void parts_of(const struct text_model *model, struct part ret[5])
{
	size_t n = model->n_features, columns = model->n_columns;

	ret[0] = (struct part){ model->ids, n * sizeof(*model->ids) };
	ret[1] = (struct part){ model->weights, n * sizeof(*model->weights) };
	ret[2] = (struct part){ model->bias, columns * sizeof(*model->bias) };
	ret[3] = (struct part){ model->scale, columns * sizeof(*model->scale) };
	ret[4] = (struct part){ model->columns, n * columns };
}

void *text_model_save(
	const struct text_model *model, struct arena *arena, size_t *ret_size)
{
	struct head head = { .mark = MODEL_MARK,
		.n_groups = model->n_groups,
		.n_features = (uint32_t)model->n_features };
	struct part parts[5];
	size_t size = sizeof(head);
	char *bytes, *to;

	for (unsigned i = 0; i < model->n_groups; i++) {
		head.n_labels[i] = model->n_labels[i];
		head.sharpness[i] = model->sharpness[i];
	}
	parts_of(model, parts);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		size += parts[i].n;
	bytes = to = arena_alloc(arena, size);
	memcpy(to, &head, sizeof(head));
	to += sizeof(head);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		memcpy(to, parts[i].bytes, parts[i].n);
		to += parts[i].n;
	}
	*ret_size = size;
	return bytes;
}

static bool head_is_sound(const struct head *head)
{
	size_t columns = 0;

	if (head->mark != MODEL_MARK || head->n_groups == 0 ||
		head->n_groups > TEXT_MODEL_GROUPS_MAX ||
		head->n_features > MODEL_FEATURES_MAX)
		return false;
	for (unsigned i = 0; i < head->n_groups; i++) {
		if (head->n_labels[i] == 0 || !isfinite(head->sharpness[i]) ||
			head->n_labels[i] > TEXT_MODEL_LABELS_MAX)
			return false;
		columns += head->n_labels[i];
	}
	return columns <= TEXT_MODEL_LABELS_MAX;
}

struct text_model *text_model_load(const void *bytes, size_t n, struct error *err)
{
	const char *from = bytes;
	struct text_model *model;
	struct head head;
	struct part parts[5];
	size_t size = sizeof(head);

	if (n >= sizeof(head))
		memcpy(&head, from, sizeof(head));
	if (n < sizeof(head) || !head_is_sound(&head)) {
		error_set(err, ERR_INVALID, "no model of this version");
		return NULL;
	}
	model = text_model_new(head.n_labels, head.n_groups, head.n_features);
	memcpy(model->sharpness, head.sharpness, sizeof(head.sharpness));
	parts_of(model, parts);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		size += parts[i].n;
	if (size != n) {
		error_set(err, ERR_INVALID, "a model that was cut off");
		text_model_free(model);
		return NULL;
	}
	from += sizeof(head);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		memcpy(parts[i].bytes, from, parts[i].n);
		from += parts[i].n;
	}
	return model;
}

/* ---- asked ---- */

/* The first of the ids from low on that is not below id. */
static size_t id_find(const struct text_model *model, uint64_t id, size_t low)
{
	size_t high = model->n_features;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (model->ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t text_model_known(const struct text_model *model, const struct text_words *words,
	struct text_known *ret)
{
	double length = 0;
	size_t n = 0, low = 0;

	/* Both ascend, so that each search begins where the last one ended. */
	for (size_t i = 0; i < words->n_features; i++) {
		uint64_t id = words->features[i].id;

		low = id_find(model, id, low);
		if (low == model->n_features || model->ids[low] != id)
			continue;
		ret[n++] = (struct text_known){ .feature = low,
			.value = model->weights[low],
			.word = words->features[i].word };
		length += (double)model->weights[low] * model->weights[low];
	}
	for (size_t i = 0; i < n; i++)
		ret[i].value /= sqrt(length);
	return n;
}

static struct text_known *known_new(const struct text_words *words)
{
	return mem_new((words->n_features + 1) * sizeof(struct text_known));
}

void text_model_scores(const struct text_model *model, const struct text_words *words,
	unsigned group, double *ret)
{
	unsigned first = text_model_column(model, group);
	struct text_known *known = known_new(words);
	size_t n = text_model_known(model, words, known);

	for (unsigned k = 0; k < model->n_labels[group]; k++)
		ret[k] = 0;
	for (size_t i = 0; i < n; i++) {
		const int8_t *column =
			model->columns + known[i].feature * model->n_columns + first;

		for (unsigned k = 0; k < model->n_labels[group]; k++)
			ret[k] += known[i].value * column[k];
	}
	for (unsigned k = 0; k < model->n_labels[group]; k++)
		ret[k] = ret[k] * model->scale[first + k] + model->bias[first + k];
	mem_free(known);
}

static int by_probability(const void *a, const void *b)
{
	const struct text_guess *one = a, *other = b;

	if (one->probability != other->probability)
		return one->probability > other->probability ? -1 : 1;
	return (one->label > other->label) - (one->label < other->label);
}

size_t text_model_guess(const struct text_model *model, const struct text_words *words,
	unsigned group, struct text_guess *ret, size_t n)
{
	struct text_guess all[TEXT_MODEL_LABELS_MAX];
	double scores[TEXT_MODEL_LABELS_MAX], highest = -HUGE_VAL, sum = 0;
	unsigned n_labels = model->n_labels[group];

	text_model_scores(model, words, group, scores);
	for (unsigned k = 0; k < n_labels; k++)
		highest = fmax(highest, scores[k]);
	for (unsigned k = 0; k < n_labels; k++) {
		all[k].label = k;
		all[k].probability =
			exp((scores[k] - highest) * model->sharpness[group]);
		sum += all[k].probability;
	}
	qsort(all, n_labels, sizeof(*all), by_probability);
	n = n < n_labels ? n : n_labels;
	for (size_t k = 0; k < n; k++) {
		ret[k] = all[k];
		ret[k].probability /= sum;
	}
	return n;
}

/* ---- why ---- */

static size_t highest_of(const double *values, size_t n)
{
	size_t highest = 0;

	for (size_t i = 1; i < n; i++) {
		if (values[i] > values[highest])
			highest = i;
	}
	return highest;
}

size_t text_model_reasons(const struct text_model *model,
	const struct text_words *words, struct text_label label, size_t *ret, size_t n)
{
	size_t column = text_model_column(model, label.group) + label.label, n_ret = 0;
	struct text_known *known = known_new(words);
	double *said = mem_new((words->n_words + 1) * sizeof(*said)), least = 0;
	size_t n_known = text_model_known(model, words, known);

	for (size_t i = 0; i < n_known; i++)
		said[known[i].word] +=
			known[i].value *
			model->columns[known[i].feature * model->n_columns + column];
	while (n_ret < n && words->n_words > 0) {
		size_t most = highest_of(said, words->n_words);

		if (said[most] <= 0 || said[most] < least)
			break;
		least = said[most] / 4 > least ? said[most] / 4 : least;
		ret[n_ret++] = most;
		said[most] = 0;
	}
	mem_free(said);
	mem_free(known);
	return n_ret;
}
