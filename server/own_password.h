/* own_password - a new password in the place of one's own, told once. */
#ifndef SYNPUNKT_SERVER_OWN_PASSWORD_H
#define SYNPUNKT_SERVER_OWN_PASSWORD_H

#include "lib/http.h"

extern const struct http_route own_password_routes[];

#endif
