/* embedded - the desk's page, script and style in the binary; made by lib/embed.py. */
#ifndef SYNPUNKT_CLIENTS_DESK_EMBEDDED_H
#define SYNPUNKT_CLIENTS_DESK_EMBEDDED_H

#include "lib/embed.h"

/* "index.html", "desk.js", "desk.css". */
extern const struct embed_file desk_files[];

#endif
