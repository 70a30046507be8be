/*
 * The image worker with real pictures: made on the spot by vips and heif-enc, given
 * every kind of metadata by exiftool, and read by it again.
 */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/log.h"
#include "server/image_client.h"
#include "server/image_worker.h"
#include "tests/unit/image_bench.h"

/* What is written into every tag that takes a text; it must be nowhere afterwards. */
#define MARK "HEMLIGTEXT"

static const char *const tags =
	"-GPSLatitude=59.3293 -GPSLatitudeRef=N -GPSLongitude=18.0686 -GPSLongitudeRef=E "
	"-EXIF:Artist=" MARK " -EXIF:Model=" MARK " -EXIF:SerialNumber=" MARK
	" -EXIF:DateTimeOriginal='2026:11:22 10:00:00' -XMP-dc:Creator=" MARK
	" -XMP-photoshop:City=" MARK;

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

static void check_clean(struct image_bench *bench, int fd, const char *what)
{
	char *bytes, *line, *rest;
	size_t n;
	int report;

	bytes = image_bench_bytes_of(fd, &n);
	if (memmem(bytes, n, MARK, strlen(MARK)) || memmem(bytes, n, "Exif", 4) ||
		memmem(bytes, n, "http://ns.adobe.com", 19) ||
		memmem(bytes, n, "ICC_PROFILE", 11) || memmem(bytes, n, "8BIM", 4))
		fail_msg("%s: something was left", what);
	image_bench_file_write(bench, "made", bytes, n);
	mem_free(bytes);
	assert_int_equal(
		image_bench_shell(bench, "exiftool -a -G -s made > report"), 0);
	report = image_bench_file_open(bench, "report");
	bytes = image_bench_bytes_of(report, &n);
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
	struct image_bench *bench = *state;
	struct image_got got;
	char *bytes;
	size_t i, n;
	int fd;

	image_bench_start(bench, &(struct image_worker_config){ 0 });
	assert_int_equal(
		image_bench_shell(bench,
			"vips xyz xy.v 300 200 && vips extract_band xy.v g.v 0 "
			"&& vips cast g.v c.v uchar && vips bandjoin 'c.v c.v c.v' "
			"rgb.v && vips copy rgb.v base.png --interpretation srgb && "
			"vips resize base.png small.jpg 0.2 && "
			"vips copy base.png p.jpg[profile=srgb] && "
			"exiftool -b -ICC_Profile p.jpg > srgb.icc"),
		0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		if (image_bench_shell(bench, cases[i].make, tags) != 0)
			fail_msg("%s could not be made", cases[i].name);
		fd = image_bench_file_open(bench, cases[i].name);
		bytes = image_bench_bytes_of(fd, &n);
		assert_non_null(memmem(bytes, n, MARK, strlen(MARK)));
		mem_free(bytes);
		close(fd);
		if (image_bench_picture(bench, cases[i].name, cases[i].given, &got) !=
			IMAGE_OK)
			fail_msg("%s: %d", cases[i].name, got.result.outcome);
		assert_int_equal(got.result.type, cases[i].made);
		assert_int_equal(got.result.width, 300);
		assert_int_equal(got.result.height, 200);
		assert_int_equal(lseek(got.result.picture_fd, 0, SEEK_CUR), 0);
		check_clean(bench, got.result.picture_fd, cases[i].name);
		check_clean(bench, got.result.thumbnail_fd, "thumbnail");
		image_bench_got_close(&got);
	}
}

/* What exiftool says of a tag of the last file written as "made". */
static void check_tag(
	struct image_bench *bench, int fd, const char *tag, const char *value)
{
	char *bytes;
	size_t n;
	int report;

	bytes = image_bench_bytes_of(fd, &n);
	image_bench_file_write(bench, "made", bytes, n);
	mem_free(bytes);
	assert_int_equal(
		image_bench_shell(bench, "exiftool -s3 -%s made > report", tag), 0);
	report = image_bench_file_open(bench, "report");
	bytes = image_bench_bytes_of(report, &n);
	close(report);
	assert_int_equal(strncmp(bytes, value, strlen(value)), 0);
	mem_free(bytes);
}

static void test_image__turns_and_shrinks(void **state)
{
	struct image_bench *bench = *state;
	struct image_got got;

	image_bench_start(bench, &(struct image_worker_config){ 0 });
	/* black on the left, white on the right, to be turned a quarter right */
	assert_int_equal(
		image_bench_shell(bench,
			"vips black l.v 60 40 --bands 3 && vips linear l.v w.v 0 255 && "
			"vips cast w.v r.v uchar && vips join l.v r.v lr.v horizontal && "
			"vips copy lr.v t.jpg --interpretation srgb && exiftool -q "
			"-overwrite_original -n -Orientation=6 t.jpg"),
		0);
	assert_int_equal(
		image_bench_picture(bench, "t.jpg", FILE_TYPE_JPEG, &got), IMAGE_OK);
	assert_int_equal(got.result.width, 40);
	assert_int_equal(got.result.height, 120);
	check_tag(bench, got.result.picture_fd, "ImageSize", "40x120");
	/* the left became the top */
	assert_int_equal(image_bench_shell(bench,
				 "vips getpoint made 20 5 > p && grep -qx '0 0 0 *' p"),
		0);
	image_bench_got_close(&got);

	assert_int_equal(
		image_bench_shell(bench, "vips black b.v 6000 3000 --bands 3 && "
					 "vips copy b.v big.jpg --interpretation srgb"),
		0);
	assert_int_equal(
		image_bench_picture(bench, "big.jpg", FILE_TYPE_JPEG, &got), IMAGE_OK);
	assert_int_equal(got.result.width, 4096);
	assert_int_equal(got.result.height, 2048);
	check_tag(bench, got.result.picture_fd, "ImageSize", "4096x2048");
	check_tag(bench, got.result.thumbnail_fd, "ImageSize", "400x200");
	check_tag(bench, got.result.thumbnail_fd, "FileType", "JPEG");
	image_bench_got_close(&got);
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
	struct image_bench *bench = *state;
	struct image_got got;
	size_t i;

	image_bench_start(bench, &(struct image_worker_config){ 0 });
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(image_bench_shell(bench, "%s", cases[i].make), 0);
		if (image_bench_picture(bench, cases[i].name, cases[i].type, &got) !=
			IMAGE_OK)
			fail_msg("%s: %d", cases[i].name, got.result.outcome);
		check_clean(bench, got.result.picture_fd, cases[i].name);
		check_clean(bench, got.result.thumbnail_fd, cases[i].name);
		image_bench_got_close(&got);
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
	struct image_bench *bench = *state;
	struct image_got got;
	size_t i;

	image_bench_start(bench, &(struct image_worker_config){ 0 });
	assert_int_equal(
		image_bench_shell(bench,
			"vips gaussnoise n.v 400 300 && vips cast n.v u.v uchar && "
			"vips bandjoin 'u.v u.v u.v' n3.v && vips copy n3.v n.png "
			"--interpretation srgb && vips copy n.png n.jpg && "
			"vips copy n.png n.webp && heif-enc n.png -o n.heic"),
		0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(image_bench_shell(bench, "%s", cases[i].make), 0);
		if (image_bench_picture(bench, cases[i].name, cases[i].type, &got) ==
			IMAGE_OK)
			fail_msg("%s was taken", cases[i].name);
		assert_non_null(image_outcome_reason(got.result.outcome));
		assert_int_equal(got.result.picture_fd, -1);
	}
	/* and the worker is well */
	assert_int_equal(
		image_bench_picture(bench, "n.jpg", FILE_TYPE_JPEG, &got), IMAGE_OK);
	image_bench_got_close(&got);
}

static void test_image__refuses_a_bomb_at_once(void **state)
{
	struct image_bench *bench = *state;
	struct image_got got;
	double start;

	image_bench_start(bench, &(struct image_worker_config){ 0 });
	assert_int_equal(
		image_bench_shell(bench, "vips black bomb.png[bitdepth=1] 30000 30000"),
		0);
	start = image_bench_seconds();
	assert_int_equal(image_bench_picture(bench, "bomb.png", FILE_TYPE_PNG, &got),
		IMAGE_TOO_LARGE);
	assert_true(image_bench_seconds() - start < 3);
	/* as many pixels as are taken */
	assert_int_equal(
		image_bench_shell(bench, "vips black most.png 10000 10000"), 0);
	assert_int_equal(
		image_bench_picture(bench, "most.png", FILE_TYPE_PNG, &got), IMAGE_OK);
	assert_int_equal(got.result.width, 4096);
	image_bench_got_close(&got);
}

#ifndef __SANITIZE_ADDRESS__
static void test_image__bounds_the_memory(void **state)
{
	struct image_bench *bench = *state;
	struct image_got got;

	image_bench_start(bench, &(struct image_worker_config){ .memory = 32 * MIB });
	assert_int_equal(image_bench_shell(bench,
				 "vips black i.v 9000 9000 --bands 3 && vips copy i.v "
				 "large.png[interlace] --interpretation srgb"),
		0);
	assert_int_not_equal(
		image_bench_picture(bench, "large.png", FILE_TYPE_PNG, &got), IMAGE_OK);
}
#endif

static void test_image__ends_at_the_time_limit(void **state)
{
	struct image_bench *bench = *state;
	struct image_got got;

	image_bench_start(bench, &(struct image_worker_config){ .limit_ms = 5 });
	assert_int_equal(image_bench_shell(bench, "vips black a.png 100 100"), 0);
	assert_int_equal(image_bench_picture(bench, "a.png", FILE_TYPE_PNG, &got),
		IMAGE_TIMED_OUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_image__keeps_no_metadata,
			image_bench_open, image_bench_close),
		cmocka_unit_test_setup_teardown(test_image__turns_and_shrinks,
			image_bench_open, image_bench_close),
		cmocka_unit_test_setup_teardown(test_image__takes_unusual_pictures,
			image_bench_open, image_bench_close),
		cmocka_unit_test_setup_teardown(test_image__refuses_what_is_broken,
			image_bench_open, image_bench_close),
		cmocka_unit_test_setup_teardown(test_image__refuses_a_bomb_at_once,
			image_bench_open, image_bench_close),
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test_setup_teardown(test_image__bounds_the_memory,
			image_bench_open, image_bench_close),
#endif
		cmocka_unit_test_setup_teardown(test_image__ends_at_the_time_limit,
			image_bench_open, image_bench_close),
	};

	cmocka_set_test_filter(getenv("TEST_FILTER"));
	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, "test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
