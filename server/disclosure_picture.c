#include "server/disclosure_picture.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "lib/base.h"
#include "lib/blob_store.h"
#include "lib/json_fields.h"

/* Bytes of pictures of a bundle, which grow by a third and must fit in a page
 * (pdf_print.h). */
#define PICTURES_MAX (12 * MIB)

/* What pdf_print.py takes. */
static const char *const types[] = { "image/jpeg", "image/png", "image/webp" };

static bool type_is_taken(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (!strcmp(types[i], type))
			return true;
	return false;
}

static bool fill(int fd, unsigned char *bytes, size_t n)
{
	size_t done = 0;
	ssize_t got = 1;

	while (done < n && got > 0) {
		got = pread(fd, bytes + done, n - done, (off_t)done);
		done += got > 0 ? (size_t)got : 0;
	}
	return done == n;
}

/* "data:image/jpeg;base64,…". */
static json_t *address_json(const char *type, const unsigned char *bytes, size_t n)
{
	size_t size = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
	scoped_free char *text = mem_new(size);

	sodium_bin2base64(text, size, bytes, n, sodium_base64_VARIANT_ORIGINAL);
	return json_sprintf("data:%s;base64,%s", type, text);
}

/* NULL: it is to be a file of its own. */
static json_t *picture_read(
	struct blob_store *blobs, const json_t *picture, size_t *left)
{
	const char *type = json_text_of(picture, "type", "");
	scoped_free unsigned char *bytes = NULL;
	scoped_fd int fd = -1;
	uint64_t size;

	if (!type_is_taken(type) ||
		blob_store_open(blobs, json_text_of(picture, "sha256", ""), &fd, &size,
			NULL) < 0 ||
		size == 0 || size > *left)
		return NULL;
	bytes = mem_new((size_t)size);
	if (!fill(fd, bytes, (size_t)size))
		return NULL;
	*left -= (size_t)size;
	return address_json(type, bytes, (size_t)size);
}

static void document_picture_read(
	struct blob_store *blobs, json_t *document, size_t *left)
{
	const json_t *picture = json_object_get(document, "picture");
	json_t *address =
		json_is_object(picture) ? picture_read(blobs, picture, left) : NULL;

	if (address)
		json_object_set_new(document, "picture", address);
	else
		json_object_del(document, "picture");
}

void disclosure_pictures_read(struct blob_store *blobs, json_t *whole)
{
	size_t left = PICTURES_MAX, i, j;
	json_t *item, *document;

	json_array_foreach(json_object_get(whole, "items"), i, item)
	{
		json_array_foreach(json_object_get(item, "documents"), j, document)
		{
			document_picture_read(blobs, document, &left);
		}
	}
}
