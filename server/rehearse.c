#include "server/rehearse.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/city.h"
#include "server/day.h"
#include "server/route_guess.h"
#include "server/route_rule.h"

void rehearse_init(struct rehearse *rehearse, const struct city *city, int32_t day,
	struct arena *arena)
{
	const struct city_rules *now = city_rules_on(city, day);

	*rehearse = (struct rehearse){
		.city = city,
		.day = day,
		.arena = arena,
		.version_before = now ? now->version : 0,
		.before = now && !now->is_unreadable ? &now->set : NULL,
		.below = INT64_MAX,
	};
	rehearse_sum_init(&rehearse->sum, arena);
}

int rehearse_rules(
	struct rehearse *rehearse, const char *rules, size_t n, struct error *err)
{
	return rule_set_parse(rules, n, rehearse->arena, &rehearse->then, err);
}

bool rehearse_asks_areas(const struct rehearse *rehearse)
{
	return rehearse->then.asks_areas ||
	       (rehearse->before && rehearse->before->asks_areas);
}

/* ---- one case ---- */

/* What was chosen is told since a rule could set it; of older cases it is what a rule
 * of that name would have left alone. */
static const char *chosen(const struct rehearse *rehearse, const char *const *row)
{
	const char *category = row[REHEARSE_CATEGORY],
		   *is_chosen = row[REHEARSE_IS_CHOSEN];

	if (!category || (is_chosen && is_chosen[0] == 't'))
		return category;
	return rule_would_set(rehearse->before, row[REHEARSE_RULE], category)
		       ? NULL
		       : category;
}

/* NULL: none, or none that is sure enough on the day. */
static const char *guessed(const struct rehearse *rehearse, const char *const *row)
{
	const char *percent = row[REHEARSE_PERCENT];

	return rehearse->set_from > 0 && percent &&
			       strtol(percent, NULL, 10) >= rehearse->set_from
		       ? row[REHEARSE_GUESS]
		       : NULL;
}

static void decide(const struct rehearse *rehearse,
	const struct route_guessing *guessing, struct arena *arena,
	struct route_outcome *ret)
{
	route_decide(rehearse->city, guessing->rules, guessing->query, arena, ret);
	route_guess(rehearse->city, guessing, arena, ret);
}

void rehearse_case(
	struct rehearse *rehearse, const char *const row[static REHEARSE_COLUMNS])
{
	struct arena *arena = arena_new();
	struct route_words words = { 0 };
	struct route_query query = {
		.category = chosen(rehearse, row),
		.type = row[REHEARSE_TYPE],
		.district = row[REHEARSE_DISTRICT],
		.unit = row[REHEARSE_UNIT],
		.channel = row[REHEARSE_CHANNEL],
		.text = row[REHEARSE_BODY],
		.from_child = row[REHEARSE_FROM_CHILD][0] == 't',
		.date = rehearse->day,
		.areas = route_areas_read(row[REHEARSE_AREAS], arena),
		.language = row[REHEARSE_LANGUAGE],
		.mailbox = row[REHEARSE_MAILBOX],
		.addressed = row[REHEARSE_ADDRESSED],
		.is_taken = !strcmp(row[REHEARSE_TYPE], "deviation"),
		.words = &words,
		.without_because = true,
	};
	struct route_guessing guessing = { .query = &query,
		.guessed = guessed(rehearse, row) };
	struct route_outcome before, then;

	/* A day of the database's is one; if not, the season is of the other day. */
	if (day_parse(row[REHEARSE_RECEIVED_ON], &query.season_on, NULL) < 0)
		query.season_on = rehearse->day;
	guessing.rules = rehearse->before;
	decide(rehearse, &guessing, arena, &before);
	guessing.rules = &rehearse->then;
	decide(rehearse, &guessing, arena, &then);
	rehearse->below = strtoll(row[REHEARSE_ID], NULL, 10);
	rehearse_sum_add(&rehearse->sum, rehearse->below,
		(int)strtol(row[REHEARSE_YEAR], NULL, 10), &before, &then);
	arena_free(arena);
}

/* ---- told ---- */

static json_t *moves_json(const struct rehearse_sum *sum)
{
	json_t *list = json_array();

	for (size_t i = 0; i < sum->n_moves; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:I}", "from",
				      sum->boards[sum->moves[i].from].board, "to",
				      sum->boards[sum->moves[i].to].board, "n",
				      (json_int_t)sum->moves[i].n));
	return list;
}

static json_t *load_json(const struct rehearse_sum *sum, const struct city *city)
{
	json_t *list = json_array();

	for (size_t i = 0; i < sum->n_boards; i++)
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:I, s:I}", "board", sum->boards[i].board,
				"name", city_board_name(city, sum->boards[i].board),
				"now", (json_int_t)sum->boards[i].now, "then",
				(json_int_t)sum->boards[i].then));
	return list;
}

json_t *rehearse_result(struct rehearse *rehearse)
{
	struct rehearse_sum *sum = &rehearse->sum;

	rehearse_sum_sort(sum);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "cases",
		(json_int_t)sum->cases, "elsewhere", (json_int_t)sum->elsewhere,
		"otherwise", (json_int_t)sum->otherwise, "failed",
		(json_int_t)sum->failed, "versionBefore",
		(json_int_t)rehearse->version_before, "moves", moves_json(sum), "load",
		load_json(sum, rehearse->city));
}

static json_t *sample_json(size_t move, const struct rehearse_sample *sample)
{
	return json_pack("{s:I, s:I, s:i, s:s?, s:s, s:s}", "move", (json_int_t)move,
		"id", (json_int_t)sample->id, "year", sample->year, "category",
		sample->category, "rule", sample->rule, "ruleBefore",
		sample->rule_before);
}

json_t *rehearse_samples(const struct rehearse *rehearse)
{
	const struct rehearse_sum *sum = &rehearse->sum;
	json_t *list = json_array();

	for (size_t i = 0; i < sum->n_moves; i++) {
		for (size_t j = 0; j < sum->moves[i].n_samples; j++)
			json_array_append_new(
				list, sample_json(i, &sum->moves[i].samples[j]));
	}
	return list;
}
