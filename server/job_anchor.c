/*
 * One file:
 *
 *   anchor_on_turn      the clock says it is time to look
 *   anchor_look         in a work thread: which file is the newest, and its hash
 *   anchor_on_looked    is a day over that it does not hold?
 *   anchor_on_heads     a page of heads has come
 *   anchor_append       in a work thread: into the file, which has no name yet
 *   anchor_on_appended  the next page, or the end
 *   anchor_finish       in a work thread: synced, then it gets its name
 *   anchor_on_finished  until the next turn
 */
#include "server/job_anchor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/sha256.h"
#include "lib/temp_file.h"
#include "lib/work.h"
#include "server/day.h"

#define HEADS 5000
#define HEADS_TEXT "5000"
#define HALF_AN_HOUR 1800 /* transactions of the day before have ended by then */
#define HALF_MADE "anchor.tmp"
#define NAME_SIZE (DAY_TEXT + sizeof(ANCHOR_SUFFIX))

static const struct db_query heads_query = {
	.name = "audit_heads",
	.sql = "SELECT h.case_id, h.number, h.seq, h.hash "
	       "FROM synpunkt_audit.heads($1::date, $2::date, $3::bigint, $4::integer) h",
	.n_params = 4,
};

static const struct timeval soon = { .tv_sec = 2 };
static const struct timeval interval = { .tv_sec = 600 };

struct job_anchor {
	struct job_anchor_config config;
	char *dir;
	struct event *turn;
	struct db_call *call;
	/* What follows is of the file under way. */
	char newest[DAY_TEXT];          /* the last file's day, "" when there is none */
	char previous[SHA256_HEX_SIZE]; /* and its hash */
	char through[DAY_TEXT];
	char hash[SHA256_HEX_SIZE]; /* of the file that was made */
	char after_id[24];
	int fd; /* -1: none is open */
	struct evbuffer *lines;
	int64_t heads;
	bool last; /* page */
	struct error err;
};

/* ---- the folder; in a work thread ---- */

static int file_open(const struct job_anchor *job, const char *name, int flags)
{
	int dir = open(job->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = dir < 0 ? -1 : openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (dir >= 0)
		close(dir);
	return fd;
}

static int file_hash(int fd, char ret[SHA256_HEX_SIZE], struct error *err)
{
	struct sha256 *hash = sha256_new();
	unsigned char digest[SHA256_SIZE], bytes[16384];
	ssize_t n;

	for (;;) {
		n = read(fd, bytes, sizeof(bytes));
		if (n <= 0)
			break;
		sha256_update(hash, bytes, (size_t)n);
	}
	sha256_finish(hash, digest);
	sha256_free(hash);
	if (n < 0)
		return error_set(err, ERR_INTERNAL, "cannot read an anchor");
	encode_hex(digest, sizeof(digest), ret);
	return 0;
}

/* "2026-11-24.anchor" */
static bool is_anchor(const char *name)
{
	char day[DAY_TEXT];
	int32_t number;

	if (strlen(name) != DAY_TEXT - 1 + strlen(ANCHOR_SUFFIX) ||
		strcmp(name + DAY_TEXT - 1, ANCHOR_SUFFIX) != 0)
		return false;
	memcpy(day, name, DAY_TEXT - 1);
	day[DAY_TEXT - 1] = '\0';
	return day_parse(day, &number, NULL) == 0;
}

static int newest_find(struct job_anchor *job)
{
	DIR *dir;
	const struct dirent *entry;

	job->newest[0] = '\0';
	if (mkdir(job->dir, 0700) < 0 && errno != EEXIST)
		return error_set(&job->err, ERR_INTERNAL, "cannot make the folder");
	dir = opendir(job->dir);
	if (!dir)
		return error_set(&job->err, ERR_INTERNAL, "cannot read the folder");
	for (entry = readdir(dir); entry; entry = readdir(dir)) {
		if (is_anchor(entry->d_name) &&
			strncmp(entry->d_name, job->newest, DAY_TEXT - 1) > 0)
			memcpy(job->newest, entry->d_name, DAY_TEXT - 1);
	}
	closedir(dir);
	return 0;
}

static void anchor_look(void *arg)
{
	struct job_anchor *job = arg;
	char name[NAME_SIZE];
	int fd;

	snprintf(job->previous, sizeof(job->previous), "-");
	if (newest_find(job) < 0 || !job->newest[0])
		return;
	snprintf(name, sizeof(name), "%s" ANCHOR_SUFFIX, job->newest);
	fd = file_open(job, name, O_RDONLY);
	if (fd < 0) {
		error_set(&job->err, ERR_INTERNAL, "cannot open the newest anchor");
		return;
	}
	file_hash(fd, job->previous, &job->err);
	close(fd);
}

static void anchor_append(void *arg)
{
	struct job_anchor *job = arg;
	size_t n = evbuffer_get_length(job->lines);

	if (job->fd < 0)
		job->fd = file_open(job, HALF_MADE, O_RDWR | O_CREAT | O_TRUNC);
	if (job->fd < 0) {
		error_set(&job->err, ERR_INTERNAL, "cannot make the anchor");
		return;
	}
	temp_file_write(job->fd, evbuffer_pullup(job->lines, -1), n, &job->err);
	evbuffer_drain(job->lines, n);
}

static int name_give(struct job_anchor *job)
{
	char name[NAME_SIZE];
	int dir = open(job->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	snprintf(name, sizeof(name), "%s" ANCHOR_SUFFIX, job->through);
	rc = dir < 0 ? -1 : renameat(dir, HALF_MADE, dir, name);
	if (rc == 0)
		rc = fsync(dir);
	if (dir >= 0)
		close(dir);
	return rc;
}

static void anchor_finish(void *arg)
{
	struct job_anchor *job = arg;

	anchor_append(job);
	if (job->err.code != ERR_NONE)
		return;
	lseek(job->fd, 0, SEEK_SET);
	if (file_hash(job->fd, job->hash, &job->err) == 0 &&
		(fsync(job->fd) < 0 || name_give(job) < 0))
		error_set(&job->err, ERR_INTERNAL, "cannot keep the anchor");
}

/* ---- the steps ---- */

static void anchor_rest(struct job_anchor *job)
{
	if (job->err.code != ERR_NONE)
		log_event(LOG_LEVEL_ERROR, "anchor_not_written",
			LOG_S("error", job->err.text));
	job->err = (struct error){ 0 };
	if (job->fd >= 0)
		close(job->fd);
	job->fd = -1;
	evbuffer_drain(job->lines, evbuffer_get_length(job->lines));
	event_add(job->turn, &interval);
}

static void anchor_on_heads(
	const struct db_rows *rows, const struct error *err, void *arg);

static void page_ask(struct job_anchor *job)
{
	job->call = db_run(job->config.pool, &heads_query,
		(const char *[]){ job->newest[0] ? job->newest : NULL, job->through,
			job->after_id, HEADS_TEXT },
		anchor_on_heads, job);
}

static void anchor_on_finished(void *arg)
{
	struct job_anchor *job = arg;

	if (job->err.code == ERR_NONE)
		log_event(LOG_LEVEL_INFO, "anchor_written", LOG_S("day", job->through),
			LOG_I("cases", job->heads), LOG_S("sha256", job->hash));
	anchor_rest(job);
}

static void anchor_on_appended(void *arg)
{
	struct job_anchor *job = arg;

	if (job->err.code != ERR_NONE) {
		anchor_rest(job);
	} else if (!job->last) {
		page_ask(job);
	} else {
		evbuffer_add_printf(job->lines, "end %lld\n", (long long)job->heads);
		if (work_run(job->config.work, anchor_finish, anchor_on_finished, job,
			    &job->err) < 0)
			anchor_rest(job);
	}
}

static void anchor_on_heads(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_anchor *job = arg;
	int n = err ? 0 : db_rows_count(rows);

	job->call = NULL;
	for (int i = 0; i < n; i++)
		evbuffer_add_printf(job->lines, "%s %s %s\n", db_rows_text(rows, i, 1),
			db_rows_text(rows, i, 2), db_rows_text(rows, i, 3));
	job->heads += n;
	job->last = n < HEADS;
	if (n > 0)
		snprintf(job->after_id, sizeof(job->after_id), "%s",
			db_rows_text(rows, n - 1, 0));
	if (err)
		job->err = *err;
	if (err || work_run(job->config.work, anchor_append, anchor_on_appended, job,
			   &job->err) < 0)
		anchor_rest(job);
}

static void anchor_on_looked(void *arg)
{
	struct job_anchor *job = arg;

	day_format(day_of_instant(time(NULL) - HALF_AN_HOUR) - 1, job->through);
	if (job->err.code != ERR_NONE || strcmp(job->newest, job->through) >= 0) {
		anchor_rest(job);
		return;
	}
	snprintf(job->after_id, sizeof(job->after_id), "0");
	job->heads = 0;
	evbuffer_add_printf(
		job->lines, ANCHOR_FIRST_LINE "\nprevious %s\n", job->previous);
	page_ask(job);
}

static void anchor_on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct job_anchor *job = arg;

	if (work_run(job->config.work, anchor_look, anchor_on_looked, job, &job->err) <
		0)
		anchor_rest(job);
}

struct job_anchor *job_anchor_new(const struct job_anchor_config *config)
{
	struct job_anchor *job = mem_new(sizeof(*job));

	job->config = *config;
	job->dir = mem_dup(config->dir);
	job->fd = -1;
	job->lines = evbuffer_new();
	job->turn = event_new(config->base, -1, 0, anchor_on_turn, job);
	event_add(job->turn, &soon);
	return job;
}

void job_anchor_free(struct job_anchor *job)
{
	if (!job)
		return;
	db_cancel(job->call);
	if (job->fd >= 0)
		close(job->fd);
	evbuffer_free(job->lines);
	event_free(job->turn);
	mem_free(job->dir);
	mem_free(job);
}
