/*
 * suggest_holder - the model that suggests subjects and the lists of words that are
 * looked for, in one worker. Loaded at the start, and anew when the database says that
 * another serves (NOTIFY synpunkt_classifier); whoever has asked the database what
 * serves can wait until it is here. Until the new one is there the old one stands, and
 * before the first there is none, which nobody waits for who does not ask to.
 *
 * The model is read in a thread: it is some megabytes.
 */
#ifndef SYNPUNKT_SERVER_SUGGEST_HOLDER_H
#define SYNPUNKT_SERVER_SUGGEST_HOLDER_H

#include <stdbool.h>
#include <stdint.h>

struct db_pool;
struct event_base;
struct spot;
struct suggest;
struct suggest_holder;
struct suggest_wait;
struct work_pool;

/* Good until the loop turns; suggest_held_ref() to keep it longer. */
struct suggest_held {
	const struct suggest *suggest; /* NULL: nothing is learned, or not yet read */
	int64_t version;               /* of it; 0: none */
	const struct spot *spot;       /* NULL: not yet read */
	const char *words;             /* what the lists are known by, or NULL */
	/* From which probability, in per cent, intake sets a subject by itself; 0:
	 * never
	 */
	int set_from;
};

/* pool is of a role that may ask what serves. The pool keeps a pointer to the holder:
 * free the holder, then the pool. Jobs of its own must be done: free the work pool
 * first. */
struct suggest_holder *suggest_holder_new(
	struct event_base *base, struct db_pool *pool, struct work_pool *work);
void suggest_holder_free(struct suggest_holder *holder); /* NULL is fine */

const struct suggest_held *suggest_holder_get(const struct suggest_holder *holder);

/* For a thread: what is held stays as it is until it is let go of. Both on the loop. */
const struct suggest_held *suggest_held_ref(const struct suggest_held *held);
void suggest_held_unref(const struct suggest_held *held); /* NULL is fine */

/* Load; done(arg) once, never inside, when that has been tried: what is held then is
 * at least as new as what the database had now, or loading failed. */
struct suggest_wait *suggest_holder_catch_up(
	struct suggest_holder *holder, void (*done)(void *arg), void *arg);
void suggest_wait_cancel(struct suggest_wait *wait); /* NULL is fine */

#endif
