/* ctl_oidc - "synpunktctl oidc key", the part that needs no database. */
#ifndef SYNPUNKT_SERVER_CTL_OIDC_H
#define SYNPUNKT_SERVER_CTL_OIDC_H

#include "server/ctl.h"

/* argv: what follows "key". */
ctl_run_fn ctl_oidc_key;

#endif
