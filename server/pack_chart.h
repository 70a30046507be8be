/*
 * pack_chart - a table of the monthly pack as a picture: SVG that stands in the page,
 * on paper and in print. The table is what counts; the picture keeps it company and
 * shows no number that the table hides.
 *
 * A pure function of its table: no request, no database, no clock. What is hidden
 * ("few", "withheld") is a hatched mark of one size, so that nobody can measure it.
 */
#ifndef SYNPUNKT_SERVER_PACK_CHART_H
#define SYNPUNKT_SERVER_PACK_CHART_H

#include <jansson.h>

struct arena;

/* The words of pictures in the reader's language; {…} is filled in. */
struct pack_chart_words {
	const char *title;       /* "Diagram: {table}" */
	const char *most;        /* "Störst är {name}: {value}." */
	const char *least;       /* "Minst är {name}: {value}." */
	const char *value;       /* "{name}: {value}." */
	const char *cell;        /* "{row}, {column}" */
	const char *hidden;      /* "Dolt tal: märket visar inte hur stort" */
	const char *hidden_many; /* "{n} tal är dolda." */
	const char *median;      /* "Median {n}" */
	const char *same_scale;  /* "Samma skala i alla: 0 till {max}." */
	const char *own_scale;   /* "Varje bild har sin egen skala, från 0." */
	const char *percent;     /* "{n} %" */
	const char *thousands;   /* between groups of three figures */
	const char *months[12];  /* short: "jan" */
};

/* The text of a key, such as "chart.most". */
typedef const char *pack_chart_text_fn(const void *arg, const char *key);

/* Asks for each of the words by its key. The texts must live as long as ret. */
void pack_chart_words_fill(
	struct pack_chart_words *ret, pack_chart_text_fn *text, const void *arg);

/*
 * A piece of HTML, for a page and for weasyprint: one <svg>, or, for "multiples", a
 * <p> about the scale and one <svg> a row; a "heat" may stand in a <section> that can
 * be scrolled. Each <svg> has role="img", <title> and <desc>, and ids that begin with
 * "chart-" and the table's id, which must be the only one of its kind on the page.
 * Beside the pack document, chart.median (a number, "histogram"), chart.scale: "own"
 * ("multiples") are read.
 *
 * NULL if the table has no chart or no number to draw. The result is the arena's.
 */
const char *pack_chart(
	struct arena *arena, const json_t *table, const struct pack_chart_words *words);

#endif
