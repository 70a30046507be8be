#include "server/own_text.h"

#include <string.h>

#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/fault.h"

#define LETTERS "letters"

#define TEXTS(X)                                                                       \
	X("page.announcement", PARAGRAPHS, "everywhere", "announcement")               \
	X("footer.note", PARAGRAPHS, "everywhere", "footer_note")                      \
	X("start.heading", LINE, "start", "start_hero")                                \
	X("start.lead", PARAGRAPHS, "start", "start_hero")                             \
	X("start.step-3-text", LINE, "start", "start_steps")                           \
	X("start.step-4-text", LINE, "start", "start_steps")                           \
	X("urgent.text", LINE, "form", "elsewhere")                                    \
	X("elsewhere.lead", PARAGRAPHS, "form", "elsewhere")                           \
	X("form.lead", PARAGRAPHS, "form", "form_head")                                \
	X("form.text-hint", LINE, "form", "form_text")                                 \
	X("form.part-2-lead", PARAGRAPHS, "form", "form_where")                        \
	X("form.part-3-lead", PARAGRAPHS, "form", "form_answer")                       \
	X("form.public-text", LINE, "form", "form_before")                             \
	X("form.data-text", LINE, "form", "form_before")                               \
	X("receipt.heading", LINE, "receipt", "receipt_head")                          \
	X("receipt.lead", PARAGRAPHS, "receipt", "receipt_head")                       \
	X("receipt.keep-text", PARAGRAPHS, "receipt", "receipt_slip")                  \
	X("receipt.next-1", LINE, "receipt", "receipt_next")                           \
	X("receipt.next-2", LINE, "receipt", "receipt_next")                           \
	X("receipt.next-3", LINE, "receipt", "receipt_next")                           \
	X("about.lead", PARAGRAPHS, "about", "about_head")                             \
	X("about.times-text", PARAGRAPHS, "about", "about_times")                      \
	X("about.times-late", PARAGRAPHS, "about", "about_times")                      \
	X("about.public-1", PARAGRAPHS, "about", "about_public")                       \
	X("about.public-2", PARAGRAPHS, "about", "about_public")                       \
	X("about.data-who", PARAGRAPHS, "about", "about_data")                         \
	X("about.data-what-text", PARAGRAPHS, "about", "about_data")                   \
	X("about.data-why-text", PARAGRAPHS, "about", "about_data")                    \
	X("about.data-long-text", PARAGRAPHS, "about", "about_data")                   \
	X("about.data-rights-text", PARAGRAPHS, "about", "about_data")                 \
	X("child-form.lead", PARAGRAPHS, "child", "child_head")                        \
	X("helplines.lead", PARAGRAPHS, "child", "helplines")                          \
	X("mail.hello", LINES, LETTERS, "receipt")                                     \
	X("mail.receipt.subject", LINE, LETTERS, "receipt")                            \
	X("mail.receipt.text", LINES, LETTERS, "receipt")                              \
	X("mail.acknowledgement.text", LINES, LETTERS, "acknowledgement")              \
	X("mail.reply.text", LINES, LETTERS, "reply")                                  \
	X("mail.notice.text", LINES, LETTERS, "notice")                                \
	X("mail.answer", LINES, LETTERS, "receipt")                                    \
	X("mail.sign", LINES, LETTERS, "receipt")

#define TEXT_ROW(code_, form_, place_, shown_)                                         \
	{ .code = (code_),                                                             \
		.form = OWN_TEXT_##form_,                                              \
		.place = (place_),                                                     \
		.shown = (shown_) },
#define TEXT_CODE(code_, form_, place_, shown_) code_,

const struct own_text own_texts[] = { TEXTS(TEXT_ROW){ 0 } };
const char *const own_text_codes[] = { TEXTS(TEXT_CODE) NULL };
const char *const own_text_languages[] = { "sv", "sv-x-easy", "en", "fi", "fit", "se",
	"ar", NULL };

static const char *const form_names[] = {
	[OWN_TEXT_LINE] = "line",
	[OWN_TEXT_PARAGRAPHS] = "paragraphs",
	[OWN_TEXT_LINES] = "lines",
};

const struct own_text *own_text_find(const char *code)
{
	for (const struct own_text *text = own_texts; code && text->code; text++) {
		if (!strcmp(text->code, code))
			return text;
	}
	return NULL;
}

bool own_text_is_letter(const struct own_text *text)
{
	return !strcmp(text->place, LETTERS);
}

static const char *words_of(
	const struct catalogue *built_in, const char *language, const char *code)
{
	const char *words = catalogue_find(built_in, language, code);

	return words ? words : ""; /* an announcement has none before the city's */
}

/* Every {name} of one text that the other has not. */
static void values_check(
	const char *from, const char *to, const char *why, struct faults *faults)
{
	size_t n = 0;

	for (from = text_format_next(from, &n); from;
		from = text_format_next(from + n, &n)) {
		if (!memmem(to, strlen(to), from, n))
			faults_add(faults, "row.wording", why, (int)n, from);
	}
}

void own_text_check(
	const json_t *columns, const struct catalogue *built_in, struct faults *faults)
{
	const struct own_text *text =
		own_text_find(json_string_value(json_object_get(columns, "text")));
	const char *language = json_string_value(json_object_get(columns, "language"));
	const char *words = json_string_value(json_object_get(columns, "wording"));
	const char *today;

	if (!text || !language || !words)
		return;
	if (text->form == OWN_TEXT_LINE && strchr(words, '\n'))
		faults_add(faults, "row.wording", "is one line");
	today = words_of(built_in, language, text->code);
	values_check(today, words, "lacks %.*s", faults);
	values_check(words, today, "has %.*s, which nothing stands in for", faults);
}

static json_t *languages_json(const struct catalogue *built_in)
{
	json_t *list = json_array();

	for (const char *const *code = own_text_languages; *code; code++) {
		const struct catalogue_about *about = catalogue_about(built_in, *code);

		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s}", "code", *code, "name", about->name,
				"dir", about->right_to_left ? "rtl" : "ltr"));
	}
	return list;
}

static json_t *values_json(const char *words)
{
	json_t *list = json_array();
	size_t n = 0;

	for (words = text_format_next(words, &n); words;
		words = text_format_next(words + n, &n))
		json_array_append_new(list, json_stringn(words, n));
	return list;
}

static json_t *text_json(const struct catalogue *built_in, const struct own_text *text)
{
	json_t *words = json_object();

	for (const char *const *code = own_text_languages; *code; code++)
		json_object_set_new(words, *code,
			json_string(words_of(built_in, *code, text->code)));
	return json_pack("{s:s, s:s, s:s, s:o, s:o}", "code", text->code, "place",
		text->place, "form", form_names[text->form], "values",
		values_json(words_of(built_in, own_text_languages[0], text->code)),
		"words", words);
}

json_t *own_text_list(const struct catalogue *built_in)
{
	json_t *items = json_array();

	for (const struct own_text *text = own_texts; text->code; text++)
		json_array_append_new(items, text_json(built_in, text));
	return json_pack("{s:o, s:o, s:n}", "languages", languages_json(built_in),
		"items", items, "next");
}
