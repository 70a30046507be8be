/*
 * fault - all that is wrong with one input, told at once.
 *
 * A fault names the member by its path ("place.lat"), carries a catalogue key for
 * pages in the resident's language and a plain English reason for the JSON API
 * (RFC 9457, invalidParams). Everything belongs to the arena; names and keys that
 * are not string constants must live as long.
 *
 * Keys of the generic faults, with their values, for the catalogues. The English
 * reasons stand in fault.c.
 *
 *   fault.required          fault.not-text         fault.not-number
 *   fault.not-integer       fault.not-boolean      fault.not-object
 *   fault.not-list          fault.blank            fault.null-character
 *   fault.not-utf8          fault.wrong            fault.together {other}
 *   fault.too-short {min}   fault.too-long {max}   fault.too-few {min}
 *   fault.too-many {max}    fault.too-small {min}  fault.too-big {max}
 *   fault.out-of-range {min} {max}                 fault.not-one-of {values}
 *   fault.not-email         fault.not-phone        fault.not-language
 *   fault.unknown-code
 */
#ifndef SYNPUNKT_LIB_FAULT_H
#define SYNPUNKT_LIB_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/text_format.h"

struct arena;
struct json_write;

/* A stranger's list must not become our list: later faults are counted, not kept. */
#define FAULTS_MAX 100
#define FAULT_VALUES_MAX 3

struct fault {
	const char *name; /* the member's path */
	const char *key;  /* "fault.too-long"; "fault.wrong" if only the reason knows */
	const char *reason;                             /* plain English */
	struct text_value values[FAULT_VALUES_MAX + 1]; /* for the text at key */
	struct fault *next;
};

struct faults {
	struct arena *arena;
	struct fault *first, *last; /* in the order they were found */
	size_t n;
};

void faults_init(struct faults *f, struct arena *arena);

/* With the reason in words. A key from the list above that needs no value may be given
 * instead: faults_add(f, "text", "fault.required"). */
void faults_add(struct faults *f, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* By key, with at most FAULT_VALUES_MAX values, which are copied; NULL for none. The
 * reason is the English text of the key; an unknown key is our own mistake (assert). */
void faults_add_key(struct faults *f, const char *name, const char *key,
	const struct text_value *values);

/* By a key of one's own, not in the list above, with its English text. */
void faults_add_text(struct faults *f, const char *name, const char *key,
	const char *english, const struct text_value *values);

const struct fault *faults_find(const struct faults *f, const char *name);

/* [{"name": …, "reason": …}, …], the value of invalidParams. */
void faults_write(const struct faults *f, struct json_write *w);

/* The English text of a generic key, with its {name}s; NULL if there is no such key. */
const char *fault_english(const char *key);

#endif
