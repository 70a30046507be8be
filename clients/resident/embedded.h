/* embedded - what clients/ puts into the binary; the tables are made by lib/embed.py.
 */
#ifndef SYNPUNKT_CLIENTS_RESIDENT_EMBEDDED_H
#define SYNPUNKT_CLIENTS_RESIDENT_EMBEDDED_H

#include "lib/embed.h"

/* clients/resident: templates, texts, script, icon. */
extern const struct embed_file resident_files[];
/* "site.css", put together from clients/shared and clients/resident. */
extern const struct embed_file style_files[];
/* "map.js" and "map.css", by bundle.py: the public map's script, and Leaflet's style.
 */
extern const struct embed_file map_files[];

#endif
