/*
 * mail_key - by what a letter is known again when it is handed over twice: its
 * Message-ID with its sender, receivers, date, subject and the hash of its body, or
 * its whole where there is no Message-ID to rely on. The lines that mail servers add on
 * the way may differ. No more of the header is understood here.
 */
#ifndef SYNPUNKT_SERVER_MAIL_KEY_H
#define SYNPUNKT_SERVER_MAIL_KEY_H

#include <stddef.h>

#include "lib/sha256.h"

/* A header past this is taken for body, a Message-ID past that for none. */
#define MAIL_KEY_HEADER_MAX ((size_t)256 * 1024)
#define MAIL_KEY_ID_MAX ((size_t)250)

struct mail_key_head {
	char message_id[MAIL_KEY_ID_MAX + 1]; /* without brackets; "": none */
	size_t body_at;                       /* where the body begins */
};

/* Pure; looks at MAIL_KEY_HEADER_MAX bytes at most. */
void mail_key_scan(const char *bytes, size_t n, struct mail_key_head *ret);

/* body is the hash of what follows head->body_at. */
void mail_key_make(const char *bytes, const struct mail_key_head *head,
	const unsigned char body[SHA256_SIZE], unsigned char ret[SHA256_SIZE]);

#endif
