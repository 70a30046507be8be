#include "server/disclosure_bundle.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/blob_store.h"
#include "lib/error.h"
#include "lib/json_fields.h"
#include "lib/temp_file.h"
#include "server/attachment_name.h"
#include "server/disclosure_page.h"
#include "server/disclosure_picture.h"
#include "server/disclosure_xlsx.h"
#include "server/xlsx_file.h"

/* ---- what is in no PDF ---- */

/* "bilaga-1-2026-17.docx", "svarsfil-1-2026-17.pdf": its own name may tell who sent it.
 */
static void own_file_add(
	struct disclosure_bundle *bundle, const json_t *item, const json_t *document)
{
	const json_t *stored = json_object_get(document, "stored");
	const char *type = json_text_of(stored, "type", "");
	const char *code = json_text_of(document, "document", "");
	const char *n = strrchr(code, '-');
	const char *name = arena_printf(bundle->print->arena, "%s%s-%s",
		strncmp(code, "replyfile-", strlen("replyfile-")) ? "bilaga"
								  : "svarsfil",
		n ? n : "", json_text_of(item, "number", ""));

	json_array_append_new(bundle->files,
		json_pack("{s:s, s:s, s:O, s:O}", "name",
			attachment_name_saved(bundle->print->arena, name, type), "type",
			type, "size", json_object_get(stored, "size"), "sha256",
			json_object_get(stored, "sha256")));
}

static bool is_own_file(const json_t *document)
{
	return json_is_object(json_object_get(document, "stored")) &&
	       !json_object_get(document, "picture");
}

static void own_files_add(struct disclosure_bundle *bundle, const json_t *item)
{
	const json_t *document;
	size_t i;

	json_array_foreach(json_object_get(item, "documents"), i, document)
	{
		if (is_own_file(document))
			own_file_add(bundle, item, document);
	}
}

int disclosure_bundle_make(
	struct disclosure_bundle *bundle, json_t *whole, struct error *err)
{
	const json_t *item;
	size_t i;

	bundle->reference =
		arena_dup(bundle->print->arena, json_text_of(whole, "reference", ""));
	disclosure_pictures_read(bundle->blobs, whole);
	json_array_foreach(json_object_get(whole, "items"), i, item)
	{
		own_files_add(bundle, item);
	}
	if (bundle->with_table &&
		disclosure_xlsx(bundle->print, whole, bundle->table, err) < 0)
		return -1;
	return disclosure_page_print(bundle->print, whole, bundle->page, err);
}

/* ---- into the store ---- */

static int store(struct disclosure_bundle *bundle, const void *bytes, size_t n,
	char ret[SHA256_HEX_SIZE], struct error *err)
{
	scoped_fd int fd = memfd_create("disclosure", MFD_CLOEXEC);

	if (fd < 0)
		return error_set(err, ERR_UNAVAILABLE, "no room for a file");
	if (temp_file_write(fd, bytes, n, err) < 0)
		return -1;
	return blob_store_put(bundle->blobs, fd, ret, err);
}

static json_t *file_json(struct disclosure_bundle *bundle, const char *ending,
	const char *type, size_t size)
{
	return json_pack("{s:s, s:s, s:I}", "name",
		arena_printf(bundle->print->arena, "utlamnande-%s.%s",
			bundle->reference, ending),
		"type", type, "size", (json_int_t)size);
}

/* As the at-th of the files. */
static int file_put(struct disclosure_bundle *bundle, size_t at, json_t *file,
	const void *bytes, struct error *err)
{
	char sha256[SHA256_HEX_SIZE];
	size_t n = (size_t)json_integer_value(json_object_get(file, "size"));

	if (store(bundle, bytes, n, sha256, err) < 0) {
		json_decref(file);
		return -1;
	}
	json_object_set_new(file, "sha256", json_string(sha256));
	json_array_insert_new(bundle->files, at, file);
	return 0;
}

int disclosure_bundle_store(struct disclosure_bundle *bundle, const void *pdf,
	size_t size, struct error *err)
{
	size_t n = evbuffer_get_length(bundle->table);

	if (file_put(bundle, 0, file_json(bundle, "pdf", "application/pdf", size), pdf,
		    err) < 0)
		return -1;
	if (n == 0)
		return 0;
	return file_put(bundle, 1, file_json(bundle, "xlsx", XLSX_FILE_TYPE, n),
		evbuffer_pullup(bundle->table, -1), err);
}

size_t disclosure_bundle_size(const struct disclosure_bundle *bundle)
{
	json_int_t total = 0;
	const json_t *file;
	size_t i;

	json_array_foreach(bundle->files, i, file) total +=
		json_integer_value(json_object_get(file, "size"));
	return (size_t)total;
}
