/* embedded - what clients/ puts into the binary; the tables are made by lib/embed.py.
 */
#ifndef SYNPUNKT_CLIENTS_RESIDENT_EMBEDDED_H
#define SYNPUNKT_CLIENTS_RESIDENT_EMBEDDED_H

#include "lib/embed.h"

/* clients/resident: templates, texts, script, icon. */
extern const struct embed_file resident_files[];
/* "site.css" and, for the monthly pack as a PDF, "pdf.css", put together from
 * clients/shared and clients/resident. */
extern const struct embed_file style_files[];
/* By bundle.py: "map.js" and "map.css", the public map's script and Leaflet's style;
 * "form.js", what scripts add to the form. */
extern const struct embed_file bundle_files[];

#endif
