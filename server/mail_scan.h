/*
 * mail_scan - one mail before ClamAV (lib/clamav.h): as it came, and each of its files
 * by itself, since what takes mails apart there is not what does here.
 */
#ifndef SYNPUNKT_SERVER_MAIL_SCAN_H
#define SYNPUNKT_SERVER_MAIL_SCAN_H

#include <stdbool.h>

#include <jansson.h>

struct clamav;
struct mail_scan;

struct mail_scan_result {
	bool is_away;      /* the scanner; nothing is known of the mail */
	bool is_failed;    /* it could not be checked, this time */
	bool is_too_large; /* the mail as a whole; its files were checked */
	const char *found; /* names of what was, by commas; NULL: nothing */
	/* SHA-256 of the files that are infected or too large to check, and "mail" when
	 * something was found in the mail as a whole. */
	const json_t *withheld;
};

/* Everything of result is valid during the callback. */
typedef void mail_scan_done_fn(const struct mail_scan_result *result, void *arg);

struct mail_scan_order {
	struct clamav *clamav;
	int raw_fd, bytes_fd;      /* the mail; its files, or -1 */
	const json_t *attachments; /* as mail_json() makes it, or NULL */
	unsigned limit_ms;         /* after which no other file is begun */
	mail_scan_done_fn *done;   /* once, never inside mail_scan_begin() */
	void *arg;
};

/* Descriptors and attachments must stay until done or free, and stay the caller's. */
struct mail_scan *mail_scan_begin(const struct mail_scan_order *order);
/* Also while it is under way: done will not run. NULL is fine. */
void mail_scan_free(struct mail_scan *scan);

#endif
