/*
 * attachment_name - file names from strangers, made fit to show and to save under.
 *
 * Pure. A name says nothing about a file's type; it is only kept because the
 * resident knows the file by it.
 */
#ifndef SYNPUNKT_SERVER_ATTACHMENT_NAME_H
#define SYNPUNKT_SERVER_ATTACHMENT_NAME_H

struct arena;

/*
 * For display: what follows the last slash or backslash, without control characters
 * and those that turn the writing direction or show nothing, at most
 * ATTACHMENT_NAME_MAX code points with the ending kept. NULL or nothing left gives
 * "bilaga". Letters of every alphabet stay.
 */
const char *attachment_name_tidy(struct arena *arena, const char *given);

/* To save under: with the ending that belongs to the media type, so that a text called
 * "x.js" is saved as "x.js.txt" and nothing runs on a double click. */
const char *attachment_name_saved(
	struct arena *arena, const char *name, const char *type);

/* The same for Content-Disposition (RFC 6266): "inline; filename*=UTF-8''bild.jpg" for
 * pictures, "attachment; …" for others. */
const char *attachment_name_disposition(
	struct arena *arena, const char *name, const char *type);

#endif
