#include "server/spot.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/city.h"

#define NO_LIST SIZE_MAX
#define FIRST_BYTES 256
#define SENTENCES_MAX 200 /* what follows is one more */

/* The flags, those of most weight first, and how many signs of each it takes: what
 * sells something has several, and one of them alone is in many a letter. */
static const struct {
	const char *flag;
	size_t least;
} flags_known[] = {
	{ "threat", 1 },
	{ "child-in-need", 1 },
	{ "wrong-recipient", 1 },
	{ "spam", 3 },
};

struct row {
	size_t list, beside; /* places in the lists' names; NO_LIST: needs nothing */
	const char *target;
	const char
		*words; /* folded, without the first space; a whole word ends in one */
	size_t n;
	struct row *next; /* that begins with the same byte */
};

struct spot {
	struct arena *arena;
	struct row *rows;
	size_t n_rows;
	struct row *by_byte[FIRST_BYTES];
	const char **lists;
	size_t n_lists;
};

/* One text being looked at. */
struct look {
	const struct spot *spot;
	struct arena *arena;
	const char **found; /* of each row, anywhere: the words of the text, or NULL */
	const char **here;  /* the same, in this sentence */
	bool *lists_here;
};

/* ---- the lists ---- */

static size_t list_find(const struct spot *spot, const char *name)
{
	for (size_t i = 0; i < spot->n_lists; i++) {
		if (!strcmp(spot->lists[i], name))
			return i;
	}
	return NO_LIST;
}

static size_t list_get(struct spot *spot, const char *name)
{
	size_t at = list_find(spot, name);

	if (at != NO_LIST)
		return at;
	spot->lists[spot->n_lists] = arena_dup(spot->arena, name);
	return spot->n_lists++;
}

/* The fold puts a space at both ends: the last stays where the word must end. */
static void row_words(struct spot *spot, struct row *row, const char *words)
{
	char *folded = city_text_fold(spot->arena, words) + 1;
	size_t n = strlen(folded);
	const char *star = strrchr(words, '*');

	if (n > 0 && star && star[1] == '\0')
		folded[--n] = '\0';
	row->words = folded;
	row->n = n;
}

static int row_read(struct spot *spot, const json_t *from)
{
	const char *flag, *target, *words, *beside;
	struct row *row = &spot->rows[spot->n_rows];
	unsigned char first;

	if (json_unpack((json_t *)from, "[s, s, s, s]", &flag, &target, &words,
		    &beside) < 0)
		return -1;
	row->list = list_get(spot, flag);
	row->beside = beside[0] ? list_get(spot, beside) : NO_LIST;
	row->target = arena_dup(spot->arena, target);
	row_words(spot, row, words);
	if (row->n == 0)
		return 0; /* signs alone: nothing to look for */
	first = (unsigned char)row->words[0];
	row->next = spot->by_byte[first];
	spot->by_byte[first] = row;
	spot->n_rows++;
	return 0;
}

struct spot *spot_new(const json_t *rows, struct error *err)
{
	struct spot *spot = mem_new(sizeof(*spot));
	size_t n = json_array_size(rows), n_lists = 2 * n + ARRAY_LEN(flags_known);
	int rc = json_is_array(rows) && n <= SPOT_ROWS_MAX ? 0 : -1;

	spot->arena = arena_new();
	n = rc == 0 ? n : 0;
	spot->rows = arena_array(spot->arena, n + 1, sizeof(*spot->rows));
	spot->lists = arena_array(spot->arena, n_lists, sizeof(*spot->lists));
	for (size_t i = 0; i < ARRAY_LEN(flags_known); i++)
		list_get(spot, flags_known[i].flag);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = row_read(spot, json_array_get(rows, i));
	if (rc == 0)
		return spot;
	error_set(err, ERR_INVALID, "the lists of words are others");
	spot_free(spot);
	return NULL;
}

void spot_free(struct spot *spot)
{
	if (!spot)
		return;
	arena_free(spot->arena);
	mem_free(spot);
}

/* ---- a text ---- */

/* The words of the text, to the end of the last, for what begins one. */
static const char *words_at(struct look *look, const char *at, size_t n)
{
	if (at[n - 1] == ' ')
		return arena_dup_n(look->arena, at, n - 1);
	return arena_dup_n(look->arena, at, n + strcspn(at + n, " "));
}

/* at: where a word begins. */
static void word_look(struct look *look, const char *at)
{
	const struct row *row = look->spot->by_byte[(unsigned char)*at];

	for (; row; row = row->next) {
		size_t i = (size_t)(row - look->spot->rows);

		if (look->here[i] || strncmp(at, row->words, row->n) != 0)
			continue;
		look->here[i] = words_at(look, at, row->n);
		look->lists_here[row->list] = true;
	}
}

static void sentence_look(struct look *look, const char *sentence, size_t n)
{
	const struct spot *spot = look->spot;
	const char *at =
		city_text_fold(look->arena, arena_dup_n(look->arena, sentence, n));

	memset(look->here, 0, spot->n_rows * sizeof(*look->here));
	memset(look->lists_here, 0, spot->n_lists * sizeof(*look->lists_here));
	for (; *at; at += strcspn(at, " ")) {
		at++;
		if (*at)
			word_look(look, at);
	}
	for (size_t i = 0; i < spot->n_rows; i++) {
		size_t beside = spot->rows[i].beside;

		if (look->here[i] && !look->found[i] &&
			(beside == NO_LIST || look->lists_here[beside]))
			look->found[i] = look->here[i];
	}
}

/* To the mark that ends it and the space after that: not in an address of a page. */
static size_t sentence_length(const char *text)
{
	size_t n = 0;

	while (text[n] && text[n] != '\n' &&
		!(strchr(".!?", text[n]) &&
			(text[n + 1] == ' ' || text[n + 1] == '\n')))
		n++;
	return n;
}

static bool has_text(const json_t *list, const char *text)
{
	const json_t *have;
	size_t i;

	json_array_foreach(list, i, have)
	{
		if (!strcmp(json_string_value(have), text))
			return true;
	}
	return false;
}

static void text_add(json_t *list, const char *text)
{
	if (text[0] && !has_text(list, text))
		json_array_append_new(list, json_string(text));
}

static void flag_told(const struct look *look, size_t list, size_t least, json_t *flags)
{
	const struct spot *spot = look->spot;
	json_t *targets = json_array(), *words = json_array(), *signs = json_array();

	for (size_t i = 0; i < spot->n_rows; i++) {
		const struct row *row = &spot->rows[i];

		if (row->list != list || !look->found[i])
			continue;
		text_add(signs, row->target[0] ? row->target : row->words);
		text_add(targets, row->target);
		if (json_array_size(words) < SPOT_WORDS_MAX)
			text_add(words, look->found[i]);
	}
	if (json_array_size(signs) >= least)
		json_array_append_new(flags,
			json_pack("{s:s, s:O, s:O}", "flag", spot->lists[list],
				"because",
				strcmp(spot->lists[list], "wrong-recipient") ? words
									     : targets,
				"words", words));
	json_decref(signs);
	json_decref(targets);
	json_decref(words);
}

void spot_text(const struct spot *spot, const char *text, json_t *flags)
{
	struct arena *arena = arena_new();
	struct look look = {
		.spot = spot,
		.arena = arena,
		.found = arena_array(arena, spot->n_rows + 1, sizeof(char *)),
		.here = arena_array(arena, spot->n_rows + 1, sizeof(char *)),
		.lists_here = arena_array(arena, spot->n_lists, sizeof(bool)),
	};

	for (size_t i = 0; *text; i++) {
		size_t n = i < SENTENCES_MAX ? sentence_length(text) : strlen(text);

		sentence_look(&look, text, n);
		text += n;
		text += strspn(text, ".!?\n ");
	}
	for (size_t i = 0; i < ARRAY_LEN(flags_known); i++)
		flag_told(&look, i, flags_known[i].least, flags);
	arena_free(arena);
}
