#include "server/password_call.h"

#include <sodium.h>

#include "lib/base.h"
#include "lib/work.h"
#include "server/password.h"
#include "server/signin.h"

/* Lives until the thread is done with it. */
struct password_call {
	password_done_fn *done; /* NULL: forgotten */
	void *arg;
	char password[PASSWORD_TEXT_SIZE];
	char hash[PASSWORD_HASH_SIZE];
	int failed;
};

static void password_work(void *arg)
{
	struct password_call *call = arg;

	call->failed = signin_password_hash(call->password, call->hash);
}

static void password_work_done(void *arg)
{
	struct password_call *call = arg;

	if (call->done)
		call->done(call->password, call->failed ? NULL : call->hash, call->arg);
	sodium_memzero(call, sizeof(*call));
	mem_free(call);
}

struct password_call *password_begin(
	struct work_pool *pool, password_done_fn *done, void *arg, struct error *err)
{
	struct password_call *call = mem_new(sizeof(*call));

	call->done = done;
	call->arg = arg;
	password_make(call->password);
	if (work_run(pool, password_work, password_work_done, call, err) == 0)
		return call;
	sodium_memzero(call, sizeof(*call));
	mem_free(call);
	return NULL;
}

void password_forget(struct password_call *call)
{
	if (call)
		call->done = NULL;
}
