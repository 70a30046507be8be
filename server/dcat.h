/*
 * dcat - what the open data say of themselves to a harvester: a catalogue after
 * DCAT-AP-SE 3.0.1 (docs.dataportal.se/dcat/3.0.1), with what that calls mandatory of
 * catalogue, dataset, distribution, data service, agent and contact point. Files of one
 * kind are one distribution with several downloadURLs, as the profile recommends.
 */
#ifndef SYNPUNKT_SERVER_DCAT_H
#define SYNPUNKT_SERVER_DCAT_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct rdf;

#define DCAT_PATH "/datasets/dcat"

struct dcat {
	const char *base;          /* the public address, without a final slash */
	const char *publisher;     /* its name */
	const char *homepage;      /* its page; NULL: none is told */
	const char *mail;          /* address of whom to ask */
	const char *const *months; /* published, "2026-10", the first first */
	size_t n_months;
	int64_t modified; /* when the last was published, seconds; 0: none is */
};

/* The graph is the arena's. */
struct rdf *dcat_make(struct arena *arena, const struct dcat *dcat);

#endif
