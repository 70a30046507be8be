/*
 * How mail clients mark what is not new, in Swedish, English, Finnish, German and
 * Norwegian: rows of words, no language by itself. A line that a person could have
 * written is only a mark together with what stands around it.
 */
#include "lib/mail_private.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base.h"

#define MAIL_QUOTE_LINE_MAX                                                            \
	300                  /* bytes of a line, or of joined ones, that is a mark     \
			      */
#define MAIL_QUOTE_WRAPPED 3 /* lines that an attribution may take */
#define MAIL_QUOTE_BLOCK 10  /* lines within which a header block shows itself */
#define MAIL_QUOTE_DEVICE_MAX 100

/* ---- lines ---- */

static bool mail_line_is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Without white space, and without the marks of bold text, at its ends. */
static struct mail_line mail_line_bare(const struct mail_line *line)
{
	struct mail_line bare = *line;

	while (bare.n > 0 &&
		(mail_line_is_space(bare.bytes[0]) || bare.bytes[0] == '*')) {
		bare.bytes++;
		bare.n--;
	}
	while (bare.n > 0 && mail_line_is_space(bare.bytes[bare.n - 1]))
		bare.n--;
	return bare;
}

bool mail_line_is_blank(const struct mail_line *line)
{
	size_t i;

	for (i = 0; i < line->n; i++)
		if (!mail_line_is_space(line->bytes[i]) &&
			strncmp(line->bytes + i, "\xc2\xa0", 2) != 0 &&
			strncmp(line->bytes + (i > 0 ? i - 1 : 0), "\xc2\xa0", 2) != 0)
			return false;
	return true;
}

bool mail_line_is_quote(const struct mail_line *line)
{
	return line->n > 0 && line->bytes[0] == '>';
}

/* For strcasestr() and the like; false: too long to be a mark. */
static bool mail_line_copy(
	const struct mail_line *line, char ret[MAIL_QUOTE_LINE_MAX + 1])
{
	struct mail_line bare = mail_line_bare(line);

	if (bare.n > MAIL_QUOTE_LINE_MAX)
		return false;
	memcpy(ret, bare.bytes, bare.n);
	ret[bare.n] = '\0';
	return true;
}

static bool mail_quote_begins(const char *text, const char *with)
{
	return strncasecmp(text, with, strlen(with)) == 0;
}

static bool mail_quote_ends(const char *text, char with)
{
	size_t n = strlen(text);

	return n > 0 && text[n - 1] == with;
}

/* ---- "Från: … Skickat: … Till: … Ämne: …" ---- */

enum header_kind {
	HEADER_NONE,
	HEADER_FROM = 1,
	HEADER_SENT = 2,
	HEADER_TO = 4,
	HEADER_SUBJECT = 8,
};

static const struct {
	const char *word;
	enum header_kind kind;
} headers[] = {
	{ "Från", HEADER_FROM },
	{ "From", HEADER_FROM },
	{ "Lähettäjä", HEADER_FROM },
	{ "Von", HEADER_FROM },
	{ "Fra", HEADER_FROM },
	{ "Skickat", HEADER_SENT },
	{ "Datum", HEADER_SENT },
	{ "Sent", HEADER_SENT },
	{ "Date", HEADER_SENT },
	{ "Lähetetty", HEADER_SENT },
	{ "Päivämäärä", HEADER_SENT },
	{ "Päiväys", HEADER_SENT },
	{ "Gesendet", HEADER_SENT },
	{ "Sendt", HEADER_SENT },
	{ "Dato", HEADER_SENT },
	{ "Till", HEADER_TO },
	{ "To", HEADER_TO },
	{ "Vastaanottaja", HEADER_TO },
	{ "An", HEADER_TO },
	{ "Til", HEADER_TO },
	{ "Ämne", HEADER_SUBJECT },
	{ "Rubrik", HEADER_SUBJECT },
	{ "Subject", HEADER_SUBJECT },
	{ "Aihe", HEADER_SUBJECT },
	{ "Betreff", HEADER_SUBJECT },
	{ "Emne", HEADER_SUBJECT },
};

static enum header_kind mail_quote_header(const struct mail_line *line)
{
	struct mail_line bare = mail_line_bare(line);
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(headers); i++) {
		n = strlen(headers[i].word);
		if (bare.n > n && strncmp(bare.bytes, headers[i].word, n) == 0 &&
			(bare.bytes[n] == ':' ||
				(bare.n > n + 1 && bare.bytes[n] == '*' &&
					bare.bytes[n + 1] == ':') ||
				(bare.n > n + 1 && bare.bytes[n] == ' ' &&
					bare.bytes[n + 1] == ':')))
			return headers[i].kind;
	}
	return HEADER_NONE;
}

static unsigned mail_quote_bits(unsigned set)
{
	return (set & 1) + (set >> 1 & 1) + (set >> 2 & 1) + (set >> 3 & 1);
}

/* A sender and two of the others, the first of them on the first line. */
static bool mail_quote_is_headers(const struct mail_line *lines, size_t n)
{
	unsigned found = mail_quote_header(&lines[0]);
	size_t i;

	if (found == HEADER_NONE)
		return false;
	for (i = 1; i < n && i < MAIL_QUOTE_BLOCK; i++)
		found |= mail_quote_header(&lines[i]);
	return (found & HEADER_FROM) && mail_quote_bits(found) >= 3;
}

/* A line of underscores or dashes above it belongs to it. */
static bool mail_quote_is_rule(const struct mail_line *line)
{
	struct mail_line bare = mail_line_bare(line);
	size_t i;

	for (i = 0; i < bare.n; i++)
		if (!strchr("_-=", bare.bytes[i]))
			return false;
	return bare.n >= 5;
}

static bool mail_quote_is_ruled_headers(const struct mail_line *lines, size_t n)
{
	size_t i = 1;

	if (!mail_quote_is_rule(&lines[0]))
		return false;
	while (i < n && i < 4 && mail_line_is_blank(&lines[i]))
		i++;
	return i < n && mail_quote_is_headers(lines + i, n - i);
}

static const char *const verbs[] = { "skrev", "wrote", "kirjoitti", "schrieb" };

static bool mail_quote_has_verb(const char *text)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcasestr(text, verbs[i]))
			return true;
	return false;
}

/* ---- "-----Ursprungligt meddelande-----" ---- */

static const struct {
	const char *words;
	enum mail_mark mark;
} banners[] = {
	{ "ursprungligt meddelande", MAIL_MARK_ORIGINAL },
	{ "originalmeddelande", MAIL_MARK_ORIGINAL },
	{ "original message", MAIL_MARK_ORIGINAL },
	{ "originalnachricht", MAIL_MARK_ORIGINAL },
	{ "ursprüngliche nachricht", MAIL_MARK_ORIGINAL },
	{ "alkuperäinen viesti", MAIL_MARK_ORIGINAL },
	{ "opprinnelig melding", MAIL_MARK_ORIGINAL },
	{ "original melding", MAIL_MARK_ORIGINAL },
	{ "vidarebefordrat meddelande", MAIL_MARK_FORWARD },
	{ "vidarebefordrat brev", MAIL_MARK_FORWARD },
	{ "vidarebefordrat mejl", MAIL_MARK_FORWARD },
	{ "forwarded message", MAIL_MARK_FORWARD },
	{ "weitergeleitete nachricht", MAIL_MARK_FORWARD },
	{ "weitergeleiteten nachricht", MAIL_MARK_FORWARD },
	{ "välitetty viesti", MAIL_MARK_FORWARD },
	{ "edelleen lähetetty viesti", MAIL_MARK_FORWARD },
	{ "edelleenlähetetty viesti", MAIL_MARK_FORWARD },
	{ "videresendt melding", MAIL_MARK_FORWARD },
	{ "videresendt e-post", MAIL_MARK_FORWARD },
};

/* Between dashes; a forward's also before a colon ("Begin forwarded message:"). Notes
 * writes "-----anna@example.org skrev: -----". */
static enum mail_mark mail_quote_banner(const char *text)
{
	bool dashed = mail_quote_begins(text, "--") && mail_quote_ends(text, '-');
	bool colon = mail_quote_ends(text, ':') && strlen(text) <= 60;
	size_t i;

	for (i = 0; (dashed || colon) && i < ARRAY_LEN(banners); i++)
		if (strcasestr(text, banners[i].words) &&
			(dashed || banners[i].mark == MAIL_MARK_FORWARD))
			return banners[i].mark;
	if (dashed && strchr(text, '@') && mail_quote_has_verb(text))
		return MAIL_MARK_ORIGINAL;
	return MAIL_MARK_NONE;
}

/* ---- "Den tis 3 mars 2026 kl 10:12 skrev Anna <anna@…>:" ---- */

/* How one begins that goes on in the next line. */
static const char *const begins[] = { "Den ", "On ", "Am ", "Il ", "man", "tis", "ons",
	"tors", "tor", "fre", "lör", "sön", "ma ", "ti ", "ke ", "to ", "pe ", "la ",
	"su ", "tir", "lør", "søn" };

static bool mail_quote_has_digit(const char *text)
{
	return strpbrk(text, "0123456789") != NULL;
}

static bool mail_quote_can_wrap(const char *first)
{
	size_t i;

	if (!mail_quote_has_digit(first))
		return first[0] == '"' || strchr(first, '@');
	for (i = 0; i < ARRAY_LEN(begins); i++)
		if (mail_quote_begins(first, begins[i]))
			return true;
	return strchr("0123456789", first[0]) || strchr(first, '@');
}

static bool mail_quote_is_attribution(const char *text)
{
	return mail_quote_ends(text, ':') &&
	       (mail_quote_has_digit(text) || strchr(text, '@')) &&
	       mail_quote_has_verb(text);
}

/* With a space between them; false if that is too long to be a mark. */
static bool mail_quote_join(char ret[MAIL_QUOTE_LINE_MAX + 1], const char *next)
{
	size_t used = strlen(ret);

	if (used + 1 + strlen(next) > MAIL_QUOTE_LINE_MAX)
		return false;
	ret[used] = ' ';
	memcpy(ret + used + 1, next, strlen(next) + 1);
	return true;
}

/* The number of lines that it takes, 0 if it is none; joined into ret. */
static size_t mail_quote_attribution(
	const struct mail_line *lines, size_t n, char ret[MAIL_QUOTE_LINE_MAX + 1])
{
	char next[MAIL_QUOTE_LINE_MAX + 1];
	size_t i;

	for (i = 0; i < n && i < MAIL_QUOTE_WRAPPED; i++) {
		if (mail_line_is_blank(&lines[i]) || mail_line_is_quote(&lines[i]) ||
			!mail_line_copy(&lines[i], i == 0 ? ret : next))
			return 0;
		if (i > 0 && !mail_quote_join(ret, next))
			return 0;
		if (mail_quote_is_attribution(ret))
			return i + 1;
		if (i == 0 && !mail_quote_can_wrap(ret))
			return 0;
	}
	return 0;
}

/* Its word is taken if a quote follows, or if it names an address, which people do not
 * when they tell what somebody wrote. */
static bool mail_quote_is_followed(
	const struct mail_line *lines, size_t n, const char *attribution)
{
	size_t i = 0;

	while (i < n && mail_line_is_blank(&lines[i]))
		i++;
	return (i < n && mail_line_is_quote(&lines[i])) ||
	       (strchr(attribution, '@') && mail_quote_has_digit(attribution));
}

/* ---- "Skickat från min iPhone" ---- */

static const char *const device_begins[] = {
	"Skickat från ",
	"Skickat med ",
	"Skickades från ",
	"Skickat via ",
	"Hämta Outlook ",
	"Sent from ",
	"Sent with ",
	"Sent via ",
	"Get Outlook for ",
	"Lähetetty ",
	"Hanki Outlook ",
	"Von meinem ",
	"Von meiner ",
	"Gesendet von ",
	"Gesendet mit ",
	"Holen Sie sich Outlook ",
	"Outlook für ",
	"Laden Sie Outlook ",
	"Sendt fra ",
	"Sendt med ",
	"Skaff deg Outlook ",
	"Få Outlook for ",
	"Hent Outlook ",
};

static const char *const devices[] = {
	"iphone",
	"ipad",
	"android",
	"samsung",
	"galaxy",
	"huawei",
	"xperia",
	"oneplus",
	"outlook",
	"yahoo",
	"gmail",
	"proton",
	"windows",
	"mobil",
	"telefon",
	"smartphone",
	"e-post för",
	"mail for ",
	"mail för ",
	"gmx",
	"web.de",
	"telia",
	"puhelimesta",
};

static bool mail_quote_is_one_of(const char *text, const char *const *list, size_t n,
	bool (*is)(const char *text, const char *one))
{
	size_t i;

	for (i = 0; i < n; i++)
		if (is(text, list[i]))
			return true;
	return false;
}

static bool mail_quote_has(const char *text, const char *one)
{
	return strcasestr(text, one) != NULL;
}

static bool mail_quote_is_device(const char *text)
{
	return strlen(text) <= MAIL_QUOTE_DEVICE_MAX &&
	       mail_quote_is_one_of(text, device_begins, ARRAY_LEN(device_begins),
		       mail_quote_begins) &&
	       mail_quote_is_one_of(text, devices, ARRAY_LEN(devices), mail_quote_has);
}

/* ---- which ---- */

static bool mail_quote_is_signature(const struct mail_line *line)
{
	return (line->n == 2 || line->n == 3) &&
	       strncmp(line->bytes, "-- ", line->n) == 0;
}

enum mail_mark mail_quote_mark(
	const struct mail_line *lines, size_t n, size_t *ret_lines)
{
	char text[MAIL_QUOTE_LINE_MAX + 1];
	enum mail_mark mark;
	size_t used;

	*ret_lines = 1;
	if (mail_quote_is_signature(&lines[0]))
		return MAIL_MARK_SIGNATURE;
	if (mail_quote_is_headers(lines, n) || mail_quote_is_ruled_headers(lines, n))
		return MAIL_MARK_HEADERS;
	if (mail_line_is_blank(&lines[0]) || !mail_line_copy(&lines[0], text))
		return MAIL_MARK_NONE;
	mark = mail_quote_banner(text);
	if (mark != MAIL_MARK_NONE)
		return mark;
	if (mail_quote_is_device(text))
		return MAIL_MARK_DEVICE;
	used = mail_quote_attribution(lines, n, text);
	if (used == 0 || !mail_quote_is_followed(lines + used, n - used, text))
		return MAIL_MARK_NONE;
	*ret_lines = used;
	return MAIL_MARK_ATTRIBUTION;
}
