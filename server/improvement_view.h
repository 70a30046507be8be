/*
 * improvement_view - an improvement action as the API answers it: what the database
 * says of it, and its effect, which is judged each time (effect.h) by the months that
 * came with it. And the same as text for the city's own planning system.
 */
#ifndef SYNPUNKT_SERVER_IMPROVEMENT_VIEW_H
#define SYNPUNKT_SERVER_IMPROVEMENT_VIEW_H

#include <jansson.h>

/* whole: JSON of the action; counts: [["2026-01", n], …] or NULL. With "effect", which
 * is null where nothing is counted. A new reference; NULL when whole is no object. */
json_t *improvement_view(const char *whole, const char *counts);

/* The action as an aktivitet of ILS, in Swedish, a heading and its value after another:
 * name, why, goals from the highest, indicator, expected result, days, who, how it
 * went. No case is named. mem_free(). */
char *improvement_ils(const json_t *action);

#endif
