/*
 * form_view - the form as a page: empty, preset from the address, or as it was typed,
 * with what is wrong said at the top and beside each field.
 *
 * It reads values by name from whatever holds them, so that there is one way of
 * showing the form and nothing typed is ever forgotten.
 */
#ifndef SYNPUNKT_SERVER_FORM_VIEW_H
#define SYNPUNKT_SERVER_FORM_VIEW_H

#include <stdbool.h>
#include <stddef.h>

struct attachment;
struct faults;
struct page;

/* NULL when there is no such value. */
typedef const char *form_value_fn(void *source, const char *name);

/* What is said above the form, besides faults. */
enum form_notice {
	FORM_NOTICE_NONE,
	FORM_NOTICE_IDENTITY_NUMBER, /* may be sent anyway */
	FORM_NOTICE_TOO_FAST,        /* these below: press send again */
	FORM_NOTICE_SENT_ALREADY,
	FORM_NOTICE_AWAY,
	FORM_NOTICE_TOO_MANY,
	FORM_NOTICE_CUT,  /* far too large: only the beginning was read */
	FORM_NOTICE_BUSY, /* no room for large files now: the same */
};

struct form_view {
	form_value_fn *value;
	void *source;
	const struct faults *faults; /* NULL: none */
	enum form_notice notice;
	const struct attachment *kept; /* files that are in the store already */
	size_t n_kept;
	bool files_lost;   /* some came and are not kept */
	bool child;        /* the child's form */
	const char *key;   /* idempotency key */
	const char *stamp; /* form_stamp.h */
};

/* The value of the confirming button, in the field "confirm". */
#define FORM_CONFIRM_IDENTITY_NUMBER "identity-number"

void form_view_reply(struct page *page, const struct form_view *view, int status);

#endif
