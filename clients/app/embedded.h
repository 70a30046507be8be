/* embedded - the app's files in the binary; made by clients/app/bundle.py. */
#ifndef SYNPUNKT_CLIENTS_APP_EMBEDDED_H
#define SYNPUNKT_CLIENTS_APP_EMBEDDED_H

#include "lib/embed.h"

/* "index.html", "sw.js" and "manifest.webmanifest", which have addresses of their own;
 * the rest is named by those and served by server/page_asset.c. */
extern const struct embed_file app_files[];

#endif
