#include "lib/text_features.h"

#include <stdlib.h>
#include <string.h>

#include <libstemmer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/utf8.h"

#define RUN_MIN 3
#define RUN_MAX 5

/* Of one word at most: itself, two stems, a pair, and its runs with both ends. */
#define PER_WORD_MAX (4 + (RUN_MAX - RUN_MIN + 1) * (TEXT_FEATURES_LETTERS_MAX + 2))

static const char *const languages[] = { "swedish", "english" };

struct text_features {
	struct sb_stemmer *stemmers[ARRAY_LEN(languages)];
};

struct text_features *text_features_new(void)
{
	struct text_features *features = mem_new(sizeof(*features));

	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		features->stemmers[i] = sb_stemmer_new(languages[i], "UTF_8");
	return features;
}

void text_features_free(struct text_features *features)
{
	if (!features)
		return;
	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		sb_stemmer_delete(features->stemmers[i]);
	mem_free(features);
}

/* FNV-1a, 64 bits (draft-eastlake-fnv), begun with the kind. */
static uint64_t hash_begin(enum text_feature_kind kind)
{
	return (0xcbf29ce484222325ULL ^ (uint64_t)kind) * 0x100000001b3ULL;
}

static uint64_t hash_more(uint64_t hash, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3ULL;
	return hash;
}

static void add(
	struct text_words *to, enum text_feature_kind kind, size_t word, uint64_t id)
{
	to->features[to->n_features++] = (struct text_feature){
		.id = (id & ~(uint64_t)TEXT_FEATURE_KIND) | kind,
		.word = (uint32_t)word,
	};
}

static void add_bytes(struct text_words *to, enum text_feature_kind kind, size_t word,
	const char *bytes, size_t n)
{
	add(to, kind, word, hash_more(hash_begin(kind), bytes, n));
}

/* The words between the spaces, without those that have a digit or no end. */
static void words_read(struct arena *arena, const char *folded, struct text_words *to)
{
	to->words = arena_array(arena, TEXT_FEATURES_WORDS_MAX, sizeof(*to->words));
	while (to->n_words < TEXT_FEATURES_WORDS_MAX) {
		size_t n;

		folded += strspn(folded, " ");
		n = strcspn(folded, " ");
		if (n == 0)
			return;
		if (strcspn(folded, "0123456789") >= n && utf8_is_valid(folded, n) &&
			utf8_count(folded, n) <= TEXT_FEATURES_LETTERS_MAX)
			to->words[to->n_words++] = arena_dup_n(arena, folded, n);
		folded += n;
	}
}

/* " word " in runs of letters, so that the beginning and the end of one are told. */
static void runs_add(struct text_words *to, size_t word)
{
	char bytes[UTF8_MAX * TEXT_FEATURES_LETTERS_MAX + 3];
	size_t at[TEXT_FEATURES_LETTERS_MAX + 4], n = 0, size;

	bytes[0] = ' ';
	size = strlen(to->words[word]);
	memcpy(bytes + 1, to->words[word], size);
	bytes[++size] = ' ';
	size++;
	for (size_t i = 0; i < size; i += utf8_decode(bytes + i, size - i, NULL))
		at[n++] = i;
	at[n] = size;
	for (size_t length = RUN_MIN; length <= RUN_MAX; length++)
		for (size_t i = 0; i + length <= n; i++)
			add_bytes(to, TEXT_FEATURE_LETTERS, word, bytes + at[i],
				at[i + length] - at[i]);
}

static void word_add(const struct text_features *features, struct text_words *to,
	size_t word, uint64_t *before)
{
	const char *text = to->words[word];
	size_t n = strlen(text);
	uint64_t swedish = 0;

	add_bytes(to, TEXT_FEATURE_WORD, word, text, n);
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		const sb_symbol *stem = sb_stemmer_stem(
			features->stemmers[i], (const sb_symbol *)text, (int)n);
		size_t n_stem = (size_t)sb_stemmer_length(features->stemmers[i]);

		if (!stem)
			continue;
		add_bytes(to, TEXT_FEATURE_STEM, word, (const char *)stem, n_stem);
		if (i == 0)
			swedish = hash_more(hash_begin(TEXT_FEATURE_PAIR),
				(const char *)stem, n_stem);
	}
	if (word > 0)
		add(to, TEXT_FEATURE_PAIR, word,
			hash_more(*before, (const char *)&swedish, sizeof(swedish)));
	*before = swedish;
	runs_add(to, word);
}

static int by_id(const void *a, const void *b)
{
	const struct text_feature *one = a, *other = b;

	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	return (one->word > other->word) - (one->word < other->word);
}

struct text_words text_features_of(
	struct text_features *features, struct arena *arena, const char *folded)
{
	struct text_words to = { 0 };
	uint64_t before = 0;
	size_t n = 0;

	words_read(arena, folded, &to);
	to.features =
		arena_array(arena, to.n_words * PER_WORD_MAX + 1, sizeof(*to.features));
	for (size_t i = 0; i < to.n_words; i++)
		word_add(features, &to, i, &before);
	qsort(to.features, to.n_features, sizeof(*to.features), by_id);
	for (size_t i = 0; i < to.n_features; i++) {
		if (i == 0 || to.features[i].id != to.features[i - 1].id)
			to.features[n++] = to.features[i];
	}
	to.n_features = n;
	return to;
}
