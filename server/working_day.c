#include "server/working_day.h"

#include "lib/base.h"
#include "lib/error.h"
#include "server/day.h"

#define YEAR_FOREVER 9999

/* Meeus, Astronomical Algorithms, chapter 8. */
int32_t working_day_easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4;
	int f = (b + 8) / 25, g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30;
	int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;

	return day_from_civil(year, n / 31, n % 31 + 1);
}

/* The same date each year, in the years the rule was in force. */
static const struct {
	int month, day;
	int first_year, last_year;
	const char *name;
} fixed[] = {
	{ 1, 1, 0, YEAR_FOREVER, "nyårsdagen" },
	{ 1, 6, 0, YEAR_FOREVER, "trettondedag jul" },
	/* Moved to the nearest Sunday by the reform of 1953, as midsummer was to a
	 * Saturday; All Saints' had been a Sunday since 1772 and became a Saturday. */
	{ 3, 25, 0, 1952, "jungfru Marie bebådelsedag" },
	{ 5, 1, 1939, YEAR_FOREVER, "första maj" },
	{ 6, 6, 2005, YEAR_FOREVER, "nationaldagen" },
	{ 6, 23, 0, 1952, "midsommarafton" },
	{ 6, 24, 0, 1952, "midsommardagen" },
	{ 12, 24, 0, YEAR_FOREVER, "julafton" },
	{ 12, 25, 0, YEAR_FOREVER, "juldagen" },
	{ 12, 26, 0, YEAR_FOREVER, "annandag jul" },
	{ 12, 31, 0, YEAR_FOREVER, "nyårsafton" },
};

/* Days after Easter Day. */
static const struct {
	int days;
	int last_year;
	const char *name;
} by_easter[] = {
	{ -2, YEAR_FOREVER, "långfredagen" }, { 0, YEAR_FOREVER, "påskdagen" },
	{ 1, YEAR_FOREVER, "annandag påsk" },
	{ 39, YEAR_FOREVER, "Kristi himmelsfärdsdag" },
	{ 49, YEAR_FOREVER, "pingstdagen" },
	{ 50, 2004, "annandag pingst" }, /* given up for nationaldagen, SFS 2004:1320 */
};

/* A weekday within the seven days that begin at a date, since the reform of 1953. */
static const struct {
	int month, day;
	enum day_weekday weekday;
	const char *name;
} by_week[] = {
	{ 6, 19, DAY_FRIDAY, "midsommarafton" },
	{ 6, 20, DAY_SATURDAY, "midsommardagen" },
	{ 10, 31, DAY_SATURDAY, "alla helgons dag" },
};

static const char *closed_fixed(struct day_civil civil)
{
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		if (fixed[i].month == civil.month && fixed[i].day == civil.day &&
			civil.year >= fixed[i].first_year &&
			civil.year <= fixed[i].last_year)
			return fixed[i].name;
	}
	return NULL;
}

static const char *closed_by_easter(int32_t day, struct day_civil civil)
{
	int32_t easter;

	/* Good Friday is 20 March at the earliest, Whit Monday 14 June at the latest.
	 */
	if (civil.month < 3 || civil.month > 6)
		return NULL;
	easter = working_day_easter(civil.year);
	for (size_t i = 0; i < ARRAY_LEN(by_easter); i++) {
		if (day == easter + by_easter[i].days &&
			civil.year <= by_easter[i].last_year)
			return by_easter[i].name;
	}
	return NULL;
}

static const char *closed_by_week(int32_t day, struct day_civil civil)
{
	if (civil.year < 1953)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(by_week); i++) {
		int32_t first =
			day_from_civil(civil.year, by_week[i].month, by_week[i].day);

		if (day >= first && day < first + 7 &&
			day_weekday(day) == by_week[i].weekday)
			return by_week[i].name;
	}
	return NULL;
}

const char *working_day_closed(int32_t day)
{
	struct day_civil civil = day_to_civil(day);
	const char *name = closed_fixed(civil);

	if (!name)
		name = closed_by_easter(day, civil);
	if (!name)
		name = closed_by_week(day, civil);
	if (!name && day_weekday(day) == DAY_SATURDAY)
		name = "lördag";
	if (!name && day_weekday(day) == DAY_SUNDAY)
		name = "söndag";
	return name;
}

static const struct working_day_exception *exception_find(
	int32_t day, const struct working_day_exceptions *exceptions)
{
	size_t low = 0, high = exceptions ? exceptions->n : 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (exceptions->items[mid].day == day)
			return &exceptions->items[mid];
		if (exceptions->items[mid].day < day)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

bool working_day_is(int32_t day, const struct working_day_exceptions *exceptions)
{
	const struct working_day_exception *exception = exception_find(day, exceptions);

	if (exception)
		return exception->open;
	return !working_day_closed(day);
}

static bool in_range(int32_t day)
{
	return day >= day_from_civil(WORKING_DAY_FIRST_YEAR, 1, 1) &&
	       day <= day_from_civil(WORKING_DAY_LAST_YEAR, 12, 31);
}

int working_day_add(int32_t from, int n,
	const struct working_day_exceptions *exceptions, int32_t *ret,
	struct error *err)
{
	int32_t day = from;

	if (n < 0)
		return error_set(err, ERR_INVALID, "the number of days is negative");
	for (int left = n; left > 0 && in_range(day);) {
		day++;
		if (working_day_is(day, exceptions))
			left--;
	}
	if (!in_range(from) || !in_range(day))
		return error_set(err, ERR_INVALID,
			"working days are known for %d to %d only",
			WORKING_DAY_FIRST_YEAR, WORKING_DAY_LAST_YEAR);
	*ret = day;
	return 0;
}

int working_day_count(
	int32_t from, int32_t to, const struct working_day_exceptions *exceptions)
{
	int n = 0;

	for (int32_t day = from; day < to;) {
		day++;
		if (working_day_is(day, exceptions))
			n++;
	}
	return n;
}

int32_t working_day_before(
	int32_t day, int most, const struct working_day_exceptions *exceptions)
{
	int32_t first = day - most;

	do
		day--;
	while (day > first && !working_day_is(day, exceptions));
	return day;
}
