/* ctl_role - roles and substitutes, the part of "synpunktctl user" that is not about
 * accounts. */
#ifndef SYNPUNKT_SERVER_CTL_ROLE_H
#define SYNPUNKT_SERVER_CTL_ROLE_H

#include "server/ctl.h"

/* "case-handler@trafiknamnden,provider@board/unit,analyst" as [{"role", "board",
 * "unit"}]; no board is "*". The caller's. */
json_t *ctl_roles_json(struct arena *arena, const char *roles);

struct role_text {
	const char *role, *board, *unit; /* board "*": of none; unit NULL: all of it */
};

/* "case-handler@trafiknamnden/unit". */
void ctl_role_parse(struct arena *arena, const char *text, struct role_text *ret);
/* NULL is open at that end. */
int ctl_days_judge(const char *from, const char *to, struct error *err);

/* argv: what follows "role" or "substitute". */
ctl_run_fn ctl_user_role, ctl_user_substitute;

#endif
