/* Few words tell apart few languages: those that are common in one and rare in others.
 */
#include "lib/mail_private.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base.h"

#define MAIL_LANGUAGE_BYTES 4000
#define MAIL_LANGUAGE_LEAST 2 /* words found; fewer are no sign */

static const struct {
	const char *code;
	const char *words; /* each between spaces */
} languages[] = {
	{ "sv", " och att är jag inte det har på för som från när mycket också till "
		"hej vi ni hälsningar vänliga tack om en ett kan ska vill den av " },
	{ "en", " the and is to of that it you not have this for are with was hello "
		"regards please thank your from we i my would could there " },
	{ "fi", " ja on ei että se hän olen oli mutta kun myös kiitos terveisin hei "
		"tämä joka ovat voi sitä teidän minun kanssa siitä " },
	{ "de", " und der die das ist nicht ich zu mit ein eine auf sie für es von "
		"wir grüßen freundlichen bitte sehr haben auch dass " },
	{ "no", " og er ikke jeg det har på til av som fra når mye også hei vi dere "
		"hilsen vennlig takk en et kan skal vil den med " },
};

struct mail_language_count {
	unsigned words[ARRAY_LEN(languages)];
};

static void mail_language_word(
	struct mail_language_count *count, const char *word, size_t n)
{
	char wanted[32] = " ";
	size_t i;

	if (n == 0 || n > sizeof(wanted) - 3)
		return;
	for (i = 0; i < n; i++)
		wanted[i + 1] = (char)tolower((unsigned char)word[i]);
	wanted[n + 1] = ' ';
	for (i = 0; i < ARRAY_LEN(languages); i++)
		count->words[i] += strstr(languages[i].words, wanted) != NULL;
}

const char *mail_language_guess(const char *text)
{
	struct mail_language_count count = { 0 };
	const char *end = text + strnlen(text, MAIL_LANGUAGE_BYTES);
	size_t i, best = 0, second = 0;

	while (text < end) {
		size_t n = strcspn(text, " \t\n.,;:!?()\"-/");

		mail_language_word(&count, text, n);
		text += n + (text[n] != '\0');
	}
	for (i = 1; i < ARRAY_LEN(languages); i++)
		if (count.words[i] > count.words[best])
			best = i;
	for (i = 0; i < ARRAY_LEN(languages); i++)
		if (i != best && count.words[i] > second)
			second = count.words[i];
	return count.words[best] >= MAIL_LANGUAGE_LEAST && count.words[best] > second
		       ? languages[best].code
		       : NULL;
}
