/* embedded - the server's own files that are part of the binary (lib/embed.h). */
#ifndef SYNPUNKT_SERVER_EMBEDDED_H
#define SYNPUNKT_SERVER_EMBEDDED_H

#include "lib/embed.h"

extern const struct embed_file server_files[];

#endif
