#include "server/effect.h"

#include <math.h>

#define YEAR 12

/* Tables as likely as the one that was seen count too, however they were rounded. */
#define AS_LIKELY (1 + 1e-7)

/* Further out a table adds nothing that a double holds. */
#define NEGLIGIBLE 1e-18

static int at_most(int n, int most)
{
	return n < most ? n : most;
}

bool effect_windows(int start, int done, int now, struct effect_windows *ret)
{
	int since = now - done - 1, years = 1, lasted = done - start, room;

	if (since < EFFECT_MONTHS_LEAST)
		return false;
	/* The earlier pair's months "after" end before those "before" begin. */
	while (YEAR * years - lasted - 1 < 2 * EFFECT_MONTHS_LEAST)
		years++;
	room = (YEAR * years - lasted - 1) / 2;
	ret->months = at_most(at_most(since, room), EFFECT_MONTHS_MOST);
	ret->years_earlier = years;
	ret->after = done + 1;
	ret->before = start - ret->months;
	ret->after_earlier = ret->after - YEAR * years;
	ret->before_earlier = ret->before - YEAR * years;
	return true;
}

static double log_choose(double n, double k)
{
	return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* The table's first cell is x; its margins stand. */
struct margins {
	double row, other_row,
		column; /* sums of a row, the other row, the first column */
};

static double log_chance(const struct margins *m, double x)
{
	return log_choose(m->row, x) + log_choose(m->other_row, m->column - x) -
	       log_choose(m->row + m->other_row, m->column);
}

/* Chance of x + step against that of x. */
static double chance_ratio(const struct margins *m, double x, int step)
{
	if (step > 0)
		return (m->row - x) / (x + 1) * (m->column - x) /
		       (m->other_row - m->column + x + 1);
	return x / (m->row - x + 1) * (m->other_row - m->column + x) /
	       (m->column - x + 1);
}

/* The chances, beginning beside x, of those that are no more likely than most. */
static double side_sum(
	const struct margins *m, double x, int step, double chance, double most)
{
	double sum = 0;

	while (chance > NEGLIGIBLE) {
		chance *= chance_ratio(m, x, step);
		x += step;
		if (chance <= most)
			sum += chance;
	}
	return sum;
}

/* From the most likely table outwards, so that small chances are not what it begins
 * with. */
static double two_sided_p(const struct margins *m, double seen)
{
	double mode =
		floor((m->row + 1) * (m->column + 1) / (m->row + m->other_row + 2));
	double chance = exp(log_chance(m, mode));
	double most = exp(log_chance(m, seen)) * AS_LIKELY;
	double p = side_sum(m, mode, 1, chance, most) +
		   side_sum(m, mode, -1, chance, most);

	if (chance <= most)
		p += chance;
	return p < 1 ? p : 1;
}

static enum effect_verdict verdict_of(const struct effect *e, double after)
{
	if (e->p >= EFFECT_P)
		return EFFECT_NO_CHANGE;
	return after < e->expected ? EFFECT_HELPED : EFFECT_WORSE;
}

struct effect effect_judge(const struct effect_counts *c)
{
	const struct margins m = { .row = (double)(c->after + c->before),
		.other_row = (double)(c->after_earlier + c->before_earlier),
		.column = (double)(c->after + c->after_earlier) };
	struct effect e = { .verdict = EFFECT_NO_CHANGE };

	if (m.row < EFFECT_CASES_LEAST || m.other_row < EFFECT_CASES_LEAST ||
		c->before_earlier == 0 || c->before == 0) {
		e.few = true;
		return e;
	}
	e.expected = (double)c->before * (double)c->after_earlier /
		     (double)c->before_earlier;
	e.ratio = e.expected > 0 ? (double)c->after / e.expected : 0;
	e.p = two_sided_p(&m, (double)c->after);
	e.verdict = verdict_of(&e, (double)c->after);
	return e;
}

const char *effect_verdict_code(enum effect_verdict verdict)
{
	static const char *const codes[] = {
		[EFFECT_TOO_EARLY] = "too-early",
		[EFFECT_NO_CHANGE] = "no-change",
		[EFFECT_HELPED] = "helped",
		[EFFECT_WORSE] = "worse",
	};

	return codes[verdict];
}
