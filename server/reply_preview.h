/*
 * reply_preview - what the complainant will see of something that is being written: the
 * letter, by what makes letters (mail_text.h), and what the page says where the case is
 * followed. Nothing is stored.
 */
#ifndef SYNPUNKT_SERVER_REPLY_PREVIEW_H
#define SYNPUNKT_SERVER_REPLY_PREVIEW_H

#include "lib/http.h"

extern const struct http_route reply_preview_routes[];

#endif
