/*
 * form_stamp - says when a form was shown, signed, so that a submission which comes
 * faster than a person can write is seen (the HTML form's time trap).
 */
#ifndef SYNPUNKT_SERVER_FORM_STAMP_H
#define SYNPUNKT_SERVER_FORM_STAMP_H

#include <stdint.h>

#define FORM_STAMP_SIZE 64

/* ms is since 1970-01-01T00:00Z; secret has WORKER_SECRET_SIZE bytes. */
void form_stamp_make(
	const unsigned char *secret, int64_t ms, char ret[FORM_STAMP_SIZE]);

/* -1 when text is no stamp of ours; NULL is none. ret is then untouched. */
int form_stamp_read(const unsigned char *secret, const char *text, int64_t *ret_ms);

#endif
