/* public_address - is this an address of the whole internet: not of this machine, of a
 * network of somebody's own, or of none? By IANA's special-purpose registries. Pure. */
#ifndef SYNPUNKT_LIB_PUBLIC_ADDRESS_H
#define SYNPUNKT_LIB_PUBLIC_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

/* Of another family than IPv4 and IPv6: no. */
bool public_address(const struct sockaddr *address);

#endif
