/*
 * qr_link - what a QR code leads to: the residents' form, preset.
 */
#ifndef SYNPUNKT_SERVER_QR_LINK_H
#define SYNPUNKT_SERVER_QR_LINK_H

#include <stdint.h>

struct arena;
struct city;
struct faults;

struct qr_wish {
	const struct city *city;
	int32_t today;
	const char *base; /* the address that residents know, without a final slash */
	/* Codes, or NULL; unit may be a name that the city has no row for. */
	const char *unit, *category, *type;
};

struct qr_link {
	const char *address;  /* "https://synpunkt.example/lamna?unit=vasaparken" */
	const char *typed;    /* "synpunkt.example/lamna": what somebody would type */
	const char *unit;     /* by name, or NULL */
	const char *category; /* by name, or NULL */
};

/* Texts are the arena's and the city's. -1 with faults named unit, category or type. */
int qr_link_make(struct arena *arena, const struct qr_wish *wish, struct qr_link *ret,
	struct faults *faults);

#endif
