/*
 * password_call - a password made up, with its hash, which takes long, in a thread.
 *
 * Nobody chooses a password here, so none is weak, used elsewhere, or known to who
 * tries what is common.
 */
#ifndef SYNPUNKT_SERVER_PASSWORD_CALL_H
#define SYNPUNKT_SERVER_PASSWORD_CALL_H

struct error;
struct password_call;
struct work_pool;

/* Both are wiped when it returns. hash NULL: there was not memory enough for one. */
typedef void password_done_fn(const char *password, const char *hash, void *arg);

/* done runs once, on the loop, never inside this call. NULL with ERR_UNAVAILABLE when
 * too many wait. */
struct password_call *password_begin(
	struct work_pool *pool, password_done_fn *done, void *arg, struct error *err);
/* done will not run. NULL is fine. */
void password_forget(struct password_call *call);

#endif
