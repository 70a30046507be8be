#include "lib/fdpass.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base.h"
#include "lib/error.h"

/* The kernel wants this aligned as a header is. */
union fdpass_control {
	char bytes[CMSG_SPACE(FDPASS_FDS_MAX * sizeof(int))];
	struct cmsghdr align;
};

int fdpass_pair(int ret[2], struct error *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ret) <
		0)
		return error_set(
			err, ERR_INTERNAL, "no socket pair: %s", strerror(errno));
	return 0;
}

static int fdpass_failed(struct error *err)
{
	switch (errno) {
	case EAGAIN:
	case EINTR:
	case ENOBUFS:
	case ETOOMANYREFS: /* descriptors under way for this user: they will arrive */
		return 0;
	case EPIPE:
	case ECONNRESET:
	case ENOTCONN:
		return error_set(err, ERR_UNAVAILABLE, "the other process is gone");
	default:
		return error_set(
			err, ERR_INTERNAL, "local socket: %s", strerror(errno));
	}
}

int fdpass_send(int fd, const struct fdpass_message *message, struct error *err)
{
	union fdpass_control control = { .bytes = { 0 } };
	struct iovec part = { message->bytes, message->size };
	struct msghdr head = { .msg_iov = &part, .msg_iovlen = 1 };
	size_t fd_bytes = message->n_fds * sizeof(int);
	struct cmsghdr *box;

	if (message->n_fds > FDPASS_FDS_MAX)
		return error_set(err, ERR_INVALID, "too many descriptors");
	if (message->n_fds > 0) {
		head.msg_control = control.bytes;
		head.msg_controllen = CMSG_SPACE(fd_bytes);
		box = CMSG_FIRSTHDR(&head);
		box->cmsg_level = SOL_SOCKET;
		box->cmsg_type = SCM_RIGHTS;
		box->cmsg_len = CMSG_LEN(fd_bytes);
		memcpy(CMSG_DATA(box), message->fds, fd_bytes);
	}
	if (sendmsg(fd, &head, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return fdpass_failed(err);
	return 1;
}

/* Takes all that came, so that nothing can be left open by mistake. */
static void fdpass_take(struct msghdr *head, struct fdpass_message *message)
{
	struct cmsghdr *box;
	size_t n;

	message->n_fds = 0;
	for (box = CMSG_FIRSTHDR(head); box; box = CMSG_NXTHDR(head, box)) {
		if (box->cmsg_level != SOL_SOCKET || box->cmsg_type != SCM_RIGHTS)
			continue;
		n = (box->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		if (n > FDPASS_FDS_MAX - message->n_fds)
			n = FDPASS_FDS_MAX - message->n_fds;
		memcpy(message->fds + message->n_fds, CMSG_DATA(box), n * sizeof(int));
		message->n_fds += n;
	}
}

int fdpass_receive(int fd, struct fdpass_message *message, struct error *err)
{
	union fdpass_control control = { .bytes = { 0 } };
	struct iovec part = { message->bytes, message->size };
	struct msghdr head = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	ssize_t n = recvmsg(fd, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return fdpass_failed(err);
	fdpass_take(&head, message);
	if (n > 0 && !(head.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
		message->size = (size_t)n;
		return 1;
	}
	while (message->n_fds > 0)
		close(message->fds[--message->n_fds]);
	if (n == 0)
		return error_set(err, ERR_UNAVAILABLE, "the other process is gone");
	return error_set(err, ERR_INVALID, "a message larger than expected");
}
