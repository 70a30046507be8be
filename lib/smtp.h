/*
 * smtp - letters to one mail server (a smarthost) from the event loop, by libcurl's
 * multi interface: several at a time, connections used again, names looked up in
 * libcurl's own threads.
 *
 * It sends and says how that went; whether and when to try again is the caller's. A
 * letter is SMTP_TAKEN only when the server has answered 250 to all of it. When the
 * connection breaks after the last byte and before that answer, nobody can know: that
 * is SMTP_LATER, and the letter's Message-ID is how a receiver knows it again.
 */
#ifndef SYNPUNKT_LIB_SMTP_H
#define SYNPUNKT_LIB_SMTP_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct event_base;
struct smtp;
struct smtp_call;

enum smtp_tls {
	SMTP_TLS_TRY,      /* STARTTLS when offered, whatever the certificate is: better
			    * than the plain text that would be sent otherwise */
	SMTP_TLS_REQUIRED, /* STARTTLS, or smtps://, with a certificate that is right */
	SMTP_TLS_NEVER,
};

struct smtp_config {
	const char *url;      /* "smtp://host:port" or "smtps://host:port" */
	const char *user;     /* NULL: no authentication */
	const char *password; /* with user */
	const char *ca_file;  /* PEM; NULL: the system's */
	enum smtp_tls tls;    /* for smtp://; with a user TRY is REQUIRED unless the
			       * server is on this machine's loopback */
	unsigned timeout_ms;  /* for a whole letter */
	unsigned connections; /* at once */
};

/* The strings are copied. NULL with ERR_INVALID when the URL is no smtp(s) URL, or this
 * libcurl cannot look up names beside the loop. */
struct smtp *smtp_new(
	struct event_base *base, const struct smtp_config *config, struct error *err);
/* Calls under way are forgotten; their done will not run. NULL is fine. */
void smtp_free(struct smtp *smtp);

enum smtp_outcome {
	SMTP_TAKEN,
	SMTP_REFUSED, /* for good: the recipient or the letter (5xx) */
	SMTP_LATER,   /* this letter may go later (4xx, or something broke) */
	SMTP_AWAY,    /* the server or our terms with it: no letter will go now */
};

#define SMTP_WHY_SIZE 40

struct smtp_result {
	enum smtp_outcome outcome;
	/* Where it stopped and the server's code, "recipient-550", "connect",
	 * "timeout";
	 * "" when taken. Never the server's words, which may hold addresses. */
	char why[SMTP_WHY_SIZE];
};

typedef void smtp_done_fn(const struct smtp_result *result, void *arg);

/* All belongs to the caller and must live until done. from and to are bare addresses;
 * bytes is the whole letter with CRLF line ends. */
struct smtp_letter {
	const char *from, *to;
	const char *bytes;
	size_t size;
};

/* done runs once, on the loop, never inside this call. */
void smtp_send(struct smtp *smtp, const struct smtp_letter *letter, smtp_done_fn *done,
	void *arg);

#endif
