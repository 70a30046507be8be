#include "tests/unit/test.h"

#include <stdio.h>
#include <unistd.h>

#include <zlib.h>

#include "lib/error.h"
#include "lib/file_type.h"
#include "lib/temp_file.h"

#define BYTES(text) text, sizeof(text) - 1

struct file {
	char bytes[256 * 1024];
	size_t n;
};

static enum file_type type_of(struct file_types *types, const void *bytes, size_t n)
{
	struct error err = { 0 };
	enum file_type type = FILE_TYPE_OTHER;
	int fd = temp_file_open("/tmp", &err);

	assert_int_equal(temp_file_write(fd, bytes, n, &err), 0);
	assert_int_equal(file_type_find(types, fd, &type, &err), 0);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), n);
	close(fd);
	return type;
}

static void test_file_type__goes_by_content(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t n;
		enum file_type type;
	} cases[] = {
		{ "nothing", BYTES(""), FILE_TYPE_OTHER },
		{ "jpeg", BYTES("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1"), FILE_TYPE_JPEG },
		{ "png",
			BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x8\2\0\0\0"),
			FILE_TYPE_PNG },
		{ "webp", BYTES("RIFF\x10\0\0\0WEBPVP8 \4\0\0\0"), FILE_TYPE_WEBP },
		{ "heic",
			BYTES("\0\0\0\x18"
			      "ftypheic\0\0\0\0mif1heic"),
			FILE_TYPE_HEIC },
		{ "mif1 with heic",
			BYTES("\0\0\0\x18"
			      "ftypmif1\0\0\0\0mif1heic"),
			FILE_TYPE_HEIC },
		{ "mif1 without",
			BYTES("\0\0\0\x18"
			      "ftypmif1\0\0\0\0mif1miaf"),
			FILE_TYPE_OTHER },
		{ "avif",
			BYTES("\0\0\0\x18"
			      "ftypavif\0\0\0\0mif1avif"),
			FILE_TYPE_OTHER },
		{ "mp4",
			BYTES("\0\0\0\x18"
			      "ftypisom\0\0\0\0isommp42"),
			FILE_TYPE_OTHER },
		{ "gif", BYTES("GIF89a\1\0\1\0\0\0\0"), FILE_TYPE_OTHER },
		{ "pdf", BYTES("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), FILE_TYPE_PDF },
		{ "text", BYTES("Lampan vid busshållplatsen är trasig.\r\n"),
			FILE_TYPE_TEXT },
		{ "byte order mark", BYTES("\xef\xbb\xbfHej\n"), FILE_TYPE_TEXT },
		{ "latin-1", BYTES("Gatan \xe4r \xf6ppen\n"), FILE_TYPE_TEXT },
		{ "windows", BYTES("\x93Hej\x94 \x96 sade hon\r\n"), FILE_TYPE_TEXT },
		{ "looks like code", BYTES("#include <stdio.h>\nint main(void)\n"),
			FILE_TYPE_TEXT },
		{ "csv", BYTES("a;b;c\n1;2;3\n4;5;6\n"), FILE_TYPE_TEXT },
		{ "json", BYTES("{\"a\": [1, 2, 3]}\n"), FILE_TYPE_TEXT },
		{ "one letter", BYTES("a"), FILE_TYPE_TEXT },
		{ "one byte", BYTES("\1"), FILE_TYPE_OTHER },
		{ "NUL", BYTES("hej\0hej"), FILE_TYPE_OTHER },
		{ "escape", BYTES("hej \x1b[31m r\xc3\xb6tt"), FILE_TYPE_OTHER },
		{ "html", BYTES("<!DOCTYPE html><html><script>1</script></html>"),
			FILE_TYPE_OTHER },
		{ "svg", BYTES("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"),
			FILE_TYPE_OTHER },
		{ "xml", BYTES("<?xml version=\"1.0\"?><a/>"), FILE_TYPE_OTHER },
		{ "rtf", BYTES("{\\rtf1\\ansi hej}"), FILE_TYPE_OTHER },
		{ "program",
			BYTES("\x7f"
			      "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0>\0"),
			FILE_TYPE_OTHER },
		{ "windows program", BYTES("MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0"),
			FILE_TYPE_OTHER },
		{ "zip only in name", BYTES("PK\3\4"), FILE_TYPE_OTHER },
		{ "old word", BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0"),
			FILE_TYPE_OTHER },
	};
	struct file_types *types = file_types_new();
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		enum file_type type = type_of(types, cases[i].bytes, cases[i].n);

		if (type != cases[i].type)
			fail_msg("%s: %s", cases[i].name, file_type_media(type));
	}
	file_types_free(types);
}

/* A text that stops being one after the part libmagic sees; a code point cut by the
 * end of a chunk. */
static void test_file_type__reads_a_text_to_its_end(void **state)
{
	struct file_types *types = file_types_new();
	struct file *file = mem_new(sizeof(*file));
	size_t i;

	memset(file->bytes, 'a', sizeof(file->bytes));
	assert_int_equal(type_of(types, file->bytes, 200000), FILE_TYPE_TEXT);
	file->bytes[150000] = '\0';
	assert_int_equal(type_of(types, file->bytes, 200000), FILE_TYPE_OTHER);
	file->bytes[150000] = '\x7f';
	assert_int_equal(type_of(types, file->bytes, 200000), FILE_TYPE_OTHER);
	file->bytes[150000] = 'a';
	/* \x81 is nothing in Latin-1, so only UTF-8 can save these */
	for (i = 65530; i < 65540; i++) {
		memcpy(file->bytes + i, "\xf0\x9f\x81\x81", 4);
		assert_int_equal(type_of(types, file->bytes, 131072), FILE_TYPE_TEXT);
		memset(file->bytes + i, 'a', 4);
	}
	memcpy(file->bytes + 1000, "\xf0\x9f\x81", 3);
	assert_int_equal(type_of(types, file->bytes, 200000), FILE_TYPE_OTHER);
	assert_int_equal(type_of(types, file->bytes, 1003), FILE_TYPE_OTHER);
	mem_free(file);
	file_types_free(types);
}

/* ---- packages ---- */

static void put(struct file *file, const void *bytes, size_t n)
{
	assert_true(file->n + n <= sizeof(file->bytes));
	memcpy(file->bytes + file->n, bytes, n);
	file->n += n;
}

static void put_number(struct file *file, unsigned long value, size_t n)
{
	unsigned char bytes[4] = { (unsigned char)value, (unsigned char)(value >> 8),
		(unsigned char)(value >> 16), (unsigned char)(value >> 24) };

	put(file, bytes, n);
}

static size_t deflate_raw(const char *text, char *ret, size_t room)
{
	z_stream stream = { 0 };

	assert_int_equal(
		deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
		Z_OK);
	stream.next_in = (unsigned char *)text;
	stream.avail_in = (uInt)strlen(text);
	stream.next_out = (unsigned char *)ret;
	stream.avail_out = (uInt)room;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return stream.total_out;
}

/* A ZIP of one entry. */
static void make_zip(struct file *file, const char *name, const char *text, bool pack)
{
	char packed[4096];
	size_t n = pack ? deflate_raw(text, packed, sizeof(packed)) : strlen(text);
	unsigned method = pack ? 8 : 0;
	size_t directory;

	file->n = 0;
	put(file, "PK\3\4\x14\0\0\0", 8);
	put_number(file, method, 2);
	put_number(file, 0, 4);
	put_number(file, crc32(0, (const unsigned char *)text, (uInt)strlen(text)), 4);
	put_number(file, n, 4);
	put_number(file, strlen(text), 4);
	put_number(file, strlen(name), 2);
	put_number(file, 0, 2);
	put(file, name, strlen(name));
	put(file, pack ? packed : text, n);
	directory = file->n;
	put(file, "PK\1\2\x14\0\x14\0\0\0", 10);
	put_number(file, method, 2);
	put_number(file, 0, 4);
	put_number(file, crc32(0, (const unsigned char *)text, (uInt)strlen(text)), 4);
	put_number(file, n, 4);
	put_number(file, strlen(text), 4);
	put_number(file, strlen(name), 2);
	put(file, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	put(file, name, strlen(name));
	n = file->n - directory;
	put(file, "PK\5\6\0\0\0\0\1\0\1\0", 12);
	put_number(file, n, 4);
	put_number(file, directory, 4);
	put_number(file, 0, 2);
}

#define DOCX                                                                            \
	"<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument." \
	"wordprocessingml.document.main+xml\"/></Types>"
#define ODT "application/vnd.oasis.opendocument.text"

static void test_file_type__asks_a_package_what_it_is(void **state)
{
	static const struct {
		const char *name, *text;
		bool pack;
		enum file_type type;
	} cases[] = {
		{ "[Content_Types].xml", DOCX, false, FILE_TYPE_DOCX },
		{ "[Content_Types].xml", DOCX, true, FILE_TYPE_DOCX },
		{ "[Content_Types].xml", DOCX "vbaProject", true, FILE_TYPE_OTHER },
		{ "[Content_Types].xml", "<Types>spreadsheetml</Types>", true,
			FILE_TYPE_OTHER },
		{ "content_types.xml", DOCX, true, FILE_TYPE_OTHER },
		{ "mimetype", ODT, false, FILE_TYPE_ODT },
		{ "mimetype", ODT, true, FILE_TYPE_ODT },
		{ "mimetype", ODT "-template", false, FILE_TYPE_OTHER },
		{ "mimetype", "application/vnd.oasis.opendocument.spreadsheet", false,
			FILE_TYPE_OTHER },
		{ "readme.txt", "hej", false, FILE_TYPE_OTHER },
	};
	struct file_types *types = file_types_new();
	struct file *file = mem_new(sizeof(*file));
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		make_zip(file, cases[i].name, cases[i].text, cases[i].pack);
		if (type_of(types, file->bytes, file->n) != cases[i].type)
			fail_msg("case %zu: %s", i, cases[i].name);
	}
	mem_free(file);
	file_types_free(types);
}

/* Every byte of a package wrong in turn, and every length of it: no crash (the
 * sanitizers watch), and never taken for something else that is accepted. */
static void test_file_type__survives_broken_packages(void **state)
{
	static const unsigned char values[] = { 0x00, 0x7f, 0x80, 0xff };
	struct file_types *types = file_types_new();
	struct file *file = mem_new(sizeof(*file));
	size_t i, j;

	make_zip(file, "[Content_Types].xml", DOCX, true);
	for (i = 4; i < file->n; i++) {
		char kept = file->bytes[i];

		for (j = 0; j < ARRAY_LEN(values); j++) {
			enum file_type type;

			file->bytes[i] = (char)values[j];
			type = type_of(types, file->bytes, file->n);
			assert_true(type == FILE_TYPE_OTHER || type == FILE_TYPE_DOCX);
		}
		file->bytes[i] = kept;
		assert_int_equal(type_of(types, file->bytes, i), FILE_TYPE_OTHER);
	}
	mem_free(file);
	file_types_free(types);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_type__goes_by_content),
		cmocka_unit_test(test_file_type__reads_a_text_to_its_end),
		cmocka_unit_test(test_file_type__asks_a_package_what_it_is),
		cmocka_unit_test(test_file_type__survives_broken_packages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
