/* access - who may call a route. A route without any bit is refused at start-up. */
#ifndef SYNPUNKT_SERVER_ACCESS_H
#define SYNPUNKT_SERVER_ACCESS_H

enum access {
	ACCESS_ANYONE = 1 << 0, /* no credentials asked for */
	ACCESS_CODE = 1 << 1,   /* number and follow-up code; the handler checks them */
	ACCESS_OPERATOR = 1 << 2, /* served on the operations address only */
	ACCESS_STAFF = 1 << 3,    /* a session; session.h, before the body is read */
};

#endif
