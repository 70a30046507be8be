/*
 * address - where to listen or connect, as an operator writes it.
 *
 * "127.0.0.1:8080", "[::1]:8080", "unix:/run/x.sock". Hosts are numeric: looking
 * a name up would block.
 */
#ifndef SYNPUNKT_LIB_ADDRESS_H
#define SYNPUNKT_LIB_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

struct error;

struct address {
	struct sockaddr_storage sockaddr;
	socklen_t size;
};

/* Port 0 is allowed: it means any free one. ERR_INVALID says what is expected. */
int address_parse(const char *text, struct address *ret, struct error *err);

/* 127.0.0.0/8, ::1 or a Unix socket. */
bool address_is_local(const struct address *address);

#endif
