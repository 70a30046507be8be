#include "lib/zip_entry.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "lib/base.h"
#include "lib/error.h"

/* APPNOTE 4.3.7, 4.3.12, 4.3.16 */
#define ZIP_LOCAL_SIZE 30
#define ZIP_LOCAL_MARK 0x04034b50u
#define ZIP_CENTRAL_SIZE 46
#define ZIP_CENTRAL_MARK 0x02014b50u
#define ZIP_END_SIZE 22
#define ZIP_END_MARK 0x06054b50u
#define ZIP_END_SEARCH (ZIP_END_SIZE + (size_t)0xffff) /* with the longest comment */
#define ZIP_ENCRYPTED 1u

enum zip_method {
	ZIP_STORED = 0,
	ZIP_DEFLATED = 8,
};

struct zip_found {
	unsigned method;
	uint32_t packed, plain, local;
};

static unsigned zip_get16(const unsigned char *p)
{
	return (unsigned)(p[0] | p[1] << 8);
}

static uint32_t zip_get32(const unsigned char *p)
{
	return zip_get16(p) | (uint32_t)zip_get16(p + 2) << 16;
}

/* Exactly n bytes at an offset. */
static int zip_read_at(
	int fd, uint64_t at, unsigned char *ret, size_t n, struct error *err)
{
	size_t done = 0;
	ssize_t got;

	while (done < n) {
		got = pread(fd, ret + done, n - done, (off_t)(at + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set(
				err, ERR_INTERNAL, "reading: %s", strerror(errno));
		if (got == 0)
			return error_set(err, ERR_INVALID, "the ZIP is cut short");
		done += (size_t)got;
	}
	return 0;
}

struct zip_directory {
	unsigned entries;
	uint32_t size, start;
};

/* The record at the end of the file, looked for from behind. */
static int zip_directory_find(
	int fd, uint64_t file_size, struct zip_directory *ret, struct error *err)
{
	size_t n = file_size < ZIP_END_SEARCH ? (size_t)file_size : ZIP_END_SEARCH;
	scoped_free unsigned char *tail = mem_new(ZIP_END_SEARCH);
	size_t i;

	if (n < ZIP_END_SIZE)
		return error_set(err, ERR_INVALID, "too short for a ZIP");
	if (zip_read_at(fd, file_size - n, tail, n, err) < 0)
		return -1;
	for (i = n - ZIP_END_SIZE; zip_get32(tail + i) != ZIP_END_MARK; i--)
		if (i == 0)
			return error_set(err, ERR_INVALID, "not a ZIP");
	ret->entries = zip_get16(tail + i + 10);
	ret->size = zip_get32(tail + i + 12);
	ret->start = zip_get32(tail + i + 16);
	if (ret->entries > ZIP_ENTRY_ENTRIES_MAX || ret->size > ZIP_ENTRY_DIRECTORY_MAX)
		return error_set(err, ERR_TOO_LARGE, "too many entries in the ZIP");
	return 0;
}

/* Walks the directory; every length in it is a stranger's. */
static int zip_entry_find(const unsigned char *p, const struct zip_directory *directory,
	const char *name, struct zip_found *ret, struct error *err)
{
	size_t left = directory->size, name_size = strlen(name), size;
	unsigned i;

	for (i = 0; i < directory->entries; i++, p += size, left -= size) {
		if (left < ZIP_CENTRAL_SIZE || zip_get32(p) != ZIP_CENTRAL_MARK)
			break;
		size = ZIP_CENTRAL_SIZE + (size_t)zip_get16(p + 28) +
		       zip_get16(p + 30) + zip_get16(p + 32);
		if (size > left)
			break;
		if (zip_get16(p + 28) != name_size ||
			memcmp(p + ZIP_CENTRAL_SIZE, name, name_size) != 0)
			continue;
		if (zip_get16(p + 8) & ZIP_ENCRYPTED)
			return error_set(err, ERR_INVALID, "the ZIP is encrypted");
		ret->method = zip_get16(p + 10);
		ret->packed = zip_get32(p + 20);
		ret->plain = zip_get32(p + 24);
		ret->local = zip_get32(p + 42);
		return 0;
	}
	if (i < directory->entries)
		return error_set(
			err, ERR_INVALID, "the directory of the ZIP is broken");
	return error_set(err, ERR_NOT_FOUND, "no such entry");
}

static int zip_inflate(const unsigned char *packed, size_t n_packed,
	struct zip_entry_text *text, struct error *err)
{
	z_stream stream = { .next_in = (unsigned char *)packed,
		.avail_in = (uInt)n_packed,
		.next_out = (unsigned char *)text->bytes,
		.avail_out = (uInt)text->room };
	int outcome;

	if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
		return error_set(err, ERR_INTERNAL, "no memory to unpack");
	outcome = inflate(&stream, Z_FINISH);
	text->n = stream.total_out;
	inflateEnd(&stream);
	if (outcome == Z_BUF_ERROR && stream.avail_out == 0)
		return error_set(err, ERR_TOO_LARGE, "the entry is too large");
	if (outcome != Z_STREAM_END)
		return error_set(err, ERR_INVALID, "the entry is broken");
	return 0;
}

static int zip_entry_unpack(int fd, const struct zip_found *found,
	struct zip_entry_text *text, struct error *err)
{
	unsigned char head[ZIP_LOCAL_SIZE];
	scoped_free unsigned char *packed = NULL;
	uint64_t at;

	if (found->packed > ZIP_ENTRY_READ_MAX || found->plain > text->room)
		return error_set(err, ERR_TOO_LARGE, "the entry is too large");
	if (zip_read_at(fd, found->local, head, sizeof(head), err) < 0)
		return -1;
	if (zip_get32(head) != ZIP_LOCAL_MARK)
		return error_set(
			err, ERR_INVALID, "the entry is not where it should be");
	at = (uint64_t)found->local + ZIP_LOCAL_SIZE + zip_get16(head + 26) +
	     zip_get16(head + 28);
	packed = mem_new(found->packed + 1);
	if (zip_read_at(fd, at, packed, found->packed, err) < 0)
		return -1;
	if (found->method == ZIP_DEFLATED)
		return zip_inflate(packed, found->packed, text, err);
	if (found->method != ZIP_STORED || found->packed > text->room)
		return error_set(err, ERR_INVALID, "packed in an unknown way");
	memcpy(text->bytes, packed, found->packed);
	text->n = found->packed;
	return 0;
}

int zip_entry_read(
	int fd, const char *name, struct zip_entry_text *text, struct error *err)
{
	scoped_free unsigned char *bytes = NULL;
	struct zip_directory directory = { 0 };
	struct zip_found found = { 0 };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set(err, ERR_INTERNAL, "reading: %s", strerror(errno));
	if (zip_directory_find(fd, (uint64_t)st.st_size, &directory, err) < 0)
		return -1;
	bytes = mem_new(directory.size + 1);
	if (zip_read_at(fd, directory.start, bytes, directory.size, err) < 0)
		return -1;
	if (zip_entry_find(bytes, &directory, name, &found, err) < 0)
		return -1;
	return zip_entry_unpack(fd, &found, text, err);
}
