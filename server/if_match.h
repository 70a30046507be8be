/* if_match - the versions that a caller has seen of what it changes. */
#ifndef SYNPUNKT_SERVER_IF_MATCH_H
#define SYNPUNKT_SERVER_IF_MATCH_H

struct arena;

/* If-Match (RFC 9110, 13.1.1) as an array literal of integers, in the arena: any of the
 * versions will do. NULL for "*". */
const char *if_match_versions(struct arena *arena, const char *tags);

#endif
