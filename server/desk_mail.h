/* desk_mail - the mails of a case at the desk: which came, and each as it came. */
#ifndef SYNPUNKT_SERVER_DESK_MAIL_H
#define SYNPUNKT_SERVER_DESK_MAIL_H

#include "lib/http.h"

extern const struct http_route desk_mail_routes[];

#endif
