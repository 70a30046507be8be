/*
 * What a mail declares its bytes to be is often not what they are. UTF-8 is believed by
 * its own evidence: no other text looks like it by chance. What is neither UTF-8 nor
 * declared is taken for Windows-1252, which is also what ISO-8859-1 means in mails.
 */
#include "lib/mail_private.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/utf8.h"

enum mail_charset_kind {
	CHARSET_UNKNOWN, /* nothing said, or nothing that helps */
	CHARSET_UTF8,
	CHARSET_1252,
	CHARSET_BYTES, /* one byte a character */
	CHARSET_WIDE,  /* UTF-16 and UTF-32: full of zero bytes */
	CHARSET_OTHER,
};

struct mail_charset {
	const char *name, *iconv; /* iconv: NULL is the name itself */
	enum mail_charset_kind kind;
};

static const struct mail_charset charsets[] = {
	{ "utf-8", NULL, CHARSET_UTF8 },
	{ "utf8", NULL, CHARSET_UTF8 },
	{ "unicode-1-1-utf-8", NULL, CHARSET_UTF8 },
	{ "us-ascii", NULL, CHARSET_UNKNOWN },
	{ "ascii", NULL, CHARSET_UNKNOWN },
	{ "ansi_x3.4-1968", NULL, CHARSET_UNKNOWN },
	{ "unknown-8bit", NULL, CHARSET_UNKNOWN },
	{ "x-unknown", NULL, CHARSET_UNKNOWN },
	{ "iso-8859-1", NULL, CHARSET_1252 },
	{ "iso8859-1", NULL, CHARSET_1252 },
	{ "iso_8859-1", NULL, CHARSET_1252 },
	{ "latin1", NULL, CHARSET_1252 },
	{ "latin-1", NULL, CHARSET_1252 },
	{ "windows-1252", NULL, CHARSET_1252 },
	{ "cp1252", NULL, CHARSET_1252 },
	{ "x-cp1252", NULL, CHARSET_1252 },
	{ "iso-8859-2", NULL, CHARSET_BYTES },
	{ "iso-8859-3", NULL, CHARSET_BYTES },
	{ "iso-8859-4", NULL, CHARSET_BYTES },
	{ "iso-8859-5", NULL, CHARSET_BYTES },
	{ "iso-8859-6", NULL, CHARSET_BYTES },
	{ "iso-8859-7", NULL, CHARSET_BYTES },
	{ "iso-8859-8", NULL, CHARSET_BYTES },
	{ "iso-8859-8-i", "iso-8859-8", CHARSET_BYTES },
	{ "iso-8859-9", "windows-1254", CHARSET_BYTES },
	{ "iso-8859-10", NULL, CHARSET_BYTES },
	{ "iso-8859-13", NULL, CHARSET_BYTES },
	{ "iso-8859-14", NULL, CHARSET_BYTES },
	{ "iso-8859-15", NULL, CHARSET_BYTES },
	{ "latin-9", "iso-8859-15", CHARSET_BYTES },
	{ "iso-8859-16", NULL, CHARSET_BYTES },
	{ "windows-1250", NULL, CHARSET_BYTES },
	{ "windows-1251", NULL, CHARSET_BYTES },
	{ "windows-1253", NULL, CHARSET_BYTES },
	{ "windows-1254", NULL, CHARSET_BYTES },
	{ "windows-1255", NULL, CHARSET_BYTES },
	{ "windows-1256", NULL, CHARSET_BYTES },
	{ "windows-1257", NULL, CHARSET_BYTES },
	{ "windows-1258", NULL, CHARSET_BYTES },
	{ "windows-874", "cp874", CHARSET_BYTES },
	{ "cp437", NULL, CHARSET_BYTES },
	{ "cp850", NULL, CHARSET_BYTES },
	{ "cp865", NULL, CHARSET_BYTES },
	{ "macintosh", NULL, CHARSET_BYTES },
	{ "x-mac-roman", "macintosh", CHARSET_BYTES },
	{ "koi8-r", NULL, CHARSET_BYTES },
	{ "koi8-u", NULL, CHARSET_BYTES },
	{ "tis-620", NULL, CHARSET_BYTES },
	{ "utf-16", NULL, CHARSET_WIDE },
	{ "utf-16le", NULL, CHARSET_WIDE },
	{ "utf-16be", NULL, CHARSET_WIDE },
	{ "utf-32", NULL, CHARSET_WIDE },
	{ "utf-7", NULL, CHARSET_OTHER },
	{ "gb2312", "gb18030", CHARSET_OTHER },
	{ "gbk", "gb18030", CHARSET_OTHER },
	{ "gb18030", NULL, CHARSET_OTHER },
	{ "big5", "big5-hkscs", CHARSET_OTHER },
	{ "shift_jis", "cp932", CHARSET_OTHER },
	{ "iso-2022-jp", NULL, CHARSET_OTHER },
	{ "euc-jp", NULL, CHARSET_OTHER },
	{ "euc-kr", "cp949", CHARSET_OTHER },
	{ "ks_c_5601-1987", "cp949", CHARSET_OTHER },
	{ "iso-2022-kr", NULL, CHARSET_OTHER },
};

/* What libraries open by themselves, for words of headers. */
static const char *const more[] = {
	"iso-8859-1",
	"windows-1252",
	"gb2312",
	"gbk",
	"big5",
	"shift_jis",
	"euc-kr",
};

struct mail_charsets {
	iconv_t open[2 * ARRAY_LEN(charsets)];
	size_t n;
};

/* Converters are files; the C library has each open as long as somebody does. */
static void mail_charsets_keep(struct mail_charsets *kept, const char *name)
{
	iconv_t converter = iconv_open("UTF-8", name);

	if (converter != (iconv_t)-1)
		kept->open[kept->n++] = converter;
}

struct mail_charsets *mail_charsets_new(void)
{
	struct mail_charsets *kept = mem_new(sizeof(*kept));
	size_t i;

	for (i = 0; i < ARRAY_LEN(charsets); i++) {
		const struct mail_charset *row = &charsets[i];

		if (row->kind >= CHARSET_BYTES)
			mail_charsets_keep(kept, row->iconv ? row->iconv : row->name);
	}
	for (i = 0; i < ARRAY_LEN(more); i++)
		mail_charsets_keep(kept, more[i]);
	return kept;
}

void mail_charsets_free(struct mail_charsets *kept)
{
	if (!kept)
		return;
	while (kept->n > 0)
		iconv_close(kept->open[--kept->n]);
	mem_free(kept);
}

/* ---- clean text ---- */

/* 0x80 to 0x9f of Windows-1252; 0 is nothing. */
static const uint16_t high[32] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
	0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019,
	0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153,
	0, 0x017e, 0x0178 };

/* What writes text: CR LF and CR become LF, what controls anything is left out. */
struct mail_pen {
	struct mail_buffer *out;
	uint32_t before;
};

static void mail_pen_put(struct mail_pen *pen, uint32_t point)
{
	uint32_t before = pen->before;
	char bytes[UTF8_MAX];

	pen->before = point;
	if (point == '\n' && before == '\r')
		return;
	if (point == '\r')
		point = '\n';
	if (point >= 0x80 && point <= 0x9f)
		point = high[point - 0x80];
	if ((point < 0x20 && point != '\n' && point != '\t') || point == 0x7f ||
		point == 0xfeff)
		return;
	mail_buffer_add(pen->out, bytes, utf8_encode(point, bytes));
}

/* What is no UTF-8 is a byte of Windows-1252: texts are glued together. */
static void mail_pen_put_utf8(struct mail_pen *pen, const char *bytes, size_t n)
{
	size_t at = 0, size;
	uint32_t point;

	while (at < n && !pen->out->cut) {
		size = utf8_decode(bytes + at, n - at, &point);
		mail_pen_put(pen, size > 0 ? point : (unsigned char)bytes[at]);
		at += size > 0 ? size : 1;
	}
}

static void mail_pen_put_1252(struct mail_pen *pen, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n && !pen->out->cut; i++)
		mail_pen_put(pen, (unsigned char)bytes[i]);
}

/* What cannot be converted is U+FFFD, a byte at a time. */
static void mail_pen_put_by(
	struct mail_pen *pen, iconv_t converter, const char *bytes, size_t n)
{
	char *from = (char *)(uintptr_t)bytes, room[4096], *to;
	size_t left, done;
	int code;

	while (n > 0 && !pen->out->cut) {
		to = room;
		left = sizeof(room);
		done = iconv(converter, &from, &n, &to, &left);
		code = errno;
		mail_pen_put_utf8(pen, room, (size_t)(to - room));
		if (done != (size_t)-1 || code == E2BIG)
			continue;
		mail_pen_put(pen, 0xfffd);
		if (code == EINVAL)
			return; /* the last character is cut short */
		from++;
		n--;
	}
}

/* ---- which charset ---- */

static struct mail_charset mail_charset_find(const char *name)
{
	size_t i;

	for (i = 0; name && i < ARRAY_LEN(charsets); i++)
		if (strcasecmp(charsets[i].name, name) == 0)
			return charsets[i];
	return (struct mail_charset){ name, NULL,
		name ? CHARSET_OTHER : CHARSET_UNKNOWN };
}

/* The bytes say themselves that they are UTF-8, whatever was declared. */
static bool mail_charset_is_utf8(
	const struct mail_charset *charset, const char *bytes, size_t n)
{
	bool beyond_ascii = false;
	size_t i;

	if (charset->kind == CHARSET_OTHER ||
		(charset->kind == CHARSET_WIDE && memchr(bytes, 0, n)))
		return false;
	for (i = 0; i < n && !beyond_ascii; i++)
		beyond_ascii = (unsigned char)bytes[i] >= 0x80;
	/* a wide text of few bytes may look like it */
	if (charset->kind == CHARSET_WIDE && !beyond_ascii)
		return true;
	return beyond_ascii && utf8_is_valid(bytes, n);
}

static iconv_t mail_charset_open(const struct mail_charset *charset)
{
	if (charset->kind < CHARSET_BYTES)
		return (iconv_t)-1;
	return iconv_open("UTF-8", charset->iconv ? charset->iconv : charset->name);
}

void mail_charset_decode(
	const char *name, const char *bytes, size_t n, struct mail_buffer *out)
{
	struct mail_charset charset = mail_charset_find(name);
	struct mail_pen pen = { .out = out };
	iconv_t converter;

	if (charset.kind == CHARSET_UTF8 || mail_charset_is_utf8(&charset, bytes, n)) {
		mail_pen_put_utf8(&pen, bytes, n);
		return;
	}
	converter = mail_charset_open(&charset);
	if (converter != (iconv_t)-1) {
		mail_pen_put_by(&pen, converter, bytes, n);
		iconv_close(converter);
	} else if (charset.kind == CHARSET_OTHER && utf8_is_valid(bytes, n)) {
		mail_pen_put_utf8(&pen, bytes, n);
	} else {
		mail_pen_put_1252(&pen, bytes, n);
	}
}

/* ---- one line ---- */

static bool mail_charset_is_space(uint32_t point)
{
	return point == ' ' || point == '\t' || point == '\n' || point == '\r' ||
	       point == 0xa0;
}

/* Marks of direction and what shows nothing: a name can pose as another by them. */
static bool mail_charset_is_hidden(uint32_t point)
{
	return point == 0xad || point == 0x61c ||
	       (point >= 0x200b && point <= 0x200f) ||
	       (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2060 && point <= 0x206f);
}

char *mail_charset_line(struct arena *arena, const char *text, size_t max)
{
	struct mail_buffer line = { .max = UTF8_MAX * max };
	struct mail_pen pen = { .out = &line };
	size_t n = text ? strlen(text) : 0, at = 0, count = 0, size;
	bool space = false;
	uint32_t point;
	char *ret;

	for (; at < n && count < max; at += size) {
		size = utf8_decode(text + at, n - at, &point);
		point = size > 0 ? point : (unsigned char)text[at];
		size = size > 0 ? size : 1;
		if (mail_charset_is_space(point) || mail_charset_is_hidden(point)) {
			space = space || mail_charset_is_space(point);
			continue;
		}
		if (space && line.n > 0)
			mail_pen_put(&pen, ' ');
		space = false;
		mail_pen_put(&pen, point);
		count++;
	}
	ret = line.n > 0 ? arena_dup_n(arena, line.bytes, line.n) : NULL;
	mail_buffer_free(&line);
	return ret;
}
