/* ctl_role - roles and substitutes, the part of "synpunktctl user" that is not about
 * accounts. */
#ifndef SYNPUNKT_SERVER_CTL_ROLE_H
#define SYNPUNKT_SERVER_CTL_ROLE_H

#include "server/ctl.h"

/* "case-handler@trafiknamnden,provider@board/unit,analyst" as [{"role", "board",
 * "unit"}]; no board is "*". The caller's. */
json_t *ctl_roles_json(struct arena *arena, const char *roles);

/* argv: what follows "role" or "substitute". */
ctl_run_fn ctl_user_role, ctl_user_substitute;

#endif
