/* map_filter - what the public map and its list are narrowed by: ?category= and so on.
 */
#ifndef SYNPUNKT_SERVER_MAP_FILTER_H
#define SYNPUNKT_SERVER_MAP_FILTER_H

struct faults;
struct http_request;

/* NULL: all. */
struct map_filter {
	const char *category, *district; /* codes; an unknown one matches nothing */
	const char *status;              /* "open", "closed" */
};

/* A status that is none of the two becomes a fault. */
void map_filter_read(
	struct http_request *req, struct map_filter *ret, struct faults *faults);

#endif
