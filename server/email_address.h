/* email_address - could mail be sent there? */
#ifndef SYNPUNKT_SERVER_EMAIL_ADDRESS_H
#define SYNPUNKT_SERVER_EMAIL_ADDRESS_H

#include <stdbool.h>

/*
 * The shape that residents' addresses have: RFC 5321 4.1.2 with RFC 6531's letters,
 * but no quoted local part, no address literal, and a domain of at least two labels.
 * Whether somebody reads it, only a mail can tell.
 */
bool email_address_is_possible(const char *address);

#endif
