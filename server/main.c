/*
 * synpunktd - the parent: reads the settings, takes the lock, binds the ports, drops
 * root, and starts and minds the children. It serves nothing itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/address.h"
#include "lib/base.h"
#include "lib/count.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/metrics.h"
#include "lib/quota.h"
#include "lib/secret.h"
#include "lib/supervise.h"
#include "lib/vapid.h"
#include "server/frame_origin.h"
#include "server/image_worker.h"
#include "server/job_worker.h"
#include "server/mail_reader_worker.h"
#include "server/mail_worker.h"
#include "server/measures.h"
#include "server/oidc_config.h"
#include "server/options.h"
#include "server/push_host.h"
#include "server/worker.h"

/* Entries of the shared tables: addresses at once, 16 to 80 bytes each. */
#define QUOTA_ENTRIES 65536
#define COUNT_ENTRIES 8192

#define WORKERS_MAX 64
#define CHILDREN_MAX (WORKERS_MAX + 4)

extern char **environ;

/* style: global - main.c only: what the parent keeps for its children. */
static struct parent {
	struct options options;
	unsigned n_workers;
	struct worker_start workers[WORKERS_MAX];
	char names[WORKERS_MAX][16];
	int image_sockets[WORKERS_MAX +
			  1]; /* the image worker's ends; the last: mail */
	char spool[4096];
	struct image_worker_config image;
	struct job_worker_start job;
	struct mail_worker_start mail;
	int reader_socket; /* the mail reader's end */
	struct mail_reader_worker_config reader;
	struct supervise_child children[CHILDREN_MAX];
	size_t n_children;
	struct metrics *metrics;
	struct quota *quota;
	struct count *count;
} parent;

/* The secret's first bytes; a shorter file would make codes that can be guessed. */
static int secret_read(const char *path, unsigned char *ret, struct error *err)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set(err, ERR_INTERNAL,
			"SYNPUNKT_SECRET_FILE: cannot read \"%s\": %s", path,
			strerror(errno));
	if (read(fd, ret, WORKER_SECRET_SIZE) != WORKER_SECRET_SIZE)
		return error_set(err, ERR_INVALID,
			"SYNPUNKT_SECRET_FILE: \"%s\" must hold at least %d bytes",
			path, WORKER_SECRET_SIZE);
	return 0;
}

static int state_make(struct error *err)
{
	snprintf(parent.spool, sizeof(parent.spool), "%s/spool", parent.options.state);
	if (mkdir(parent.spool, 0700) < 0 && errno != EEXIST)
		return error_set(err, ERR_INTERNAL,
			"SYNPUNKT_STATE: cannot make \"%s\": %s", parent.spool,
			strerror(errno));
	return 0;
}

static int shared_make(struct error *err)
{
	/* parent, image, job and mail worker */
	unsigned slots = parent.n_workers + 4;

	parent.metrics = metrics_new(measures, slots, err);
	parent.quota = quota_new(QUOTA_ENTRIES, err);
	parent.count = count_new(COUNT_ENTRIES, slots, err);
	return parent.metrics && parent.quota && parent.count ? 0 : -1;
}

/* Straight to where they are kept: no copy is left behind on the stack. */
static int workers_give_secrets(struct error *err)
{
	struct worker_start *first = &parent.workers[0];

	secret_random(first->boot_secret, sizeof(first->boot_secret));
	if (secret_read(parent.options.secret_file, first->secret, err) < 0)
		return -1;
	for (unsigned i = 1; i < parent.n_workers; i++) {
		struct worker_start *worker = &parent.workers[i];

		memcpy(worker->secret, first->secret, sizeof(worker->secret));
		memcpy(worker->boot_secret, first->boot_secret,
			sizeof(worker->boot_secret));
	}
	return 0;
}

static int pair_make(int ret[2], struct error *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret) < 0)
		return error_set(
			err, ERR_INTERNAL, "no socket pair: %s", strerror(errno));
	return 0;
}

/* Slot 0 is the parent's own. */
static int workers_make(const int *http_fds, const int *ops_fds, struct error *err)
{
	struct worker_start common = { .options = &parent.options,
		.metrics = parent.metrics,
		.quota = parent.quota,
		.count = parent.count };
	int pair[2];

	for (unsigned i = 0; i < parent.n_workers; i++) {
		if (pair_make(pair, err) < 0)
			return -1;
		parent.workers[i] = common;
		parent.workers[i].slot = i + 1;
		parent.workers[i].http_fd = http_fds[i];
		parent.workers[i].ops_fd = ops_fds[i];
		parent.workers[i].image_fd = pair[0];
		parent.image_sockets[i] = pair[1];
	}
	if (pair_make(pair, err) < 0)
		return -1;
	parent.mail.image_fd = pair[0];
	parent.image_sockets[parent.n_workers] = pair[1];
	if (pair_make(pair, err) < 0)
		return -1;
	parent.mail.reader_fd = pair[0];
	parent.reader_socket = pair[1];
	return workers_give_secrets(err);
}

/* What strangers send is read in processes forked from those two that call this.
 * Whatever it makes them do, there is no secret in their memory for it to find, nor the
 * database's address, which may hold a password. */
static void secrets_forget(void)
{
	for (unsigned i = 0; i < parent.n_workers; i++) {
		struct worker_start *worker = &parent.workers[i];

		secret_wipe(worker->secret, sizeof(worker->secret));
		secret_wipe(worker->boot_secret, sizeof(worker->boot_secret));
	}
	secret_wipe_environment();
	secret_wipe((char *)(uintptr_t)parent.options.database,
		strlen(parent.options.database));
}

static int image_run(void *arg)
{
	secrets_forget();
	return image_worker_run(arg);
}

static int reader_run(void *arg)
{
	secrets_forget();
	return mail_reader_worker_run(arg);
}

static void child_add(const char *name, int (*run)(void *arg), void *arg)
{
	parent.children[parent.n_children++] =
		(struct supervise_child){ .name = name, .run = run, .arg = arg };
}

/* The HTTP workers first: their index in the list is their place. */
static void children_list(void)
{
	for (unsigned i = 0; i < parent.n_workers; i++) {
		snprintf(parent.names[i], sizeof(parent.names[i]), "http-%u", i + 1);
		child_add(parent.names[i], worker_run, &parent.workers[i]);
	}
	parent.image = (struct image_worker_config){ .sockets = parent.image_sockets,
		.n_sockets = parent.n_workers + 1,
		.spool_dir = parent.spool };
	child_add("image", image_run, &parent.image);
	/* Uploads that are still being served need it. */
	parent.children[parent.n_children - 1].last = true;
	parent.job = (struct job_worker_start){ .options = &parent.options,
		.secret = parent.workers[0].secret,
		.metrics = parent.metrics,
		.slot = parent.n_workers + 1 };
	child_add("job", job_worker_run, &parent.job);
	parent.mail.options = &parent.options;
	parent.mail.secret = parent.workers[0].secret;
	parent.mail.metrics = parent.metrics;
	parent.mail.slot = parent.n_workers + 2;
	child_add("mail", mail_worker_run, &parent.mail);
	parent.reader =
		(struct mail_reader_worker_config){ .sockets = &parent.reader_socket,
			.n_sockets = 1,
			.read = mail_reader_config(&parent.options) };
	child_add("mail-reader", reader_run, &parent.reader);
	/* The mail worker finishes what it has begun. */
	parent.children[parent.n_children - 1].last = true;
}

static void on_child_exit(size_t index, void *arg)
{
	metrics_add(parent.metrics, MEASURE_RESTARTS, 1);
	if (index < parent.n_workers) {
		metrics_reset_slot(parent.metrics, parent.workers[index].slot);
		count_reset_slot(parent.count, parent.workers[index].slot);
	} else if (parent.children[index].arg == &parent.job) {
		metrics_reset_slot(parent.metrics, parent.job.slot);
	} else if (parent.children[index].arg == &parent.mail) {
		metrics_reset_slot(parent.metrics, parent.mail.slot);
	}
}

static int listen_all(struct error *err)
{
	int http_fds[WORKERS_MAX], ops_fds[WORKERS_MAX];

	if (supervise_listen(parent.options.http, parent.n_workers, http_fds, err) <
			0 ||
		supervise_listen(parent.options.ops, parent.n_workers, ops_fds, err) <
			0 ||
		supervise_listen(parent.options.lmtp, 1, &parent.mail.lmtp_fd, err) < 0)
		return -1;
	return workers_make(http_fds, ops_fds, err);
}

/* Staff sign in here: their passwords and cookies must not cross a network in the
 * clear. With trusted proxies these speak TLS, and what comes past them is refused. */
static int transport_check(struct error *err)
{
	const struct options *options = &parent.options;
	struct address address;

	if (options->tls_cert || options->trusted_proxies)
		return 0;
	if (address_parse(options->http, &address, err) < 0)
		return -1;
	if (address_is_local(&address))
		return 0;
	return error_set(err, ERR_INVALID,
		"SYNPUNKT_HTTP: without SYNPUNKT_TLS_CERT or SYNPUNKT_TRUSTED_PROXIES "
		"only a loopback address or a unix socket, not \"%s\"",
		options->http);
}

/* LMTP has neither sign-in nor TLS: it is for a mail server on this machine. */
static int lmtp_check(struct error *err)
{
	struct address address;

	if (address_parse(parent.options.lmtp, &address, err) < 0)
		return -1;
	if (address_is_local(&address))
		return 0;
	return error_set(err, ERR_INVALID,
		"SYNPUNKT_LMTP: only a loopback address or a unix socket, not \"%s\"",
		parent.options.lmtp);
}

static int frames_check(struct error *err)
{
	const char *origins = parent.options.frame_ancestors;

	return origins ? frame_origins_check(origins, err) : 0;
}

/* These two read private keys, to judge them: apart, for every child has what the
 * parent ever had in its memory. Who uses them reads them again. */
static int push_judge(struct error *err)
{
	const struct options *options = &parent.options;
	struct vapid *vapid;

	if (!options->push_key_file)
		return 0;
	vapid = vapid_new(options->push_key_file, err);
	vapid_free(vapid);
	return vapid ? push_hosts_check(options->push_hosts, err) : -1;
}

static int oidc_judge(struct error *err)
{
	struct oidc_configs configs;

	if (oidc_configs_read(&parent.options, &configs, err) < 0)
		return -1;
	if (configs.n == 0 && parent.options.local_accounts == LOCAL_BREAK_GLASS)
		return error_set(err, ERR_INVALID,
			"SYNPUNKT_LOCAL_ACCOUNTS: break-glass needs a provider in "
			"SYNPUNKT_OIDC");
	oidc_configs_clear(&configs);
	return 0;
}

static int parent_start(struct error *err)
{
	parent.n_workers = (unsigned)parent.options.http_workers;
	if (transport_check(err) < 0 || lmtp_check(err) < 0 || frames_check(err) < 0 ||
		supervise_judge(push_judge, err) < 0 ||
		supervise_lock(parent.options.lock, err) < 0 || shared_make(err) < 0 ||
		listen_all(err) < 0 ||
		supervise_drop_root(parent.options.user, err) < 0 ||
		supervise_judge(oidc_judge, err) < 0 || state_make(err) < 0)
		return -1;
	children_list();
	log_event(LOG_LEVEL_INFO, "started", LOG_S("http", parent.options.http),
		LOG_S("ops", parent.options.ops), LOG_S("lmtp", parent.options.lmtp),
		LOG_I("workers", parent.n_workers));
	return 0;
}

static int fail(const struct error *err)
{
	fprintf(stderr, "synpunktd: %s\n", err->text);
	return 1;
}

/* Starts all and minds it until it is to stop: the exit code, or -1. */
static int parent_run(struct error *err)
{
	struct supervise_config config;
	int code;

	if (parent_start(err) < 0)
		return -1;
	config = (struct supervise_config){ .children = parent.children,
		.n_children = parent.n_children,
		.grace_ms = (unsigned)parent.options.grace_s * 1000,
		.on_child_exit = on_child_exit };
	code = supervise_run(&config, err);
	if (code >= 0)
		log_event(LOG_LEVEL_INFO, "stopped");
	return code;
}

int main(int argc, char **argv)
{
	struct error err = { 0 };
	struct settings *settings;
	const char *file = NULL;
	int code;

	if (argc == 3 && !strcmp(argv[1], "--config")) {
		file = argv[2];
	} else if (argc > 1) {
		fprintf(stderr, "usage: synpunktd [--config FILE]\n");
		return 2;
	}
	settings = settings_load(&options_table, file, (const char *const *)environ,
		&parent.options, &err);
	if (!settings)
		return fail(&err);
	log_init((enum log_format)parent.options.log_format,
		(enum log_level)parent.options.log_level, "parent");
	code = parent_run(&err);
	settings_free(settings);
	return code < 0 ? fail(&err) : code;
}
