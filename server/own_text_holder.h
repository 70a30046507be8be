/*
 * own_text_holder - the catalogue of one process, with what the city says in its own
 * words today. Loads the rows of synpunkt.city_text when the database says that they
 * have changed (NOTIFY synpunkt_text) and when the listening connection was away; at
 * midnight other words may hold.
 *
 * A catalogue that is replaced stays for ten minutes, longer than any page, letter or
 * work thread uses it. While 64 wait for their end, nothing newer is taken.
 */
#ifndef SYNPUNKT_SERVER_OWN_TEXT_HOLDER_H
#define SYNPUNKT_SERVER_OWN_TEXT_HOLDER_H

#include <stdbool.h>

struct catalogue;
struct db_pool;
struct event_base;
struct own_text_holder;

/* On the loop, when other words hold from now on. */
typedef void own_text_changed_fn(const struct catalogue *now, void *arg);

/* built_in must be there as long. The pool, as a role that may ask for
 * synpunkt.text_snapshot(), keeps a pointer to the holder: free the holder, then the
 * pool, and let the loop not turn in between. */
struct own_text_holder *own_text_holder_new(struct event_base *base,
	struct db_pool *pool, const struct catalogue *built_in,
	own_text_changed_fn *changed, void *arg);
void own_text_holder_free(struct own_text_holder *holder); /* NULL is fine */

/* Before the first load, which whoever writes to people waits for, the built-in words
 * hold. */
bool own_text_holder_loaded(const struct own_text_holder *holder);

#endif
