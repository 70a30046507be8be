/*
 * ctl_rules - the city's routing rules from files: rows of a plain file, which have the
 * common conditions, or JSON, which has all of them (rule_set.h).
 */
#ifndef SYNPUNKT_SERVER_CTL_RULES_H
#define SYNPUNKT_SERVER_CTL_RULES_H

#include <jansson.h>

struct city;
struct ctl;
struct error;

/* Rules, as rule_set_read() takes them, of a file of either kind, with names of boards
 * as codes; json_decref(). What it holds is not judged yet. */
json_t *ctl_rules_read(
	struct ctl *ctl, const struct city *city, const char *path, struct error *err);

/* synpunktctl import rules FILE */
int ctl_import_rules(struct ctl *ctl, char **argv);

#endif
