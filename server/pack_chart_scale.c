#include <math.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/text_format.h"
#include "server/pack_chart_private.h"

#define MINUS "−"

/* 1, 2, 5, 10, 20, …: the first that is at least so much. Never below 1, for all that
 * is drawn is counted in wholes. */
static double round_step(double least)
{
	static const double factors[] = { 1, 2, 5, 10 };
	double power = least > 1 ? pow(10, floor(log10(least))) : 1;

	for (size_t i = 0; i < sizeof(factors) / sizeof(*factors); i++)
		if (factors[i] * power >= least)
			return factors[i] * power;
	return 10 * power;
}

struct chart_scale chart_scale_make(double low, double high, int ticks)
{
	struct chart_scale scale;

	low = low < 0 ? low : 0;
	high = high > 0 ? high : 0;
	scale.step = round_step((high - low) / ticks);
	scale.low = floor(low / scale.step) * scale.step;
	scale.high = ceil(high / scale.step) * scale.step;
	if (scale.high <= scale.low)
		scale.high = scale.low + scale.step;
	return scale;
}

double chart_scale_at(const struct chart_scale *scale, double n)
{
	double at = (n - scale->low) / (scale->high - scale->low);

	return fmin(fmax(at, 0), 1);
}

const char *chart_number(const struct chart *c, double n)
{
	const char *digits = arena_printf(c->arena, "%.0f", fabs(n));
	size_t whole = strlen(digits);
	size_t head = whole % 3 ? whole % 3 : 3;
	const char *text;

	text = arena_printf(
		c->arena, "%s%.*s", n <= -0.5 ? MINUS : "", (int)head, digits);
	for (size_t i = head; i < whole; i += 3)
		text = arena_printf(
			c->arena, "%s%s%.3s", text, c->words->thousands, digits + i);
	return text;
}

const char *chart_percent(const struct chart *c, double n)
{
	return text_format(
		c->arena, c->words->percent, TEXT_VALUES({ "n", chart_number(c, n) }));
}
