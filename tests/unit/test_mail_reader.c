/* Mails read in confined processes: what comes out, bombs, and readers that die. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/fdpass.h"
#include "lib/log.h"
#include "lib/mail_read.h"
#include "server/mail_reader_client.h"
#include "server/mail_reader_worker.h"

struct bench {
	int ends[2]; /* worker's, client's */
	pid_t worker;
	struct event_base *base;
	struct mail_reader_client *client;
};

struct got {
	bool done;
	enum confined_outcome outcome;
	json_t *value;
	off_t bytes; /* of all attachments */
};

/* ---- the bench ---- */

static void worker_start(struct bench *bench)
{
	struct mail_reader_worker_config config = { .sockets = &bench->ends[0],
		.n_sockets = 1 };

	bench->worker = fork();
	assert_true(bench->worker >= 0);
	if (bench->worker == 0)
		_exit(mail_reader_worker_run(&config));
}

static int worker_end(struct bench *bench, int sig)
{
	int status = 0;

	kill(bench->worker, sig);
	assert_int_equal(waitpid(bench->worker, &status, 0), bench->worker);
	return status;
}

static int bench_open(void **state)
{
	struct bench *bench = mem_new(sizeof(*bench));
	struct error err = { 0 };

	if (fdpass_pair(bench->ends, &err) < 0)
		return -1;
	worker_start(bench);
	bench->base = event_base_new();
	bench->client = mail_reader_client_new(bench->base, bench->ends[1]);
	*state = bench;
	return 0;
}

static int bench_close(void **state)
{
	struct bench *bench = *state;
	int status;

	mail_reader_client_free(bench->client);
	event_base_free(bench->base);
	status = worker_end(bench, SIGTERM);
	close(bench->ends[0]);
	close(bench->ends[1]);
	mem_free(bench);
	/* so early that it did not listen for it yet */
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM ? 0 : status;
}

static json_t *json_of(int fd)
{
	json_t *value = json_loadfd(fd, 0, NULL);

	assert_non_null(value);
	return value;
}

static void on_done(const struct mail_reader_result *result, void *arg)
{
	struct got *got = arg;
	struct stat st;

	got->done = true;
	got->outcome = result->outcome;
	if (result->outcome != CONFINED_OK)
		return;
	got->value = json_of(result->json_fd);
	assert_int_equal(fstat(result->bytes_fd, &st), 0);
	got->bytes = st.st_size;
	close(result->json_fd);
	close(result->bytes_fd);
}

static int file_of(const char *bytes, size_t n)
{
	int fd = memfd_create("mail", MFD_CLOEXEC);

	while (n > 0) {
		ssize_t done = write(fd, bytes, n);

		assert_true(done > 0);
		bytes += done;
		n -= (size_t)done;
	}
	return fd;
}

static void wait_for(struct bench *bench, const struct got *got)
{
	while (!got->done)
		event_base_loop(bench->base, EVLOOP_ONCE);
}

static struct got read_in_bench(struct bench *bench, const char *bytes, size_t n)
{
	struct got got = { 0 };
	int fd = file_of(bytes, n);

	assert_non_null(mail_reader_client_run(bench->client, fd, on_done, &got, NULL));
	assert_false(got.done);
	wait_for(bench, &got);
	close(fd);
	return got;
}

static json_t *read_here(const char *bytes, size_t n)
{
	struct mail_read *reader = mail_read_new(&(struct mail_read_config){ 0 }, NULL);
	struct arena *arena = arena_new();
	char *copy = mem_new(n + 1);
	int fd = memfd_create("attachments", MFD_CLOEXEC);
	json_t *value;

	memcpy(copy, bytes, n);
	value = mail_json(mail_read_run(reader, arena, copy, n, fd));
	close(fd);
	mem_free(copy);
	arena_free(arena);
	mail_read_free(reader);
	return value;
}

static const char *text_of(const json_t *value, const char *name)
{
	return json_string_value(json_object_get(value, name));
}

/* ---- what comes out ---- */

/* What would open a file, if it were not open before: charsets, libmagic, the clock. */
static void test_mail_reader__reads_the_same_when_confined(void **state)
{
	static const char *const mails[] = {
		"Subject: =?koi8-r?B?8NLJ18XU?=\n"
		"From: =?windows-1250?Q?=8Aark=F6zi?= <a@example.org>\n"
		"Date: Tue, 3 Mar 2026 10:12:00 +0100\n"
		"Content-Type: text/plain; charset=iso-2022-jp\n\n\033$B$3$s\033(B\n",
		"Content-Type: text/plain; charset=windows-1251\n\n\xcf\xf0\xe8\n",
		"Content-Type: text/plain; charset=gb2312\n\n\xc4\xe3\xba\xc3\n",
		"Content-Type: text/plain; charset=shift_jis\n\n\x82\xb1\x82\xf1\n",
		"Content-Type: text/plain; charset=utf-7\n\nH+AOU-l\n",
		"Content-Type: text/plain; charset=x-not-there\n\nH\xe5l\n",
		"Content-Type: text/html; charset=iso-8859-15\n\n<p>5 \xa4 &auml;\n",
		"Content-Type: application/pdf; name*=iso-8859-4''h%E5l.pdf\n\n%PDF-1.4\n",
		"Content-Type: message/rfc822\n\nSubject: in\n\nwords\n",
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < ARRAY_LEN(mails); i++) {
		struct got got = read_in_bench(bench, mails[i], strlen(mails[i]));
		json_t *here = read_here(mails[i], strlen(mails[i]));

		print_message("mail %zu\n", i);
		assert_int_equal(got.outcome, CONFINED_OK);
		assert_true(json_equal(got.value, here));
		json_decref(got.value);
		json_decref(here);
	}
}

static void test_mail_reader__gives_the_bytes_of_attachments(void **state)
{
	static const char mail[] = "Content-Type: multipart/mixed; boundary=b\n\n"
				   "--b\nContent-Type: text/plain\n\nHej\n"
				   "--b\nContent-Type: text/csv; name=a.csv\n\n1;2\n"
				   "--b\nContent-Type: text/csv; name=b.csv\n"
				   "Content-Transfer-Encoding: base64\n\nMzs0\n"
				   "--b--\n";
	struct got got = read_in_bench(*state, mail, strlen(mail));
	const json_t *list = json_object_get(got.value, "attachments");
	const json_t *last = json_array_get(list, 1);

	assert_int_equal(got.outcome, CONFINED_OK);
	assert_string_equal(text_of(got.value, "text"), "Hej");
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(got.bytes, 6);
	assert_int_equal(json_integer_value(json_object_get(last, "offset")), 3);
	assert_int_equal(json_integer_value(json_object_get(last, "size")), 3);
	json_decref(got.value);
}

/* ---- bombs ---- */

struct text {
	char *bytes;
	size_t n, room;
};

static void put(struct text *text, const char *bytes)
{
	size_t n = strlen(bytes);

	if (text->n + n > text->room) {
		text->room = 2 * (text->room + n);
		text->bytes = mem_grow(text->bytes, text->room);
	}
	memcpy(text->bytes + text->n, bytes, n);
	text->n += n;
}

static void put_times(struct text *text, const char *bytes, size_t times)
{
	while (times-- > 0)
		put(text, bytes);
}

static void put_parts(struct text *text)
{
	put(text, "Content-Type: multipart/mixed; boundary=b\n\n");
	put_times(text, "--b\nContent-Type: text/csv; name=a.csv\n\n1;2\n", 1000);
	put(text, "--b--\n");
}

static void put_many_parts(struct text *text)
{
	put(text, "Content-Type: multipart/mixed; boundary=b\n\n");
	put_times(text, "--b\n\n", 5000000);
}

static void put_levels(struct text *text)
{
	char line[80];

	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof(line),
			"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
		put(text, line);
	}
	put(text, "\nwords\n");
}

static void put_mails(struct text *text)
{
	put_times(text, "Content-Type: message/rfc822\n\n", 100000);
}

static void put_recipients(struct text *text)
{
	put(text, "To: ");
	put_times(text, "Somebody <somebody@example.org>,\n ", 10000);
	put(text, "\n\nwords\n");
}

static void put_groups(struct text *text)
{
	put(text, "To: ");
	put_times(text, "a:", 1000000);
	put(text, "\nCc: ");
	put_times(text, "(", 1000000);
	put(text, "\n\nwords\n");
}

static void put_headers(struct text *text)
{
	put_times(text, "X:y\n", 2000000);
	put(text, "\nwords\n");
}

static void put_parameters(struct text *text)
{
	char line[80];

	put(text, "Content-Type: text/plain");
	for (int i = 0; i < 100000; i++) {
		snprintf(line, sizeof(line), ";\n name*%d=x", i);
		put(text, line);
	}
	put(text, "\n\nwords\n");
}

static void put_long_line(struct text *text)
{
	put(text, "Subject: x\n\n");
	put_times(text, "0123456789", 1000000);
}

static void put_long_header(struct text *text)
{
	put(text, "Subject: ");
	put_times(text, "=?utf-8?Q?=C3=A5?= ", 600000);
	put(text, "\n\nwords\n");
}

static void put_html(struct text *text)
{
	put(text, "Content-Type: text/html\n\n");
	put_times(text, "<div><blockquote type=cite><b>", 10000);
	put_times(text, "</i>x", 100000);
}

static void put_attributes(struct text *text)
{
	char word[16];

	put(text, "Content-Type: text/html\n\n<a ");
	for (int i = 0; i < 130000; i++) {
		snprintf(word, sizeof(word), "a%d ", i);
		put(text, word);
	}
	put(text, ">words</a>");
}

/* A report's words, each the start of an address. */
static void put_addresses(struct text *text)
{
	put(text, "From: mailer-daemon@example.org\nReturn-Path: <>\n\n");
	put_times(text, "a@", 500000);
}

static void put_files(struct text *text)
{
	put(text, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (int i = 0; i < 299; i++) {
		put(text, "--b\nContent-Type: text/csv; name=a.csv\n\n");
		put_times(text, "a = { \"x\": 1, }\n", 4000);
	}
	put(text, "--b--\n");
}

static void put_attributions(struct text *text)
{
	put(text, "\n");
	put_times(text, "Sent from my iPhone\n", 10000);
	put_times(text, "On 1 a@b wrote\n", 10000);
	put_times(text, "-- \n", 4000);
	put_times(text, "From: a\nTo: b\n\n", 10000);
	put_times(text, "Sent from my iPhone\n", 10000);
}

static const struct {
	const char *name;
	void (*put)(struct text *text);
	bool truncated;
} bombs[] = {
	{ "1,000 parts", put_parts, true },
	{ "5,000,000 parts", put_many_parts, true },
	{ "100 levels", put_levels, true },
	{ "100,000 mails within each other", put_mails, true },
	{ "10,000 recipients", put_recipients, true },
	{ "groups within groups", put_groups, true },
	{ "2,000,000 headers", put_headers, true },
	{ "100,000 parameters", put_parameters, true },
	{ "a line of 10 million characters", put_long_line, true },
	{ "a header of 10 million characters", put_long_header, true },
	{ "deep HTML", put_html, true },
	{ "130,000 attributes", put_attributes, false },
	{ "500,000 addresses in a bounce", put_addresses, false },
	{ "299 files", put_files, false },
	{ "marks and no words", put_attributions, false },
};

/* Within the worker's own ceilings of memory and time: the answer says so. */
static void test_mail_reader__outlives_bombs(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(bombs); i++) {
		struct text text = { 0 };
		struct got got;

		bombs[i].put(&text);
		print_message("%s: %zu bytes\n", bombs[i].name, text.n);
		got = read_in_bench(*state, text.bytes, text.n);
		assert_int_equal(got.outcome, CONFINED_OK);
		assert_int_equal(json_is_true(json_object_get(got.value, "truncated")),
			bombs[i].truncated);
		json_decref(got.value);
		mem_free(text.bytes);
	}
}

/* The peak of a process that reads it, with all that the sanitizers add. */
static void test_mail_reader__stays_small_with_bombs(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(bombs); i++) {
		struct text text = { 0 };
		struct rusage used;
		int status;
		pid_t pid;

		bombs[i].put(&text);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			json_decref(read_here(text.bytes, text.n));
			_exit(0);
		}
		assert_int_equal(wait4(pid, &status, 0, &used), pid);
		print_message("%s: %ld KiB\n", bombs[i].name, used.ru_maxrss);
		assert_int_equal(status, 0);
		assert_true(used.ru_maxrss < 512 * 1024);
		mem_free(text.bytes);
	}
}

/* ---- dying ---- */

static void put_heavy(struct text *text)
{
	put(text, "Content-Type: application/pdf\n"
		  "Content-Transfer-Encoding: base64\n\n");
	put_times(text,
		"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n",
		900000);
}

/* The worker's first child, once there is one. */
static void wait_for_child(struct bench *bench)
{
	char path[64], text[64];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)bench->worker,
		(int)bench->worker);
	while (n <= 0) {
		event_base_loop(bench->base, EVLOOP_NONBLOCK);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
}

/* A mail that takes the worker down each time is not tried for ever. */
static void test_mail_reader__gives_up_after_two_workers(void **state)
{
	struct bench *bench = *state;
	struct text text = { 0 };
	struct got got = { 0 };
	int fd;

	put_heavy(&text);
	fd = file_of(text.bytes, text.n);
	mem_free(text.bytes);
	assert_non_null(mail_reader_client_run(bench->client, fd, on_done, &got, NULL));
	for (int i = 0; i < 2; i++) {
		wait_for_child(bench);
		worker_end(bench, SIGKILL);
		assert_false(got.done);
		worker_start(bench);
	}
	wait_for(bench, &got);
	assert_int_equal(got.outcome, CONFINED_UNANSWERED);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_mail_reader__reads_the_same_when_confined, bench_open,
			bench_close),
		cmocka_unit_test_setup_teardown(
			test_mail_reader__gives_the_bytes_of_attachments, bench_open,
			bench_close),
		cmocka_unit_test_setup_teardown(
			test_mail_reader__outlives_bombs, bench_open, bench_close),
		cmocka_unit_test(test_mail_reader__stays_small_with_bombs),
		cmocka_unit_test_setup_teardown(
			test_mail_reader__gives_up_after_two_workers, bench_open,
			bench_close),
	};

	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_INFO, "test");
	return cmocka_run_group_tests_name("mail_reader", tests, NULL, NULL);
}
