#include "server/agent_word.h"

#include <stdio.h>
#include <string.h>

#include "lib/base.h"

/* The first that is found counts: browsers name the ones they descend from, too. */
struct agent_part {
	const char *sign, *word;
};

static const struct agent_part browsers[] = {
	{ "Edg", "Edge" },
	{ "OPR/", "Opera" },
	{ "SamsungBrowser/", "Samsung Internet" },
	{ "Vivaldi/", "Vivaldi" },
	{ "Firefox/", "Firefox" },
	{ "FxiOS/", "Firefox" },
	{ "CriOS/", "Chrome" },
	{ "Chrome/", "Chrome" },
	{ "Safari/", "Safari" },
	{ "curl/", "curl" },
};

static const struct agent_part systems[] = {
	{ "iPhone", "iPhone" },
	{ "iPad", "iPad" },
	{ "Android", "Android" },
	{ "Windows", "Windows" },
	{ "CrOS", "ChromeOS" },
	{ "Macintosh", "macOS" },
	{ "Linux", "Linux" },
};

static const char *word_find(const char *text, const struct agent_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strstr(text, parts[i].sign))
			return parts[i].word;
	}
	return "";
}

void agent_word(const char *user_agent, char ret[AGENT_WORD_SIZE])
{
	const char *text = user_agent ? user_agent : "";
	const char *browser = word_find(text, browsers, ARRAY_LEN(browsers));
	const char *system = word_find(text, systems, ARRAY_LEN(systems));

	snprintf(ret, AGENT_WORD_SIZE, "%s%s%s", browser,
		browser[0] && system[0] ? ", " : "", system);
}
