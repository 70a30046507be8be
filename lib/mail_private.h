/* What the files of mail_read share. */
#ifndef SYNPUNKT_LIB_MAIL_PRIVATE_H
#define SYNPUNKT_LIB_MAIL_PRIVATE_H

#include <gmime/gmime.h>
#include <magic.h>

#include "lib/mail_read.h"

struct mail_charsets;

struct mail_read {
	struct mail_read_config config;
	struct mail_charsets *charsets;
	GMimeParserOptions *options;
	magic_t magic;
};

/* ---- mail_buffer.c: text that grows up to a ceiling ---- */

struct mail_buffer {
	char *bytes; /* NULL while empty; no NUL at the end */
	size_t n, room, max;
	bool cut; /* something did not fit */
};

void mail_buffer_add(struct mail_buffer *buffer, const char *bytes, size_t n);
void mail_buffer_add_text(struct mail_buffer *buffer, const char *text);
void mail_buffer_free(struct mail_buffer *buffer);
char *mail_buffer_dup(struct arena *arena, const struct mail_buffer *buffer);

/* ---- mail_bound.c: before GMime ---- */

/* Cuts what is above the ceilings, in place; the new size. */
size_t mail_bound(char *bytes, size_t n, bool *ret_cut);
/* The bytes begin with a header field. */
bool mail_bound_has_header(const char *bytes, size_t n);

/* ---- mail_charset.c ---- */

/* Converters that are kept open, since a confined process can open none. */
struct mail_charsets *mail_charsets_new(void);
void mail_charsets_free(struct mail_charsets *charsets);

/* Adds the bytes as clean UTF-8: lines end with LF, no control characters but tab.
 * charset is what was declared, or NULL. */
void mail_charset_decode(
	const char *charset, const char *bytes, size_t n, struct mail_buffer *out);

/* One line of clean text, at most max code points, NULL if nothing is left. */
char *mail_charset_line(struct arena *arena, const char *text, size_t max);

/* ---- mail_flowed.c: format=flowed (RFC 3676) ---- */

void mail_flowed(
	const char *text, size_t n, bool delete_space, struct mail_buffer *out);

/* ---- mail_slim.c ---- */

/* HTML without what is long and not read. */
void mail_slim(const char *html, size_t n, struct mail_buffer *out);

/* ---- mail_html.c ---- */

/* HTML (UTF-8) to readable text; quotes become lines with "> ". */
void mail_html(const char *html, size_t n, struct mail_buffer *out);

/* ---- mail_part.c: the parts of a mail ---- */

/* One mail being read. */
struct mail_work {
	struct mail_read *reader;
	struct arena *arena;
	struct mail *mail;
	GMimeMessage *message;
	GMimeFormatOptions *format; /* of mails within: lines end as in this one */
	int fd;                     /* of attachments */
	uint64_t written;
	size_t n_parts;
	size_t room;        /* of mail->attachments */
	const char *chosen; /* "plain" or "html": the version that is read, or NULL */
	bool only_text;     /* keep no attachments */
	struct mail_buffer text;
	/* Of a report (RFC 3462), once met. */
	const char *report_type;         /* "delivery-status" */
	struct mail_buffer status;       /* message/delivery-status as text */
	const char *returned_message_id; /* of the mail that it is about */
	GMimeMessage *nested;            /* the first mail within this one */
};

void mail_part_walk(struct mail_work *work, GMimeObject *part, unsigned depth);
/* The text of a mail within, where the mail around it says nothing. */
void mail_part_walk_nested(struct mail_work *work);
/* Up to max bytes, decoded but in the part's charset. */
void mail_part_read(GMimePart *part, struct mail_buffer *out);

/* ---- mail_words.c: encoded words (RFC 2047) ---- */

/* A field's value on one line, not decoded, but fit for GMime to decode. */
char *mail_words_raw(struct arena *arena, const char *raw);
/* The same of a mail's or part's field; NULL if it has none. */
char *mail_words_field(
	const struct mail_work *work, GMimeObject *object, const char *name);
/* And decoded: clean text. */
char *mail_words_line(
	const struct mail_work *work, GMimeObject *object, const char *name);

/* ---- mail_attachment.c ---- */

void mail_attachment_add(struct mail_work *work, GMimeObject *part);

/* ---- mail_head.c: headers ---- */

void mail_head_read(struct mail_work *work);
/* A field of the mail itself, the first of its name, on one line; NULL. */
const char *mail_head_value(const struct mail_work *work, const char *name);
/* "SV: AW: x" is a reply, "VB: x" a forward, and so on. */
enum mail_head_prefix {
	MAIL_PREFIX_NONE,
	MAIL_PREFIX_REPLY,
	MAIL_PREFIX_EITHER, /* by its language */
	MAIL_PREFIX_FORWARD,
	MAIL_PREFIX_AUTOMATIC,
	MAIL_PREFIX_BOUNCE,
};
enum mail_head_prefix mail_head_prefix_of(const char *subject);

/* ---- mail_authentication.c ---- */

void mail_authentication_read(struct mail_work *work);

/* ---- mail_class.c ---- */

void mail_class_find(struct mail_work *work);

/* ---- mail_report.c ---- */

/* Fills mail->bounce from a report, or from what old servers write instead. */
void mail_report_read(struct mail_work *work);
/* What a receipt is about, into mail->in_reply_to. */
void mail_report_read_receipt(struct mail_work *work);
/* Of what came with a report; true without any. */
bool mail_report_is_failure(const struct mail_work *work);

/* ---- mail_new_text.c, mail_quote.c ---- */

/* What the rest of the mail says of its text. */
struct mail_text_kind {
	bool forwarded; /* the old words are what is sent: all is new */
	bool reply;     /* lines with ">" are quotes, also without a word of whose */
};

/* Without quotes and signatures; the whole if that leaves nothing. */
const char *mail_new_text(
	struct arena *arena, const char *text, const struct mail_text_kind *kind);

/* One line without its end. */
struct mail_line {
	const char *bytes;
	size_t n;
};

bool mail_line_is_blank(const struct mail_line *line);
bool mail_line_is_quote(const struct mail_line *line); /* begins with ">" */

/* What the lines from i on begin, and how many lines that is. */
enum mail_mark {
	MAIL_MARK_NONE,
	MAIL_MARK_ATTRIBUTION, /* "Den … skrev …:" */
	MAIL_MARK_HEADERS,     /* "Från: … Skickat: …", the rest is old */
	MAIL_MARK_ORIGINAL,    /* "-----Ursprungligt meddelande-----", as well */
	MAIL_MARK_FORWARD,     /* what follows was forwarded, and is to be read */
	MAIL_MARK_SIGNATURE,   /* "-- " */
	MAIL_MARK_DEVICE,      /* "Skickat från min iPhone" */
};
/* n lines from this one on, n > 0. ret_lines: how many of them are the mark itself. */
enum mail_mark mail_quote_mark(
	const struct mail_line *lines, size_t n, size_t *ret_lines);

/* ---- mail_language.c ---- */

/* "sv", "en", "fi", "de", "no" by common words, or NULL. */
const char *mail_language_guess(const char *text);

#endif
