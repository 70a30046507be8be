#include "tests/unit/test.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/text_judge.h"
#include "lib/text_model.h"

enum {
	LAMPS,
	HOLES,
	BOOKS,
	SUBJECTS
};

/* Six of each are the least that is taught. */
static const struct {
	int subject;
	const char *text;
} lessons[] = {
	{ LAMPS, " lampan lyser inte " },
	{ LAMPS, " det är mörkt för lampan är släckt " },
	{ LAMPS, " trasig lykta vid gångvägen " },
	{ LAMPS, " gatlampan blinkar hela natten " },
	{ LAMPS, " lyktstolpen är släckt " },
	{ LAMPS, " lampor släckta på vår gata " },
	{ HOLES, " hål i asfalten " },
	{ HOLES, " en grop i vägen " },
	{ HOLES, " gropen i körbanan är djup " },
	{ HOLES, " asfalten har spruckit " },
	{ HOLES, " gropar på vår gata " },
	{ HOLES, " vägen är full av hål " },
	{ BOOKS, " boken på biblioteket är försenad " },
	{ BOOKS, " biblioteket har för få böcker " },
	{ BOOKS, " låna böcker på söndagar " },
	{ BOOKS, " bibliotekets öppettider " },
	{ BOOKS, " böckerna står fel i hyllan " },
	{ BOOKS, " lånekort till biblioteket " },
};

static void lesson_fill(struct text_example examples[ARRAY_LEN(lessons)])
{
	for (size_t i = 0; i < ARRAY_LEN(lessons); i++)
		examples[i] = (struct text_example){ .text = lessons[i].text,
			.labels = { lessons[i].subject, TEXT_MODEL_NO_LABEL } };
}

static struct text_model *model_new(void)
{
	struct text_example examples[ARRAY_LEN(lessons)];
	struct error err = { 0 };
	struct text_model *model;

	lesson_fill(examples);
	/* Of the second group nothing is known. */
	model = text_model_learn(&(struct text_lesson){ .examples = examples,
					 .n = ARRAY_LEN(examples),
					 .n_groups = 2,
					 .n_labels = { SUBJECTS, 4 } },
		&err);
	assert_non_null(model);
	return model;
}

static size_t ask(const struct text_model *model, const char *text, unsigned group,
	struct text_guess ret[SUBJECTS])
{
	struct text_features *features = text_features_new();
	struct arena *arena = arena_new();
	struct text_words words = text_features_of(features, arena, text);
	size_t n = text_model_guess(model, &words, group, ret, SUBJECTS);

	arena_free(arena);
	text_features_free(features);
	return n;
}

static void test_text_model__knows_other_forms_and_compounds(void **state)
{
	static const struct {
		const char *text;
		unsigned subject;
	} cases[] = {
		{ " lamporna vid parken ", LAMPS },
		{ " vägbelysningslampa ", LAMPS },
		{ " potthål ", HOLES },
		{ " asfaltens hål ", HOLES },
		{ " barnbiblioteket ", BOOKS },
	};
	struct text_model *model = model_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct text_guess guesses[SUBJECTS];

		print_message("case %zu: \"%s\"\n", i, cases[i].text);
		assert_int_equal(ask(model, cases[i].text, 0, guesses), SUBJECTS);
		assert_int_equal(guesses[0].label, cases[i].subject);
	}
	text_model_free(model);
}

static void test_text_model__probabilities_of_a_group_are_one_together(void **state)
{
	struct text_model *model = model_new();
	struct text_guess guesses[SUBJECTS];
	double sum = 0;

	(void)state;
	ask(model, " lampan ", 0, guesses);
	for (size_t i = 0; i < SUBJECTS; i++) {
		assert_true(
			i == 0 || guesses[i].probability <= guesses[i - 1].probability);
		sum += guesses[i].probability;
	}
	assert_float_equal(sum, 1, 1e-9);
	/* Not taught: all four as likely. */
	assert_int_equal(ask(model, " lampan ", 1, guesses), SUBJECTS);
	assert_float_equal(guesses[0].probability, 0.25, 1e-9);
	text_model_free(model);
}

static void test_text_model__says_which_words_weighed_most(void **state)
{
	struct text_model *model = model_new();
	struct text_features *features = text_features_new();
	struct arena *arena = arena_new();
	struct text_words words =
		text_features_of(features, arena, " och 112 sedan zebra lampan ");
	size_t reasons[4];

	(void)state;
	/* What has a digit in it is no word. */
	assert_int_equal(words.n_words, 4);
	assert_true(text_model_reasons(model, &words, (struct text_label){ 0, LAMPS },
			    reasons, 4) >= 1);
	assert_string_equal(words.words[reasons[0]], "lampan");
	arena_free(arena);
	text_features_free(features);
	text_model_free(model);
}

static void test_text_model__comes_back_from_its_bytes(void **state)
{
	struct text_model *model = model_new(), *other;
	struct text_guess before[SUBJECTS], after[SUBJECTS];
	struct arena *arena = arena_new();
	struct error err = { 0 };
	size_t size;
	char *bytes = text_model_save(model, arena, &size);

	(void)state;
	other = text_model_load(bytes, size, &err);
	assert_non_null(other);
	ask(model, " en grop vid biblioteket ", 0, before);
	ask(other, " en grop vid biblioteket ", 0, after);
	assert_memory_equal(before, after, sizeof(before));
	text_model_free(other);
	for (size_t n = 0; n < size; n += n < 200 ? 1 : size / 7) {
		err = (struct error){ 0 };
		assert_null(text_model_load(bytes, n, &err));
		assert_int_equal(err.code, ERR_INVALID);
	}
	bytes[0] ^= 1;
	err = (struct error){ 0 };
	assert_null(text_model_load(bytes, size, &err));
	arena_free(arena);
	text_model_free(model);
}

static void test_text_model__is_not_learned_of_too_little(void **state)
{
	struct text_example examples[ARRAY_LEN(lessons)];
	struct error err = { 0 };

	(void)state;
	lesson_fill(examples);
	assert_null(text_model_learn(&(struct text_lesson){ .examples = examples,
					     .n = 11, /* six lamps, five holes */
					     .n_groups = 1,
					     .n_labels = { SUBJECTS } },
		&err));
	assert_int_equal(err.code, ERR_INVALID);
	examples[0].labels[0] = SUBJECTS;
	err = (struct error){ 0 };
	assert_null(text_model_learn(&(struct text_lesson){ .examples = examples,
					     .n = ARRAY_LEN(examples),
					     .n_groups = 1,
					     .n_labels = { SUBJECTS } },
		&err));
	assert_int_equal(err.code, ERR_INVALID);
}

static void test_text_judge__counts_what_is_right_and_what_is_mixed_up(void **state)
{
	const struct text_example texts[] = {
		{ " lampan är släckt ", { LAMPS, TEXT_MODEL_NO_LABEL } },
		{ " grop i asfalten ", { HOLES, TEXT_MODEL_NO_LABEL } },
		{ " böckerna ", { BOOKS, TEXT_MODEL_NO_LABEL } },
		{ " asfalten vid gropen ", { BOOKS, TEXT_MODEL_NO_LABEL } },
		{ " utan ämne ", { TEXT_MODEL_NO_LABEL, TEXT_MODEL_NO_LABEL } },
	};
	struct text_model *model = model_new();
	struct text_judgement judgement;

	(void)state;
	text_judge_sharpen(model, texts, ARRAY_LEN(texts));
	judgement = text_judge(model, texts, ARRAY_LEN(texts), 0);
	assert_int_equal(judgement.n, 4);
	assert_float_equal(judgement.first, 0.75, 1e-9);
	assert_float_equal(judgement.among_three, 1, 1e-9);
	/* F1 of lamps 1, holes 2/3, books 2/3. */
	assert_float_equal(judgement.macro_f1, 7.0 / 9, 1e-9);
	assert_int_equal(judgement.n_confusions, 1);
	assert_int_equal(judgement.confusions[0].right, BOOKS);
	assert_int_equal(judgement.confusions[0].guessed, HOLES);
	assert_int_equal(text_judge(model, texts, ARRAY_LEN(texts), 1).n, 0);
	text_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_model__knows_other_forms_and_compounds),
		cmocka_unit_test(
			test_text_model__probabilities_of_a_group_are_one_together),
		cmocka_unit_test(test_text_model__says_which_words_weighed_most),
		cmocka_unit_test(test_text_model__comes_back_from_its_bytes),
		cmocka_unit_test(test_text_model__is_not_learned_of_too_little),
		cmocka_unit_test(
			test_text_judge__counts_what_is_right_and_what_is_mixed_up),
	};

	return cmocka_run_group_tests_name("text_model", tests, NULL, NULL);
}
