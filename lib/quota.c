#include "lib/quota.h"

#include <assert.h>
#include <stdatomic.h>
#include <time.h>

#include "lib/base.h"
#include "lib/shared.h"

/* A key lives within this many entries of its own place. */
#define QUOTA_REACH 16
/* Processes that meet in one place try this often; then the one is let in. */
#define QUOTA_TRIES 64
/* A process was killed while it changed an entry, if that took so long. */
#define QUOTA_STUCK_S 10

enum {
	QUOTA_EMPTY = 0,
	QUOTA_CHANGING = 1, /* being given to another key */
};

struct quota_entry {
	_Atomic uint64_t key;
	_Atomic uint64_t state; /* of struct quota_state */
};

struct quota {
	size_t n;
	struct quota_entry *entries;
};

/*
 * Packed into one word so that it changes in one step. The tag is from the key:
 * an entry that was given away meanwhile is not charged for its former owner.
 */
struct quota_state {
	uint32_t start_s;      /* 22 bits: of the present window, 48 days around */
	unsigned tag;          /* 10 bits */
	unsigned before, used; /* 16 bits: in the window before it; in this one */
};

#define QUOTA_SECONDS ((1u << 22) - 1)

static uint64_t state_pack(const struct quota_state *s)
{
	return (uint64_t)(s->start_s & QUOTA_SECONDS) << 42 | (uint64_t)s->tag << 32 |
	       (uint64_t)s->before << 16 | s->used;
}

static struct quota_state state_unpack(uint64_t word)
{
	return (struct quota_state){
		.start_s = (uint32_t)(word >> 42),
		.tag = word >> 32 & 0x3ff,
		.before = word >> 16 & 0xffff,
		.used = word & 0xffff,
	};
}

static unsigned key_tag(uint64_t key)
{
	return (unsigned)(key >> 54);
}

struct quota *quota_new(size_t entries, struct error *err)
{
	struct quota *quota = mem_new(sizeof(*quota));

	quota->n = entries > QUOTA_REACH ? entries : QUOTA_REACH;
	quota->entries = shared_map(quota->n * sizeof(*quota->entries), err);
	if (!quota->entries) {
		mem_free(quota);
		return NULL;
	}
	return quota;
}

void quota_free(struct quota *quota)
{
	if (!quota)
		return;
	shared_unmap(quota->entries, quota->n * sizeof(*quota->entries));
	mem_free(quota);
}

/* Another process may have read the clock a moment later; that is age 0. */
static uint32_t state_age(const struct quota_state *s, uint32_t now_s)
{
	uint32_t age = (now_s - s->start_s) & QUOTA_SECONDS;

	return age > QUOTA_SECONDS - QUOTA_STUCK_S ? 0 : age;
}

/* Moves the window so that now is in it; returns the seconds now is into it. */
static uint32_t state_roll(struct quota_state *s, uint32_t now_s, uint32_t window_s)
{
	uint32_t age = state_age(s, now_s);

	if (age < window_s)
		return age;
	if (age >= 2 * window_s) {
		s->start_s = now_s;
		s->before = s->used = 0;
		return 0;
	}
	s->before = s->used;
	s->used = 0;
	s->start_s += window_s;
	return age - window_s;
}

/* From which second of a window `before` weighs less than `room`. */
static uint32_t state_opens(uint64_t before, uint64_t room, uint32_t window_s)
{
	return window_s - (uint32_t)((room * window_s - 1) / before);
}

static unsigned state_retry_after(
	const struct quota_state *s, const struct quota_ask *ask, uint32_t age)
{
	if (s->used < ask->limit) /* the window before is in the way */
		return state_opens(s->before, ask->limit - s->used, ask->window_s) -
		       age;
	return ask->window_s - age + state_opens(s->used, ask->limit, ask->window_s);
}

static bool state_take(
	struct quota_state *s, const struct quota_ask *ask, unsigned *ret_retry_after)
{
	uint32_t age = state_roll(s, ask->now_s, ask->window_s);
	uint64_t weight = (uint64_t)s->before * (ask->window_s - age) / ask->window_s;

	if (weight + s->used < ask->limit) {
		s->used++;
		return true;
	}
	if (ret_retry_after)
		*ret_retry_after = state_retry_after(s, ask, age);
	return false;
}

static uint32_t entry_age(struct quota_entry *entry, uint32_t now_s)
{
	struct quota_state s = state_unpack(atomic_load(&entry->state));

	return state_age(&s, now_s);
}

/* The entry to give away: an empty one, or the one idle for longest. */
static struct quota_entry *quota_victim(
	struct quota *quota, const struct quota_ask *ask, uint64_t *ret_key)
{
	struct quota_entry *oldest = NULL;
	uint32_t oldest_age = 0;

	for (size_t i = 0; i < QUOTA_REACH; i++) {
		struct quota_entry *e = &quota->entries[(ask->key + i) % quota->n];
		uint64_t key = atomic_load(&e->key);
		uint32_t age = entry_age(e, ask->now_s);

		if (key == QUOTA_CHANGING && age <= QUOTA_STUCK_S)
			continue;
		if (key == QUOTA_EMPTY || !oldest || age > oldest_age) {
			oldest = e;
			oldest_age = age;
			*ret_key = key;
		}
		if (key == QUOTA_EMPTY)
			break;
	}
	return oldest;
}

/* NULL: another process was quicker, look again. */
static struct quota_entry *quota_claim(struct quota *quota, const struct quota_ask *ask)
{
	const struct quota_state fresh = {
		.start_s = ask->now_s,
		.tag = key_tag(ask->key),
	};
	uint64_t key = QUOTA_EMPTY;
	struct quota_entry *e = quota_victim(quota, ask, &key);

	if (!e || !atomic_compare_exchange_strong(&e->key, &key, QUOTA_CHANGING))
		return NULL;
	atomic_store(&e->state, state_pack(&fresh));
	atomic_store(&e->key, ask->key);
	return e;
}

static struct quota_entry *quota_find(struct quota *quota, uint64_t key)
{
	for (size_t i = 0; i < QUOTA_REACH; i++) {
		struct quota_entry *e = &quota->entries[(key + i) % quota->n];

		if (atomic_load(&e->key) == key)
			return e;
	}
	return NULL;
}

/* 1 taken, 0 refused, -1 the entry changed hands meanwhile. */
static int entry_take(
	struct quota_entry *e, const struct quota_ask *ask, unsigned *ret_retry_after)
{
	uint64_t word = atomic_load(&e->state);

	while (atomic_load(&e->key) == ask->key) {
		struct quota_state s = state_unpack(word);

		if (s.tag != key_tag(ask->key))
			return -1;
		if (!state_take(&s, ask, ret_retry_after))
			return 0;
		if (atomic_compare_exchange_weak(&e->state, &word, state_pack(&s)))
			return 1;
	}
	return -1;
}

bool quota_take_at(
	struct quota *quota, const struct quota_ask *ask, unsigned *ret_retry_after)
{
	assert(ask->limit <= QUOTA_LIMIT_MAX && ask->window_s <= QUOTA_WINDOW_MAX);
	assert(ask->key > QUOTA_CHANGING);
	if (ask->limit == 0)
		return true;
	for (int i = 0; i < QUOTA_TRIES; i++) {
		struct quota_entry *e = quota_find(quota, ask->key);
		int taken;

		if (!e)
			e = quota_claim(quota, ask);
		if (!e)
			continue;
		taken = entry_take(e, ask, ret_retry_after);
		if (taken >= 0)
			return taken;
	}
	return true;
}

void quota_return(struct quota *quota, uint64_t key)
{
	struct quota_entry *e = quota_find(quota, key > QUOTA_CHANGING ? key : ~key);
	uint64_t word = e ? atomic_load(&e->state) : 0;

	while (e) {
		struct quota_state s = state_unpack(word);

		if (s.tag != key_tag(key > QUOTA_CHANGING ? key : ~key) || s.used == 0)
			return;
		s.used--;
		if (atomic_compare_exchange_weak(&e->state, &word, state_pack(&s)))
			return;
	}
}

bool quota_take(struct quota *quota, uint64_t key, unsigned limit, unsigned window_s,
	unsigned *ret_retry_after)
{
	struct quota_ask ask = { .limit = limit, .window_s = window_s };
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ask.now_s = (uint32_t)now.tv_sec;
	/* 0 and 1 mark entries. */
	ask.key = key > QUOTA_CHANGING ? key : ~key;
	return quota_take_at(quota, &ask, ret_retry_after);
}
