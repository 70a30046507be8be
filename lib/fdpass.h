/*
 * fdpass - small messages with open files over a local socket pair.
 *
 * A message is sent and received whole (SOCK_SEQPACKET); descriptors travel with
 * it by SCM_RIGHTS (unix(7)) and belong to the receiver, close-on-exec.
 */
#ifndef SYNPUNKT_LIB_FDPASS_H
#define SYNPUNKT_LIB_FDPASS_H

#include <stddef.h>

struct error;

#define FDPASS_FDS_MAX 4

struct fdpass_message {
	void *bytes; /* to send, or room for what comes */
	size_t size; /* in: bytes to send, or the room; out: bytes received */
	int fds[FDPASS_FDS_MAX];
	size_t n_fds; /* in: to send; out: received */
};

/* Two connected ends, non-blocking, close-on-exec. */
int fdpass_pair(int ret[2], struct error *err);

/* 1 sent; 0 no room now, try when writable; -1 ERR_UNAVAILABLE if the other end is
 * gone, ERR_INTERNAL otherwise. The sender keeps its own descriptors. */
int fdpass_send(int fd, const struct fdpass_message *message, struct error *err);

/* 1 received; 0 nothing there now; -1 as above. A message that is longer than the
 * room, or has more descriptors than fit, is ERR_INVALID; what came with it is
 * closed. On 0 and -1 the caller has no descriptors to close. */
int fdpass_receive(int fd, struct fdpass_message *message, struct error *err);

#endif
