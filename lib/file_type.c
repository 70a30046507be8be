#include "lib/file_type.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <magic.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/utf8.h"
#include "lib/zip_entry.h"

#define FILE_TYPE_HEAD (64 * KIB)
#define FILE_TYPE_CHUNK (64 * KIB)
#define FILE_TYPE_BRANDS_MAX 256 /* bytes of the first box of a HEIC file */

/* What is looked at anyway, or wrongly: archives and packed files inside, and texts
 * that libmagic takes for something cleverer. */
#define FILE_TYPE_MAGIC                                                                \
	(MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS |                     \
		MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF |         \
		MAGIC_NO_CHECK_APPTYPE | MAGIC_NO_CHECK_TOKENS | MAGIC_NO_CHECK_CSV |  \
		MAGIC_NO_CHECK_JSON)

struct file_types {
	pthread_mutex_t lock; /* a magic_t is for one thread at a time */
	magic_t magic;        /* NULL until asked for */
};

struct file_look {
	int fd;
	size_t n;
	char head[FILE_TYPE_HEAD];
};

typedef enum file_type file_type_check_fn(const struct file_look *look);

static const char *const media[] = {
	[FILE_TYPE_OTHER] = "application/octet-stream",
	[FILE_TYPE_JPEG] = "image/jpeg",
	[FILE_TYPE_PNG] = "image/png",
	[FILE_TYPE_WEBP] = "image/webp",
	[FILE_TYPE_HEIC] = "image/heic",
	[FILE_TYPE_PDF] = "application/pdf",
	[FILE_TYPE_TEXT] = "text/plain",
	[FILE_TYPE_DOCX] =
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	[FILE_TYPE_ODT] = "application/vnd.oasis.opendocument.text",
};

struct file_types *file_types_new(void)
{
	struct file_types *types = mem_new(sizeof(*types));

	pthread_mutex_init(&types->lock, NULL);
	return types;
}

void file_types_free(struct file_types *types)
{
	if (!types)
		return;
	if (types->magic)
		magic_close(types->magic);
	pthread_mutex_destroy(&types->lock);
	mem_free(types);
}

const char *file_type_media(enum file_type type)
{
	return media[type];
}

bool file_type_is_picture(enum file_type type)
{
	return type >= FILE_TYPE_JPEG && type <= FILE_TYPE_HEIC;
}

static ssize_t file_type_read(int fd, char *ret, size_t n, off_t at)
{
	ssize_t got;

	do
		got = pread(fd, ret, n, at);
	while (got < 0 && errno == EINTR);
	return got;
}

/* ---- texts ---- */

struct text_scan {
	bool utf8, latin;
	size_t carried; /* bytes of a code point cut by the end of the last chunk */
};

/* No control but tab and the ends of lines and pages; of 0x80 to 0x9f those that
 * Windows-1252 has put quotes and dashes on, since its texts are the usual ones. */
static bool file_type_is_latin(unsigned char c)
{
	static const unsigned char unassigned[] = { 0x81, 0x8d, 0x8f, 0x90, 0x9d };

	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\f' || c == '\r';
	return c != 0x7f && !memchr(unassigned, c, sizeof(unassigned));
}

/* Bytes at the end that begin a code point and lack the rest of it, 0 to 3. */
static size_t file_type_tail(const char *p, size_t n)
{
	unsigned char c;
	size_t i, want;

	for (i = 1; i <= 3 && i <= n; i++) {
		c = (unsigned char)p[n - i];
		if ((c & 0xc0) == 0x80)
			continue;
		want = 1 + (c >= 0xc0) + (c >= 0xe0) + (c >= 0xf0);
		return want > i ? i : 0;
	}
	return 0;
}

/* One chunk, with what was carried over before it. */
static void file_type_scan(struct text_scan *scan, const char *p, size_t n)
{
	size_t tail = file_type_tail(p, n), i;
	bool control = false;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		scan->latin = scan->latin && file_type_is_latin(c);
		control = control || (c < 0x80 && !file_type_is_latin(c));
	}
	scan->utf8 = scan->utf8 && !control && utf8_is_valid(p, n - tail);
	scan->carried = tail;
}

static enum file_type file_type_check_text(const struct file_look *look)
{
	scoped_free char *chunk = mem_new(FILE_TYPE_CHUNK);
	struct text_scan scan = { true, true, 0 };
	off_t at = 0;
	ssize_t n;

	for (;;) {
		n = file_type_read(look->fd, chunk + scan.carried,
			FILE_TYPE_CHUNK - scan.carried, at);
		if (n <= 0)
			break;
		at += n;
		n += (ssize_t)scan.carried;
		file_type_scan(&scan, chunk, (size_t)n);
		if (!scan.utf8 && !scan.latin)
			return FILE_TYPE_OTHER;
		memmove(chunk, chunk + n - scan.carried, scan.carried);
	}
	if (scan.carried > 0)
		scan.utf8 = false;
	return n == 0 && (scan.utf8 || scan.latin) ? FILE_TYPE_TEXT : FILE_TYPE_OTHER;
}

/* ---- packages ---- */

static bool file_type_has(const struct zip_entry_text *text, const char *word)
{
	return memmem(text->bytes, text->n, word, strlen(word)) != NULL;
}

/* ISO/IEC 29500-2: the parts and what they are. A document with macros says
 * "macroEnabled" where a plain one says this; one that holds both is not taken. */
static bool file_type_is_docx(int fd, struct zip_entry_text *text)
{
	return zip_entry_read(fd, "[Content_Types].xml", text, NULL) == 0 &&
	       file_type_has(text, "application/vnd.openxmlformats-officedocument."
				   "wordprocessingml.document.main+xml") &&
	       !file_type_has(text, "vbaProject") &&
	       !file_type_has(text, "macroEnabled");
}

/* OpenDocument 1.2 part 3, 3.3: an entry that is the media type and nothing else. */
static bool file_type_is_odt(int fd, struct zip_entry_text *text)
{
	const char *odt = media[FILE_TYPE_ODT];

	return zip_entry_read(fd, "mimetype", text, NULL) == 0 &&
	       text->n == strlen(odt) && memcmp(text->bytes, odt, text->n) == 0;
}

static enum file_type file_type_check_package(const struct file_look *look)
{
	scoped_free char *bytes = mem_new(ZIP_ENTRY_READ_MAX);
	struct zip_entry_text text = { bytes, ZIP_ENTRY_READ_MAX, 0 };

	if (file_type_is_docx(look->fd, &text))
		return FILE_TYPE_DOCX;
	return file_type_is_odt(look->fd, &text) ? FILE_TYPE_ODT : FILE_TYPE_OTHER;
}

/* ---- pictures ---- */

/* "mif1" is said of any still picture in this container: the brands behind it tell
 * whether it is HEVC that is inside (ISO/IEC 14496-12, 4.3). */
static enum file_type file_type_check_heif(const struct file_look *look)
{
	const unsigned char *p = (const unsigned char *)look->head;
	size_t size = (size_t)p[2] << 8 | p[3], i;

	if (p[0] || p[1] || size > look->n || size > FILE_TYPE_BRANDS_MAX)
		return FILE_TYPE_OTHER;
	for (i = 16; i + 4 <= size; i += 4)
		if (memcmp(p + i, "heic", 4) == 0 || memcmp(p + i, "heix", 4) == 0)
			return FILE_TYPE_HEIC;
	return FILE_TYPE_OTHER;
}

/* ---- all ---- */

/* The first row whose name begins what libmagic says. Markup could run in a browser
 * and is nobody's plain text. */
static const struct {
	const char *magic;
	enum file_type type;
	file_type_check_fn *check; /* NULL: the type stands */
} rows[] = {
	{ "image/jpeg", FILE_TYPE_JPEG, NULL },
	{ "image/png", FILE_TYPE_PNG, NULL },
	{ "image/webp", FILE_TYPE_WEBP, NULL },
	{ "image/heic-", FILE_TYPE_OTHER, NULL }, /* sequences */
	{ "image/heic", FILE_TYPE_HEIC, NULL },
	{ "image/heif-", FILE_TYPE_OTHER, NULL },
	{ "image/heif", FILE_TYPE_OTHER, file_type_check_heif },
	{ "application/pdf", FILE_TYPE_PDF, NULL },
	{ "text/html", FILE_TYPE_OTHER, NULL },
	{ "text/xml", FILE_TYPE_OTHER, NULL },
	{ "text/rtf", FILE_TYPE_OTHER, NULL },
	{ "text/", FILE_TYPE_TEXT, file_type_check_text },
	/* nothing it knows: also a text of one byte */
	{ "application/octet-stream", FILE_TYPE_OTHER, file_type_check_text },
};

static enum file_type file_type_of(const char *said, const struct file_look *look)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		if (strncmp(said, rows[i].magic, strlen(rows[i].magic)) != 0)
			continue;
		return rows[i].check ? rows[i].check(look) : rows[i].type;
	}
	return FILE_TYPE_OTHER;
}

/* What libmagic says of the head. Its answer lasts until the next question. */
static int file_type_ask(struct file_types *types, const struct file_look *look,
	char ret[static 128], struct error *err)
{
	const char *said = NULL;
	bool ready;

	pthread_mutex_lock(&types->lock);
	if (!types->magic) {
		types->magic = magic_open(FILE_TYPE_MAGIC);
		if (types->magic && magic_load(types->magic, NULL) < 0) {
			magic_close(types->magic);
			types->magic = NULL;
		}
	}
	if (types->magic)
		said = magic_buffer(types->magic, look->head, look->n);
	ready = types->magic != NULL;
	memccpy(ret, said ? said : "", '\0', 127);
	ret[127] = '\0';
	pthread_mutex_unlock(&types->lock);
	if (!ready)
		return error_set(err, ERR_INTERNAL, "no database of file types");
	return 0;
}

int file_type_find(
	struct file_types *types, int fd, enum file_type *ret, struct error *err)
{
	scoped_free struct file_look *look = mem_new(sizeof(*look));
	char said[128];
	ssize_t n;

	look->fd = fd;
	n = file_type_read(fd, look->head, sizeof(look->head), 0);
	if (n < 0)
		return error_set(err, ERR_INTERNAL, "reading: %s", strerror(errno));
	look->n = (size_t)n;
	if (n == 0) {
		*ret = FILE_TYPE_OTHER;
		return 0;
	}
	/* libmagic knows packages by the order of their entries, which is nobody's
	 * duty, so they are not asked about */
	if (n > 4 && memcmp(look->head, "PK\3\4", 4) == 0) {
		*ret = file_type_check_package(look);
		return 0;
	}
	if (file_type_ask(types, look, said, err) < 0)
		return -1;
	*ret = file_type_of(said, look);
	return 0;
}
