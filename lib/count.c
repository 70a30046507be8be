#include "lib/count.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "lib/base.h"
#include "lib/shared.h"

/* A key lives within this many entries of its own place. */
#define COUNT_REACH 16
#define COUNT_TRIES 64

/* held has a column for each process; an entry nobody holds is free. */
struct count_entry {
	_Atomic uint64_t key;
	_Atomic uint32_t held[];
};

struct count {
	size_t n, stride;
	unsigned slots, slot; /* slot: of this process */
	char *entries;
};

struct count *count_new(size_t entries, unsigned slots, struct error *err)
{
	struct count *count = mem_new(sizeof(*count));
	size_t align = sizeof(uint64_t);

	count->n = entries > COUNT_REACH ? entries : COUNT_REACH;
	count->slots = slots;
	count->stride = sizeof(struct count_entry) + slots * sizeof(uint32_t);
	count->stride = (count->stride + align - 1) / align * align;
	count->entries = shared_map(count->n * count->stride, err);
	if (!count->entries) {
		mem_free(count);
		return NULL;
	}
	return count;
}

void count_free(struct count *count)
{
	if (!count)
		return;
	shared_unmap(count->entries, count->n * count->stride);
	mem_free(count);
}

void count_use_slot(struct count *count, unsigned slot)
{
	assert(slot < count->slots);
	count->slot = slot;
}

static struct count_entry *count_at(const struct count *count, size_t i)
{
	return (struct count_entry *)(void *)(count->entries +
					      i % count->n * count->stride);
}

void count_reset_slot(struct count *count, unsigned slot)
{
	assert(slot < count->slots);
	for (size_t i = 0; i < count->n; i++) {
		/* Reading first leaves untouched pages untouched. */
		if (atomic_load(&count_at(count, i)->held[slot]) != 0)
			atomic_store(&count_at(count, i)->held[slot], 0);
	}
}

static uint64_t entry_total(const struct count *count, struct count_entry *e)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < count->slots; i++)
		total += atomic_load(&e->held[i]);
	return total;
}

/* The place of the key's entry, taken over if need be; -1 if all are in use. */
static int64_t count_find(struct count *count, uint64_t key)
{
	int64_t spare = -1;

	for (size_t i = 0; i < COUNT_REACH; i++) {
		size_t place = (key + i) % count->n;
		struct count_entry *e = count_at(count, place);

		if (atomic_load(&e->key) == key)
			return (int64_t)place;
		if (spare < 0 && entry_total(count, e) == 0)
			spare = (int64_t)place;
	}
	return spare;
}

/*
 * Counts first and looks afterwards whether that was too many, or two processes
 * at once would both pass the limit. false: the entry changed hands meanwhile.
 */
static bool count_hold(struct count *count, struct count_entry *e, uint64_t key)
{
	uint64_t before = atomic_load(&e->key);

	if (before != key && !atomic_compare_exchange_strong(&e->key, &before, key))
		return false;
	atomic_fetch_add(&e->held[count->slot], 1);
	if (atomic_load(&e->key) == key)
		return true;
	atomic_fetch_sub(&e->held[count->slot], 1);
	return false;
}

int count_enter(struct count *count, uint64_t key, unsigned limit)
{
	if (limit == 0)
		return COUNT_UNCOUNTED;
	for (int i = 0; i < COUNT_TRIES; i++) {
		int64_t place = count_find(count, key);
		struct count_entry *e;

		if (place < 0)
			return COUNT_UNCOUNTED;
		e = count_at(count, (size_t)place);
		if (!count_hold(count, e, key))
			continue;
		if (entry_total(count, e) <= limit)
			return (int)place + 1;
		atomic_fetch_sub(&e->held[count->slot], 1);
		return COUNT_FULL;
	}
	return COUNT_UNCOUNTED;
}

void count_leave(struct count *count, int ticket)
{
	struct count_entry *e;

	if (ticket <= 0)
		return;
	e = count_at(count, (size_t)ticket - 1);
	assert(atomic_load(&e->held[count->slot]) > 0);
	atomic_fetch_sub(&e->held[count->slot], 1);
}
