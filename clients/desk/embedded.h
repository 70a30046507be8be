/* embedded - the desk's page, script and style in the binary; made by
 * clients/desk/bundle.py. */
#ifndef SYNPUNKT_CLIENTS_DESK_EMBEDDED_H
#define SYNPUNKT_CLIENTS_DESK_EMBEDDED_H

#include "lib/embed.h"

/* "index.html", "desk.js", "desk.css", and the parts of the script that are fetched
 * when they are first needed, which begin with DESK_PART and have their content's hash
 * in their name. */
#define DESK_PART "desk-part-"
extern const struct embed_file desk_files[];

#endif
