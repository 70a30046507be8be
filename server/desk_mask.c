/*
 * A picture, masked:
 *
 *   mask_begin      If-Match, the areas
 *   mask_on_begun   the database's word: may they, and which file is it
 *   mask_on_made    the copy is in the store
 *   mask_on_kept    the database's word on the copy; the case as it is now is the
 * answer
 *
 * A copy that is then not kept, because the case has changed meanwhile, is a file that
 * nobody refers to, which the job worker clears away.
 */
#include "server/desk_mask.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/attachment.h"
#include "server/desk_http.h"
#include "server/desk_store.h"
#include "server/image_wire.h"
#include "server/session.h"
#include "server/worker.h"

#define MASK_BODY_MAX (16 * KIB)
#define MASK_SIDE_MAX                                                                  \
	65535 /* of any picture; its own size is looked at with its pixels */

struct mask {
	struct http_request *req;
	struct db_call *call;
	struct attachment_masking *work;
	struct desk_act what;
	struct image_area areas[IMAGE_AREAS_MAX];
	size_t n_areas;
};

static void mask_on_gone(void *arg)
{
	struct mask *op = arg;

	db_cancel(op->call);
	attachment_mask_cancel(op->work);
}

/* ---- the copy ---- */

static void mask_on_kept(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mask *op = arg;

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else
		desk_act_reply(op->req, &op->what, db_rows_text(rows, 0, 0),
			db_rows_int64(rows, 0, 1));
}

static json_t *areas_json(const struct mask *op)
{
	json_t *list = json_array();

	for (size_t i = 0; i < op->n_areas; i++)
		json_array_append_new(list,
			json_pack("{s:i, s:i, s:i, s:i}", "left",
				(int)op->areas[i].left, "top", (int)op->areas[i].top,
				"width", (int)op->areas[i].width, "height",
				(int)op->areas[i].height));
	return list;
}

static void mask_on_made(
	const struct attachment_masked *made, const struct error *err, void *arg)
{
	struct mask *op = arg;
	struct worker *worker = http_app(op->req);

	op->work = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	op->what.change = json_text(http_arena(op->req),
		json_pack("{s:o, s:s, s:I, s:s, s:s}", "areas", areas_json(op), "type",
			made->type, "size", (json_int_t)made->size, "sha256",
			made->sha256, "thumbnail", made->thumbnail_sha256));
	op->call = desk_store_mask(
		worker->desk_pool, http_arena(op->req), &op->what, mask_on_kept, op);
}

static void mask_on_begun(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct mask *op = arg;
	struct worker *worker = http_app(op->req);
	struct attachment_mask mask = { .areas = op->areas, .n_areas = op->n_areas };
	struct error err = { 0 };

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	if (strcmp(db_rows_text(rows, 0, 0), "done") != 0) {
		desk_act_reply(op->req, &op->what, db_rows_text(rows, 0, 0),
			db_rows_int64(rows, 0, 1));
		return;
	}
	mask.sha256 = db_rows_text(rows, 0, 3);
	op->work = attachment_mask(worker->attachments, &mask, mask_on_made, op, &err);
	if (!op->work)
		http_reply_error(op->req, &err);
}

/* ---- the areas ---- */

static uint32_t side_read(const json_t *area, size_t i, const char *name, bool is_size,
	struct faults *faults)
{
	const json_t *value = json_object_get(area, name);
	json_int_t n = json_integer_value(value);

	if (json_is_integer(value) && n >= (is_size ? 1 : 0) && n <= MASK_SIDE_MAX)
		return (uint32_t)n;
	faults_add(faults, "areas",
		"number %zu: %s must be a whole number of pixels, %s", i + 1, name,
		is_size ? "at least 1" : "0 or more");
	return 0;
}

static void areas_read(struct mask *op, const json_t *body, struct faults *faults)
{
	const json_t *list = json_object_get(body, "areas");
	size_t n = json_array_size(list);

	if (n == 0 || n > IMAGE_AREAS_MAX) {
		faults_add(faults, "areas", "must be a list of 1 to %d areas",
			IMAGE_AREAS_MAX);
		return;
	}
	for (size_t i = 0; i < n && faults->n == 0; i++) {
		const json_t *area = json_array_get(list, i);

		op->areas[i] = (struct image_area){
			.left = side_read(area, i, "left", false, faults),
			.top = side_read(area, i, "top", false, faults),
			.width = side_read(area, i, "width", true, faults),
			.height = side_read(area, i, "height", true, faults),
		};
	}
	op->n_areas = n;
}

/* 0, or the request has been answered. */
static int mask_read(struct mask *op)
{
	const struct http_body *body = http_body(op->req);
	struct error err = { 0 };
	struct faults faults;
	json_t *object;

	if (json_body_parse(body->data ? body->data : "", body->size, &object, &err) <
		0) {
		http_reply_error(op->req, &err);
		return -1;
	}
	faults_init(&faults, http_arena(op->req));
	areas_read(op, object, &faults);
	json_decref(object);
	if (faults.n > 0) {
		http_reply_faults(op->req, &faults);
		return -1;
	}
	return 0;
}

static void mask_begin(struct http_request *req)
{
	struct mask *op = arena_alloc(http_arena(req), sizeof(*op));
	struct worker *worker = http_app(req);
	const char *n = http_path_value(req, "n");

	op->req = req;
	op->what.action = CASE_MASK_PICTURE;
	op->what.about.session = session_get(req);
	/* 0, which none has, for what is none */
	op->what.about.attachment =
		strspn(n, "0123456789") == strlen(n) && strlen(n) <= 3 ? n : "0";
	case_number_parse(http_path_value(req, "number"), &op->what.about.number);
	if (desk_refuse_outsider(req) || desk_refuse_unseen(req, &op->what.versions) ||
		mask_read(op) < 0)
		return;
	http_on_close(req, mask_on_gone, op);
	op->call = desk_store_mask_begin(
		worker->desk_pool, http_arena(req), &op->what, mask_on_begun, op);
}

static const char *const mask_media[] = { "application/json", NULL };
static const char *const mask_headers[] = { "If-Match", "X-CSRF-Token", NULL };

const struct http_route desk_mask_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/attachments/{n}/masks",
		.access = ACCESS_STAFF,
		.max_body = MASK_BODY_MAX,
		.media = mask_media,
		.handle = mask_begin,
		.summary =
			"Cover parts of a picture: a copy beside the original, which takes its place where it is shown or sent elsewhere",
		.request = "NewMask",
		.response = "DeskCase",
		.header_names = mask_headers,
		.success = 201 },
	{ 0 },
};
