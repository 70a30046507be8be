/*
 * kept_file - a file that came with a form which has to be shown again: it is in the
 * blob store already, and the form carries a signed note of it, so that nobody has to
 * choose the same picture twice.
 *
 * A note is good for a day and says everything that struct attachment does; without
 * the server's secret none can be made, so nobody gets at a file by guessing.
 */
#ifndef SYNPUNKT_SERVER_KEPT_FILE_H
#define SYNPUNKT_SERVER_KEPT_FILE_H

#include <stdint.h>

struct arena;
struct attachment;

/* Of one attachment whose state is final. */
char *kept_file_note(struct arena *arena, const unsigned char *secret,
	const struct attachment *attachment, int64_t now_s);

/* -1 for a note that is not ours or too old; ret's texts are the arena's. */
int kept_file_read(struct arena *arena, const unsigned char *secret, const char *note,
	int64_t now_s, struct attachment *ret);

#endif
