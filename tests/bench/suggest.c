/*
 * suggest EXAMPLES.tsv WORDS.tsv TEXTS.jsonl - how long one suggestion takes: of a
 * model learned of the examples, what a text is about alone, as intake asks, and with
 * flags, as the desk does. Prints {"intake": {"p50": µs, "p99": µs}, "desk": {…}} as
 * one line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/spot.h"
#include "server/suggest.h"
#include "server/suggest_learn.h"

#define LINE_BYTES 16384
#define CELLS 8
#define ROUNDS 40

struct texts {
	const char **texts;
	size_t n;
};

/* Of this thread: what others do on the machine is no part of it. */
static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static FILE *must_open(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file) {
		perror(path);
		exit(1);
	}
	return file;
}

/* The cells of the next row that is no note; false at the end. */
static bool row_next(FILE *file, struct arena *arena, const char *cells[CELLS])
{
	char line[LINE_BYTES], *rest = line;

	do {
		if (!fgets(line, sizeof(line), file))
			return false;
		line[strcspn(line, "\n")] = '\0';
	} while (line[0] == '#' || line[0] == '\0');
	for (size_t i = 0; i < CELLS; i++)
		cells[i] = rest ? arena_dup(arena, strsep(&rest, "\t")) : "";
	return true;
}

static struct suggest *learned(const char *path, struct arena *arena)
{
	struct suggest_lesson *lessons = arena_array(arena, 10000, sizeof(*lessons));
	struct suggest_learned ret;
	struct error err = { 0 };
	FILE *file = must_open(path);
	const char *cells[CELLS];
	size_t n = 0;

	row_next(file, arena, cells); /* the columns' names */
	while (n < 10000 && row_next(file, arena, cells))
		lessons[n++] = (struct suggest_lesson){ "example", cells[0],
			cells[1][0] ? cells[1] : NULL, cells[2][0] ? cells[2] : NULL,
			cells[3] };
	fclose(file);
	if (suggest_learn(lessons, n, &ret, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	return ret.suggest;
}

static struct spot *lists(const char *path, struct arena *arena)
{
	FILE *file = must_open(path);
	json_t *rows = json_array();
	const char *cells[CELLS];
	struct error err = { 0 };
	struct spot *spot;

	row_next(file, arena, cells);
	while (row_next(file, arena, cells))
		json_array_append_new(rows,
			json_pack("[ssss]", cells[0], cells[1], cells[2], cells[3]));
	fclose(file);
	spot = spot_new(rows, &err);
	json_decref(rows);
	return spot;
}

static struct texts texts_read(const char *path, struct arena *arena)
{
	struct texts texts = { arena_array(arena, 10000, sizeof(char *)), 0 };
	FILE *file = must_open(path);
	char line[LINE_BYTES];

	while (texts.n < 10000 && fgets(line, sizeof(line), file)) {
		json_t *row = json_loads(line, 0, NULL);

		texts.texts[texts.n++] = arena_dup(
			arena, json_string_value(json_object_get(row, "text")));
		json_decref(row);
	}
	fclose(file);
	return texts;
}

static int by_size(const void *a, const void *b)
{
	double one = *(const double *)a, other = *(const double *)b;

	return (one > other) - (one < other);
}

static void print(const char *name, double *times, size_t n)
{
	qsort(times, n, sizeof(*times), by_size);
	printf("\"%s\": {\"p50\": %.1f, \"p99\": %.1f}", name, times[n / 2],
		times[n * 99 / 100]);
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct suggest *suggest;
	struct spot *spot;
	struct texts texts;
	double *intake, *desk;
	size_t n = 0;

	if (argc != 4)
		return 2;
	suggest = learned(argv[1], arena);
	spot = lists(argv[2], arena);
	texts = texts_read(argv[3], arena);
	intake = arena_array(arena, texts.n * ROUNDS + 1, sizeof(*intake));
	desk = arena_array(arena, texts.n * ROUNDS + 1, sizeof(*desk));
	for (size_t i = 0; i < texts.n * ROUNDS; i++, n++) {
		struct suggest_subject subjects[SUGGEST_CATEGORIES];
		const char *text = texts.texts[i % texts.n];
		struct arena *own = arena_new();
		double began = now_us();

		suggest_subjects(suggest, own, text, subjects);
		intake[n] = now_us() - began;
		began = now_us();
		json_decref(suggest_text(suggest, spot, own, text, 20000));
		desk[n] = now_us() - began;
		arena_free(own);
	}
	printf("{");
	print("intake", intake, n);
	printf(", ");
	print("desk", desk, n);
	printf("}\n");
	spot_free(spot);
	suggest_free(suggest);
	arena_free(arena);
	return 0;
}
