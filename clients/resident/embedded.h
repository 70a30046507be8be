/* embedded - what clients/ puts into the binary; the tables are made by lib/embed.py. */
#ifndef SYNPUNKT_CLIENTS_RESIDENT_EMBEDDED_H
#define SYNPUNKT_CLIENTS_RESIDENT_EMBEDDED_H

#include "lib/embed.h"

extern const struct embed_file resident_files[]; /* clients/resident: templates, texts,
						  * style, script, icon */
extern const struct embed_file shared_files[];   /* clients/shared */

#endif
