/*
 * The image worker and its client, with real pictures: made on the spot by vips and
 * heif-enc, given every kind of metadata by exiftool, and read by it again.
 */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "lib/error.h"
#include "lib/fdpass.h"
#include "lib/log.h"
#include "server/image_client.h"
#include "server/image_decode.h"
#include "server/image_worker.h"

/* What is written into every tag that takes a text; it must be nowhere afterwards. */
#define MARK "HEMLIGTEXT"

static const char *const tags =
	"-GPSLatitude=59.3293 -GPSLatitudeRef=N -GPSLongitude=18.0686 -GPSLongitudeRef=E "
	"-EXIF:Artist=" MARK " -EXIF:Model=" MARK " -EXIF:SerialNumber=" MARK
	" -EXIF:DateTimeOriginal='2026:11:22 10:00:00' -XMP-dc:Creator=" MARK
	" -XMP-photoshop:City=" MARK;

struct bench {
	char dir[64];
	int ends[2]; /* worker's, client's */
	pid_t worker;
	struct event_base *base;
	struct image_client *client;
};

/* One answer. */
struct got {
	bool done;
	struct image_result result;
};

/* ---- tools ---- */

static int shell(const struct bench *bench, const char *fmt, ...)
{
	char command[4096], whole[4200];
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, whole, NULL };
	va_list args;
	int status;
	pid_t pid;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	snprintf(whole, sizeof(whole), "cd %s && { %s; } >>log 2>&1", bench->dir,
		command);
	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) != 0)
		return -1;
	waitpid(pid, &status, 0);
	return status;
}

static void path_of(const struct bench *bench, const char *name, char ret[128])
{
	snprintf(ret, 128, "%s/%s", bench->dir, name);
}

static int file_open(const struct bench *bench, const char *name)
{
	char path[128];
	int fd;

	path_of(bench, name, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail_msg("%s was not made", name);
	return fd;
}

/* The whole of a file, by its descriptor or by name. */
static char *bytes_of(int fd, size_t *ret_n)
{
	struct stat st;
	char *bytes;

	assert_int_equal(fstat(fd, &st), 0);
	bytes = mem_new((size_t)st.st_size + 1);
	assert_int_equal(pread(fd, bytes, (size_t)st.st_size, 0), st.st_size);
	*ret_n = (size_t)st.st_size;
	return bytes;
}

static void file_write(
	const struct bench *bench, const char *name, const char *bytes, size_t n)
{
	char path[128];
	int fd;

	path_of(bench, name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- the worker ---- */

static void worker_start(struct bench *bench, const struct image_worker_config *given)
{
	struct image_worker_config config = *given;

	config.sockets = &bench->ends[0];
	config.n_sockets = 1;
	config.spool_dir = bench->dir;
	bench->worker = fork();
	if (bench->worker == 0)
		_exit(image_worker_run(&config));
	assert_true(bench->worker > 0);
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

	snprintf(bench->dir, sizeof(bench->dir), "/tmp/test_image.XXXXXX");
	if (!mkdtemp(bench->dir) || fdpass_pair(bench->ends, &err) < 0)
		return -1;
	*state = bench;
	return 0;
}

static void bench_start(struct bench *bench, const struct image_worker_config *config)
{
	worker_start(bench, config);
	bench->base = event_base_new();
	bench->client = image_client_new(
		bench->base, &(struct image_client_config){ .socket = bench->ends[1],
				     .max_waiting = 8,
				     .limit_ms = 60000 });
}

static int remove_one(
	const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static int bench_close(void **state)
{
	struct bench *bench = *state;
	int status = 0;

	if (bench->base) {
		image_client_free(bench->client);
		event_base_free(bench->base);
		status = worker_end(bench, SIGTERM);
	}
	close(bench->ends[0]);
	close(bench->ends[1]);
	if (!getenv("TEST_KEEP"))
		nftw(bench->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	mem_free(bench);
	return status;
}

static void on_done(const struct image_result *result, void *arg)
{
	struct got *got = arg;

	assert_false(got->done);
	got->done = true;
	got->result = *result;
}

static void wait_for(struct bench *bench, const struct got *got)
{
	while (!got->done)
		event_base_loop(bench->base, EVLOOP_ONCE);
}

static void got_close(struct got *got)
{
	if (got->result.picture_fd >= 0)
		close(got->result.picture_fd);
	if (got->result.thumbnail_fd >= 0)
		close(got->result.thumbnail_fd);
}

static struct image_call *begin(
	struct bench *bench, int fd, enum file_type type, struct got *got)
{
	struct image_order order = { fd, type };
	struct error err = { 0 };
	struct image_call *call;

	*got = (struct got){ .result = { .picture_fd = -1, .thumbnail_fd = -1 } };
	call = image_client_run(bench->client, &order, on_done, got, &err);
	assert_non_null(call);
	assert_false(got->done); /* never inside */
	return call;
}

static enum image_outcome picture(
	struct bench *bench, const char *name, enum file_type type, struct got *got)
{
	int fd = file_open(bench, name);

	begin(bench, fd, type, got);
	wait_for(bench, got);
	close(fd);
	return got->result.outcome;
}

/* ---- tests ---- */

/* exiftool's groups that only say how the file is built. */
static bool is_structure(const char *line)
{
	static const char *const groups[] = { "[ExifTool]", "[File]", "[JFIF]", "[PNG]",
		"[RIFF]", "[Composite]" };
	static const char *const not_structure[] = { "GPS", "Comment", "Text",
		"Profile", "Date", "Creat", "Author", "Software" };
	bool known = false;
	size_t i;

	if (strncmp(line, "[File]", 6) == 0 && strstr(line, "Date"))
		return true; /* the file system's */
	for (i = 0; i < ARRAY_LEN(groups); i++)
		known = known || strncmp(line, groups[i], strlen(groups[i])) == 0;
	for (i = 0; i < ARRAY_LEN(not_structure); i++)
		known = known && !strstr(line, not_structure[i]);
	return known;
}

static void check_clean(struct bench *bench, int fd, const char *what)
{
	char *bytes, *line, *rest;
	size_t n;
	int report;

	bytes = bytes_of(fd, &n);
	if (memmem(bytes, n, MARK, strlen(MARK)) || memmem(bytes, n, "Exif", 4) ||
		memmem(bytes, n, "http://ns.adobe.com", 19) ||
		memmem(bytes, n, "ICC_PROFILE", 11) || memmem(bytes, n, "8BIM", 4))
		fail_msg("%s: something was left", what);
	file_write(bench, "made", bytes, n);
	mem_free(bytes);
	assert_int_equal(shell(bench, "exiftool -a -G -s made > report"), 0);
	report = file_open(bench, "report");
	bytes = bytes_of(report, &n);
	close(report);
	for (line = strtok_r(bytes, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest))
		if (!is_structure(line))
			fail_msg("%s: %s", what, line);
	mem_free(bytes);
}

static void test_image__keeps_no_metadata(void **state)
{
	static const struct {
		const char *name, *make;
		enum file_type given, made;
	} cases[] = {
		{ "a.jpg",
			"vips copy base.png a.jpg[Q=90] && exiftool -q -overwrite_original %s "
			"-IPTC:City=" MARK " -IPTC:By-line=" MARK " -Comment=" MARK
			" '-ThumbnailImage<=small.jpg' '-ICC_Profile<=srgb.icc' a.jpg",
			FILE_TYPE_JPEG, FILE_TYPE_JPEG },
		{ "a.png",
			"cp base.png a.png && exiftool -q -overwrite_original %s "
			"-PNG:Comment=" MARK " -PNG:Author=" MARK
			" '-ICC_Profile<=srgb.icc' a.png",
			FILE_TYPE_PNG, FILE_TYPE_PNG },
		{ "a.webp",
			"vips copy base.png a.webp && exiftool -q -overwrite_original %s a.webp",
			FILE_TYPE_WEBP, FILE_TYPE_WEBP },
		{ "a.heic",
			"heif-enc base.png -o a.heic && exiftool -q -overwrite_original %s "
			"a.heic",
			FILE_TYPE_HEIC, FILE_TYPE_JPEG },
	};
	struct bench *bench = *state;
	struct got got;
	char *bytes;
	size_t i, n;
	int fd;

	bench_start(bench, &(struct image_worker_config){ 0 });
	assert_int_equal(
		shell(bench,
			"vips xyz xy.v 300 200 && vips extract_band xy.v g.v 0 "
			"&& vips cast g.v c.v uchar && vips bandjoin 'c.v c.v c.v' "
			"rgb.v && vips copy rgb.v base.png --interpretation srgb && "
			"vips resize base.png small.jpg 0.2 && "
			"vips copy base.png p.jpg[profile=srgb] && "
			"exiftool -b -ICC_Profile p.jpg > srgb.icc"),
		0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		if (shell(bench, cases[i].make, tags) != 0)
			fail_msg("%s could not be made", cases[i].name);
		fd = file_open(bench, cases[i].name);
		bytes = bytes_of(fd, &n);
		assert_non_null(memmem(bytes, n, MARK, strlen(MARK)));
		mem_free(bytes);
		close(fd);
		if (picture(bench, cases[i].name, cases[i].given, &got) != IMAGE_OK)
			fail_msg("%s: %d", cases[i].name, got.result.outcome);
		assert_int_equal(got.result.type, cases[i].made);
		assert_int_equal(got.result.width, 300);
		assert_int_equal(got.result.height, 200);
		assert_int_equal(lseek(got.result.picture_fd, 0, SEEK_CUR), 0);
		check_clean(bench, got.result.picture_fd, cases[i].name);
		check_clean(bench, got.result.thumbnail_fd, "thumbnail");
		got_close(&got);
	}
}

/* What exiftool says of a tag of the last file written as "made". */
static void check_tag(struct bench *bench, int fd, const char *tag, const char *value)
{
	char *bytes;
	size_t n;
	int report;

	bytes = bytes_of(fd, &n);
	file_write(bench, "made", bytes, n);
	mem_free(bytes);
	assert_int_equal(shell(bench, "exiftool -s3 -%s made > report", tag), 0);
	report = file_open(bench, "report");
	bytes = bytes_of(report, &n);
	close(report);
	assert_int_equal(strncmp(bytes, value, strlen(value)), 0);
	mem_free(bytes);
}

static void test_image__turns_and_shrinks(void **state)
{
	struct bench *bench = *state;
	struct got got;

	bench_start(bench, &(struct image_worker_config){ 0 });
	/* black on the left, white on the right, to be turned a quarter right */
	assert_int_equal(
		shell(bench,
			"vips black l.v 60 40 --bands 3 && vips linear l.v w.v 0 255 && "
			"vips cast w.v r.v uchar && vips join l.v r.v lr.v horizontal && "
			"vips copy lr.v t.jpg --interpretation srgb && exiftool -q "
			"-overwrite_original -n -Orientation=6 t.jpg"),
		0);
	assert_int_equal(picture(bench, "t.jpg", FILE_TYPE_JPEG, &got), IMAGE_OK);
	assert_int_equal(got.result.width, 40);
	assert_int_equal(got.result.height, 120);
	check_tag(bench, got.result.picture_fd, "ImageSize", "40x120");
	/* the left became the top */
	assert_int_equal(
		shell(bench, "vips getpoint made 20 5 > p && grep -qx '0 0 0 *' p"), 0);
	got_close(&got);

	assert_int_equal(shell(bench, "vips black b.v 6000 3000 --bands 3 && "
				      "vips copy b.v big.jpg --interpretation srgb"),
		0);
	assert_int_equal(picture(bench, "big.jpg", FILE_TYPE_JPEG, &got), IMAGE_OK);
	assert_int_equal(got.result.width, 4096);
	assert_int_equal(got.result.height, 2048);
	check_tag(bench, got.result.picture_fd, "ImageSize", "4096x2048");
	check_tag(bench, got.result.thumbnail_fd, "ImageSize", "400x200");
	check_tag(bench, got.result.thumbnail_fd, "FileType", "JPEG");
	got_close(&got);
}

/* Kinds that cameras and programs make beside the usual one. */
static void test_image__takes_unusual_pictures(void **state)
{
	static const struct {
		const char *name, *make;
		enum file_type type;
	} cases[] = {
		{ "grey.jpg", "vips black g.v 50 50 && vips copy g.v grey.jpg",
			FILE_TYPE_JPEG },
		{ "cmyk.jpg",
			"vips black k.v 50 50 --bands 4 && vips copy k.v cmyk.jpg "
			"--interpretation cmyk",
			FILE_TYPE_JPEG },
		{ "alpha.png",
			"vips black a.v 50 50 --bands 4 && vips copy a.v alpha.png "
			"--interpretation srgb",
			FILE_TYPE_PNG },
		{ "grey-alpha.png",
			"vips black ga.v 50 50 --bands 2 && vips copy ga.v grey-alpha.png "
			"--interpretation b-w",
			FILE_TYPE_PNG },
		{ "deep.png",
			"vips black d.v 50 50 --bands 3 && vips cast d.v d16.v ushort && "
			"vips copy d16.v deep.png --interpretation rgb16",
			FILE_TYPE_PNG },
		{ "alpha.webp",
			"vips black w.v 50 50 --bands 4 && vips copy w.v alpha.webp "
			"--interpretation srgb",
			FILE_TYPE_WEBP },
		{ "dot.png", "vips black dot.png 1 1", FILE_TYPE_PNG },
		{ "line.png", "vips black line.png 5000 1", FILE_TYPE_PNG },
		{ "interlaced.png",
			"vips black i.v 50 50 && vips copy i.v interlaced.png[interlace]",
			FILE_TYPE_PNG },
		{ "profile.jpg",
			"head -c 3000 /dev/urandom > junk.icc && vips black p.v 50 50 --bands 3 "
			"&& vips copy p.v profile.jpg[profile=junk.icc] --interpretation srgb || "
			"vips copy p.v profile.jpg --interpretation srgb",
			FILE_TYPE_JPEG },
	};
	struct bench *bench = *state;
	struct got got;
	size_t i;

	bench_start(bench, &(struct image_worker_config){ 0 });
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(shell(bench, "%s", cases[i].make), 0);
		if (picture(bench, cases[i].name, cases[i].type, &got) != IMAGE_OK)
			fail_msg("%s: %d", cases[i].name, got.result.outcome);
		check_clean(bench, got.result.picture_fd, cases[i].name);
		check_clean(bench, got.result.thumbnail_fd, cases[i].name);
		got_close(&got);
	}
}

static void test_image__refuses_what_is_broken(void **state)
{
	static const struct {
		const char *name, *make;
		enum file_type type;
	} cases[] = {
		{ "cut.jpg", "head -c $(($(stat -c %s n.jpg) / 2)) n.jpg > cut.jpg",
			FILE_TYPE_JPEG },
		{ "cut.png", "head -c $(($(stat -c %s n.png) / 2)) n.png > cut.png",
			FILE_TYPE_PNG },
		{ "cut.webp", "head -c $(($(stat -c %s n.webp) / 2)) n.webp > cut.webp",
			FILE_TYPE_WEBP },
		{ "cut.heic", "head -c $(($(stat -c %s n.heic) / 2)) n.heic > cut.heic",
			FILE_TYPE_HEIC },
		{ "head.jpg", "head -c 20 n.jpg > head.jpg", FILE_TYPE_JPEG },
		{ "junk.png",
			"{ head -c 60 n.png; head -c 20000 /dev/urandom; } > junk.png",
			FILE_TYPE_PNG },
		{ "junk.webp",
			"{ head -c 40 n.webp; head -c 20000 /dev/zero; } > junk.webp",
			FILE_TYPE_WEBP },
		{ "junk.heic",
			"{ head -c 200 n.heic; head -c 20000 /dev/urandom; } > junk.heic",
			FILE_TYPE_HEIC },
		{ "random", "head -c 20000 /dev/urandom > random", FILE_TYPE_JPEG },
		{ "empty", ": > empty", FILE_TYPE_JPEG },
		/* each kind gets its own decoder and no other */
		{ "n.png", ":", FILE_TYPE_JPEG },
		{ "n.jpg", ":", FILE_TYPE_HEIC },
	};
	struct bench *bench = *state;
	struct got got;
	size_t i;

	bench_start(bench, &(struct image_worker_config){ 0 });
	assert_int_equal(
		shell(bench,
			"vips gaussnoise n.v 400 300 && vips cast n.v u.v uchar && "
			"vips bandjoin 'u.v u.v u.v' n3.v && vips copy n3.v n.png "
			"--interpretation srgb && vips copy n.png n.jpg && "
			"vips copy n.png n.webp && heif-enc n.png -o n.heic"),
		0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(shell(bench, "%s", cases[i].make), 0);
		if (picture(bench, cases[i].name, cases[i].type, &got) == IMAGE_OK)
			fail_msg("%s was taken", cases[i].name);
		assert_non_null(image_outcome_reason(got.result.outcome));
		assert_int_equal(got.result.picture_fd, -1);
	}
	/* and the worker is well */
	assert_int_equal(picture(bench, "n.jpg", FILE_TYPE_JPEG, &got), IMAGE_OK);
	got_close(&got);
}

static void test_image__refuses_a_bomb_at_once(void **state)
{
	struct bench *bench = *state;
	struct got got;
	double start;

	bench_start(bench, &(struct image_worker_config){ 0 });
	assert_int_equal(shell(bench, "vips black bomb.png[bitdepth=1] 30000 30000"), 0);
	start = seconds();
	assert_int_equal(
		picture(bench, "bomb.png", FILE_TYPE_PNG, &got), IMAGE_TOO_LARGE);
	assert_true(seconds() - start < 3);
	/* as many pixels as are taken */
	assert_int_equal(shell(bench, "vips black most.png 10000 10000"), 0);
	assert_int_equal(picture(bench, "most.png", FILE_TYPE_PNG, &got), IMAGE_OK);
	assert_int_equal(got.result.width, 4096);
	got_close(&got);
}

#ifndef __SANITIZE_ADDRESS__
static void test_image__bounds_the_memory(void **state)
{
	struct bench *bench = *state;
	struct got got;

	bench_start(bench, &(struct image_worker_config){ .memory = 32 * MIB });
	assert_int_equal(
		shell(bench, "vips black i.v 9000 9000 --bands 3 && vips copy i.v "
			     "large.png[interlace] --interpretation srgb"),
		0);
	assert_int_not_equal(
		picture(bench, "large.png", FILE_TYPE_PNG, &got), IMAGE_OK);
}
#endif

static void test_image__ends_at_the_time_limit(void **state)
{
	struct bench *bench = *state;
	struct got got;

	bench_start(bench, &(struct image_worker_config){ .limit_ms = 5 });
	assert_int_equal(shell(bench, "vips black a.png 100 100"), 0);
	assert_int_equal(picture(bench, "a.png", FILE_TYPE_PNG, &got), IMAGE_TIMED_OUT);
}

/* ---- dying ---- */

/* The worker's first child, once there is one. */
static pid_t child_of(struct bench *bench)
{
	char path[64], text[64];
	double end = seconds() + 10;
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)bench->worker,
		(int)bench->worker);
	while (n <= 0 && seconds() < end) {
		event_base_loop(bench->base, EVLOOP_NONBLOCK);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	assert_true(n > 0);
	text[n] = '\0';
	return (pid_t)strtol(text, NULL, 10);
}

static void make_slow(struct bench *bench)
{
	assert_int_equal(
		shell(bench,
			"vips gaussnoise s.v 2500 2500 && vips cast s.v s8.v uchar && "
			"vips copy s8.v slow.png[compression=1]"),
		0);
}

static void test_image__outlives_a_killed_decoder(void **state)
{
	struct bench *bench = *state;
	struct got got, small;
	int fd;

	make_slow(bench);
	assert_int_equal(shell(bench, "vips black a.png 100 100"), 0);
	bench_start(bench, &(struct image_worker_config){ 0 });
	fd = file_open(bench, "slow.png");
	begin(bench, fd, FILE_TYPE_PNG, &got);
	kill(child_of(bench), SIGKILL);
	wait_for(bench, &got);
	assert_int_equal(got.result.outcome, IMAGE_CRASHED);
	assert_int_equal(picture(bench, "a.png", FILE_TYPE_PNG, &small), IMAGE_OK);
	got_close(&small);
	close(fd);
}

static bool is_gone(pid_t pid)
{
	double end = seconds() + 5;
	struct timespec nap = { 0, 10000000 };

	while (kill(pid, 0) == 0 && seconds() < end)
		nanosleep(&nap, NULL);
	return kill(pid, 0) < 0;
}

/* The pair stays, so a new worker takes over what the dead one had and what waits. */
static void test_image__outlives_a_killed_worker(void **state)
{
	struct bench *bench = *state;
	struct got slow, more[5];
	int fd, small;
	size_t i;
	pid_t child;

	make_slow(bench);
	assert_int_equal(shell(bench, "vips black a.png 100 100"), 0);
	bench_start(bench, &(struct image_worker_config){ .at_once = 1 });
	fd = file_open(bench, "slow.png");
	small = file_open(bench, "a.png");
	begin(bench, fd, FILE_TYPE_PNG, &slow);
	for (i = 0; i < ARRAY_LEN(more); i++)
		begin(bench, small, FILE_TYPE_PNG, &more[i]);
	child = child_of(bench);
	worker_end(bench, SIGKILL);
	assert_true(is_gone(child)); /* a decoder does not outlive its worker */
	worker_start(bench, &(struct image_worker_config){ 0 });
	wait_for(bench, &slow);
	assert_int_equal(slow.result.outcome, IMAGE_OK);
	got_close(&slow);
	for (i = 0; i < ARRAY_LEN(more); i++) {
		wait_for(bench, &more[i]);
		assert_int_equal(more[i].result.outcome, IMAGE_OK);
		got_close(&more[i]);
	}
	assert_int_equal(image_client_pending(bench->client), 0);
	close(small);
	close(fd);
}

/* A picture that takes the worker down each time is not tried for ever. */
static void test_image__gives_up_after_two_workers(void **state)
{
	struct bench *bench = *state;
	struct got slow;
	int fd;

	make_slow(bench);
	bench_start(bench, &(struct image_worker_config){ 0 });
	fd = file_open(bench, "slow.png");
	begin(bench, fd, FILE_TYPE_PNG, &slow);
	child_of(bench);
	worker_end(bench, SIGKILL);
	worker_start(bench, &(struct image_worker_config){ 0 });
	child_of(bench);
	worker_end(bench, SIGKILL);
	assert_false(slow.done);
	worker_start(bench, &(struct image_worker_config){ 0 });
	wait_for(bench, &slow);
	assert_int_equal(slow.result.outcome, IMAGE_UNANSWERED);
	close(fd);
}

static void test_image__forgets_and_bounds_calls(void **state)
{
	struct bench *bench = *state;
	struct image_call *calls[8];
	struct got got[8];
	struct error err = { 0 };
	struct image_order order;
	size_t i;
	int fd;

	assert_int_equal(shell(bench, "vips black a.png 100 100"), 0);
	bench_start(bench, &(struct image_worker_config){ 0 });
	fd = file_open(bench, "a.png");
	for (i = 0; i < ARRAY_LEN(calls); i++)
		calls[i] = begin(bench, fd, FILE_TYPE_PNG, &got[i]);
	order = (struct image_order){ fd, FILE_TYPE_PNG };
	assert_null(image_client_run(bench->client, &order, on_done, &got[0], &err));
	assert_int_equal(err.code, ERR_UNAVAILABLE);
	for (i = 0; i < ARRAY_LEN(calls) - 1; i++)
		image_client_cancel(calls[i]);
	image_client_cancel(NULL);
	assert_int_equal(image_client_pending(bench->client), 1);
	wait_for(bench, &got[7]);
	assert_int_equal(got[7].result.outcome, IMAGE_OK);
	got_close(&got[7]);
	for (i = 0; i < ARRAY_LEN(calls) - 1; i++)
		assert_false(got[i].done);
	close(fd);
}

/* The HTTP workers get the same signal and may still have pictures to come. */
static void test_image__stops_after_its_clients(void **state)
{
	struct bench *bench = *state;
	struct timespec nap = { 0, 300000000 };
	struct got got;
	double start;
	int status;

	assert_int_equal(shell(bench, "vips black a.png 100 100"), 0);
	bench_start(bench, &(struct image_worker_config){ 0 });
	assert_int_equal(picture(bench, "a.png", FILE_TYPE_PNG, &got), IMAGE_OK);
	got_close(&got);
	kill(bench->worker, SIGTERM);
	nanosleep(&nap, NULL);
	assert_int_equal(picture(bench, "a.png", FILE_TYPE_PNG, &got), IMAGE_OK);
	got_close(&got);
	start = seconds();
	image_client_free(bench->client);
	event_base_free(bench->base);
	bench->base = NULL;
	assert_int_equal(waitpid(bench->worker, &status, 0), bench->worker);
	assert_int_equal(status, 0);
	assert_true(seconds() - start < 3);
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BENCH(test_image__keeps_no_metadata),
		WITH_BENCH(test_image__turns_and_shrinks),
		WITH_BENCH(test_image__takes_unusual_pictures),
		WITH_BENCH(test_image__refuses_what_is_broken),
		WITH_BENCH(test_image__refuses_a_bomb_at_once),
#ifndef __SANITIZE_ADDRESS__
		WITH_BENCH(test_image__bounds_the_memory),
#endif
		WITH_BENCH(test_image__ends_at_the_time_limit),
		WITH_BENCH(test_image__outlives_a_killed_decoder),
		WITH_BENCH(test_image__outlives_a_killed_worker),
		WITH_BENCH(test_image__gives_up_after_two_workers),
		WITH_BENCH(test_image__forgets_and_bounds_calls),
		WITH_BENCH(test_image__stops_after_its_clients),
	};

	cmocka_set_test_filter(getenv("TEST_FILTER"));
	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, "test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
