/*
 * city_holder - the present snapshot of the city in one worker. Loads it, and loads it
 * anew when the database says that the city has changed (NOTIFY synpunkt_city) or when
 * the listening connection was away. Until the new one is there the old one stands.
 */
#ifndef SYNPUNKT_SERVER_CITY_HOLDER_H
#define SYNPUNKT_SERVER_CITY_HOLDER_H

struct city;
struct city_holder;
struct db_pool;
struct event_base;

/* changed runs after each new snapshot, on the loop; NULL if nobody needs to know. The
 * pool keeps a pointer to the holder: free the holder, then the pool, and let the loop
 * not turn in between. */
struct city_holder *city_holder_new(struct event_base *base, struct db_pool *pool,
	void (*changed)(void *arg), void *arg);
void city_holder_free(struct city_holder *holder); /* NULL is fine */

/* NULL until the first snapshot is there. Good until the loop turns; city_ref() to keep
 * it longer. */
const struct city *city_holder_get(const struct city_holder *holder);

/* Load now; for who was told by the database that its city is stale. */
void city_holder_refresh(struct city_holder *holder);

#endif
