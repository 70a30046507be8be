/*
 * mail_read - what a mail says: bytes from a stranger in, a plain struct out.
 *
 * GMime takes the mail apart and libxml2 the HTML in it; what a mail can make large is
 * cut before either sees it (the ceilings below), and a mail that was cut says so. No
 * mail is refused: of one that cannot be understood there is little to say, but that
 * little comes out.
 *
 * Meant for a process that has given up everything else (lib/sandbox.h): after
 * mail_read_new() nothing is opened any more. Blocks and computes.
 */
#ifndef SYNPUNKT_LIB_MAIL_READ_H
#define SYNPUNKT_LIB_MAIL_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct arena;
struct error;
struct mail_read;

#define MAIL_SIZE_MAX ((size_t)64 << 20) /* bytes of a mail that are looked at */
#define MAIL_HEADERS_MAX 500             /* header fields of one part */
#define MAIL_HEADERS_ALL_MAX 20000       /* of all parts together */
#define MAIL_HEADER_MAX 65536            /* bytes of one field */
#define MAIL_ADDRESSES_MAX 1000          /* addresses of one field */
#define MAIL_DELIMITERS_MAX 5000         /* lines that may begin or end a part */
#define MAIL_DEPTH_MAX 20                /* parts within parts */
#define MAIL_PARTS_MAX 300               /* that are walked */
#define MAIL_LIST_MAX 200                /* recipients, references that are told */
#define MAIL_TEXT_MAX ((size_t)1 << 20)  /* bytes of text */
#define MAIL_HTML_MAX ((size_t)16 << 20) /* of HTML, with pictures in it */
#define MAIL_NAME_MAX 100                /* code points of a file's name */
#define MAIL_WORD_MAX 998                /* code points of a header that is told */

struct mail_read_config {
	/* Whose Authentication-Results (RFC 8601) and spam header count; NULL: none's.
	 * That server must take away what strangers send under its name. */
	const char *authserv_id;
	const char *spam_header; /* "X-Spam-Flag", when NULL */
};

enum mail_class {
	MAIL_NEW,
	MAIL_REPLY,
	MAIL_AUTO_REPLY, /* a machine wrote it */
	MAIL_BOUNCE,     /* a mail server says that something did not arrive */
	MAIL_RECEIPT,    /* it arrived, or was read */
	MAIL_SPAM,       /* says our own mail server */
	MAIL_CLASSES,
};

struct mail_attachment {
	const char *name;     /* fit to be shown; no path, no control characters */
	const char *type;     /* by content, or as declared where that says more */
	const char *declared; /* what the mail says it is */
	uint64_t offset, size;
	char sha256[65];
	bool is_inline; /* belongs into the text, as a picture in a signature does */
};

struct mail_list {
	const char **items;
	size_t n;
};

struct mail_bounce {
	const char *recipient, *status, *action, *original_message_id; /* or NULL */
};

/* "pass", "fail", "none" and so on; NULL where nothing is said. */
struct mail_authentication {
	const char *spf, *dkim, *dmarc;
	const char *from;   /* the domain that DMARC was about */
	const char *policy; /* what that asks for: "none", "quarantine", "reject" */
};

/* Texts are UTF-8, NULL where the mail has none. Message-IDs are without brackets. */
struct mail {
	const char *subject, *from, *from_name, *reply_to, *return_path;
	const char *date; /* RFC 3339 */
	const char *message_id, *in_reply_to;
	struct mail_list to, cc, references;
	const char *text;     /* all of it; never NULL */
	const char *new_text; /* without quotes and signatures; never NULL */
	const char *language; /* a guess; NULL: none */
	struct mail_attachment *attachments;
	size_t n_attachments;
	enum mail_class class;
	const char *because;
	/* What it is and why when the word of spam does not count; never MAIL_SPAM. */
	enum mail_class otherwise;
	const char *otherwise_because;
	bool otherwise_never_answer;
	const struct mail_bounce *bounce;                 /* or NULL */
	const struct mail_authentication *authentication; /* or NULL */
	bool never_answer; /* from a machine, a list, to many, or asks for no answer */
	bool is_encrypted, is_signed;
	bool truncated; /* a ceiling cut something */
};

/* The config's texts must outlive it. ERR_INTERNAL without libmagic's database. */
struct mail_read *mail_read_new(
	const struct mail_read_config *config, struct error *err);
void mail_read_free(struct mail_read *reader); /* NULL is fine */

/* bytes are changed. Attachments are written to fd, one after the other, from its
 * offset 0. All that comes out lives in the arena. */
const struct mail *mail_read_run(
	struct mail_read *reader, struct arena *arena, char *bytes, size_t n, int fd);

/* {subject, from, to, …}: what `synpunktctl parse-mail` prints. */
json_t *mail_json(const struct mail *mail);

#endif
