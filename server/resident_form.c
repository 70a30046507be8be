/*
 * POST /lamna and /lamna/barn
 *
 *   form_send            the body is read off the loop; where it cannot be, post_glance
 *   post_on_form         everything that is wrong, and everything to ask about, at once
 *   post_on_stored       the files have their places; intake
 *   post_on_receipt      303 to the receipt
 *
 * Whatever goes wrong ends in post_show(): the form again with all that was typed and
 * the files that came with it, which are stored first (post_on_kept).
 */
#include "server/resident_form.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/http.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/utf8.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/form_body.h"
#include "server/form_stamp.h"
#include "server/form_view.h"
#include "server/identity_number.h"
#include "server/intake.h"
#include "server/intake_limit.h"
#include "server/kept_file.h"
#include "server/options.h"
#include "server/page.h"
#include "server/page_child.h"
#include "server/page_frame.h"
#include "server/request_read.h"
#include "server/stamp.h"
#include "server/submission.h"
#include "server/worker.h"

#define KEY_BYTES 16
#define KEY_MAX 64

struct form_post {
	struct http_request *req; /* its arena owns this struct */
	struct worker *worker;
	bool child; /* the child's form */
	struct form_body *form;
	struct intake_call *call;
	struct submission submission;
	struct faults faults;

	/* Files from earlier showings, then those of this one. */
	struct attachment files[ATTACHMENT_FILES_MAX];
	size_t n_files;

	/* How the form will be shown, if it is. */
	enum form_notice notice;
	int status;
	bool fresh_key;
};

/* A unit that the address gives by its code is shown by its name. */
static const char *query_value(void *source, const char *name)
{
	const char *value = http_query_value(source, name);
	const struct worker *worker = http_app(source);
	const struct city *city = city_holder_get(worker->city);
	const struct city_unit *unit = NULL;

	if (city && value && !strcmp(name, "unit"))
		unit = city_unit_find(city, value);
	return unit ? unit->name : value;
}

static const char *body_value(void *source, const char *name)
{
	return form_body_value(source, name);
}

static char *key_new(struct arena *arena)
{
	unsigned char bytes[KEY_BYTES];
	char *key = arena_alloc(arena, 2 * KEY_BYTES + 1);

	secret_random(bytes, sizeof(bytes));
	encode_hex(bytes, sizeof(bytes), key);
	return key;
}

static char *stamp_new(struct http_request *req, int64_t ms)
{
	const struct worker *worker = http_app(req);
	char *stamp = arena_alloc(http_arena(req), FORM_STAMP_SIZE);

	form_stamp_make(worker->secret, ms, stamp);
	return stamp;
}

static void form_page_init(
	struct page *page, struct http_request *req, bool child, const char *language)
{
	page_init(page, req, language);
	if (child)
		page_for_child(page);
}

static void form_show(struct http_request *req, bool child)
{
	struct form_view view = {
		.value = query_value,
		.source = req,
		.key = key_new(http_arena(req)),
		.stamp = stamp_new(req, stamp_now() / 1000),
		.child = child,
	};
	struct page page;

	form_page_init(&page, req, child, NULL);
	if (child) /* children look for it; the ordinary one is found from the start */
		json_object_set_new(page.data, "robots", json_string("index,follow"));
	else
		page_may_be_kept(&page);
	form_view_reply(&page, &view, 200);
}

void resident_form_show(struct http_request *req)
{
	form_show(req, false);
}

void resident_child_show(struct http_request *req)
{
	form_show(req, true);
}

/* ---- the end of every way ---- */

static void post_free(struct form_post *op)
{
	intake_cancel(steal(op->call));
	form_body_free(steal(op->form));
}

static void post_on_gone(void *arg)
{
	post_free(arg);
}

/* Once asked, the second try is always in time. */
static const char *post_stamp(struct form_post *op)
{
	int64_t now = stamp_now() / 1000, shown = now;

	form_stamp_read(op->worker->secret, form_body_value(op->form, "stamp"), &shown);
	if (op->notice != FORM_NOTICE_NONE)
		shown = now - op->worker->options->form_least_ms;
	return stamp_new(op->req, shown);
}

static const char *post_key(struct form_post *op)
{
	const char *key = form_body_value(op->form, "key");
	size_t n = key ? strlen(key) : 0;

	for (size_t i = 0; i < n; i++)
		if (key[i] < ' ' || key[i] > '~')
			return NULL;
	return n >= 1 && n <= KEY_MAX ? key : NULL;
}

static void post_reply(struct form_post *op, bool files_lost)
{
	const char *key = op->fresh_key ? NULL : post_key(op);
	struct form_view view = {
		.value = body_value,
		.source = op->form,
		.faults = &op->faults,
		.notice = op->notice,
		.kept = op->files,
		.n_kept = op->n_files,
		.files_lost = files_lost,
		.child = op->child,
		.key = key ? key : key_new(http_arena(op->req)),
		.stamp = post_stamp(op),
	};
	struct page page;

	form_page_init(
		&page, op->req, op->child, form_body_value(op->form, "language"));
	/* The page refers to the form's texts until it is rendered, which is now. The
	 * body goes last: a reply may end the request. */
	struct form_body *form = steal(op->form);

	form_view_reply(&page, &view, op->status);
	form_body_free(form);
}

static void post_files_take(struct form_post *op)
{
	size_t n;
	const struct attachment *all =
		attachment_set_all(form_body_attachments(op->form), &n);

	for (size_t i = 0; i < n && op->n_files < ATTACHMENT_FILES_MAX; i++)
		op->files[op->n_files++] = all[i];
}

static void post_on_kept(const struct error *err, void *arg)
{
	struct form_post *op = arg;

	if (!err)
		post_files_take(op);
	post_reply(op, err != NULL);
}

/* Shows the form again. Its files cost one of the address's submissions, so that the
 * store cannot be filled without end by forms that are never right. */
static void post_show(struct form_post *op, int status, enum form_notice notice)
{
	struct attachment_set *set = form_body_attachments(op->form);
	size_t n = 0;

	op->status = status;
	op->notice = notice;
	if (set)
		attachment_set_all(set, &n);
	if (n == 0)
		post_reply(op, false);
	else if (intake_limit_take(op->req, NULL) < 0)
		post_reply(op, true);
	else
		attachment_set_store(set, post_on_kept, op);
}

/* ---- the way in ---- */

static void post_on_receipt(
	const struct intake_receipt *receipt, const struct error *err, void *arg)
{
	struct form_post *op = arg;
	bool conflict = err && err->code == ERR_CONFLICT;
	const char *to;

	op->call = NULL;
	if (!err) {
		to = arena_printf(http_arena(op->req), "/kvitto/%s/%s", receipt->number,
			receipt->follow_up_code);
		to = page_frame_link(op->req, to, op->submission.language);
		post_free(op);
		http_reply_redirect(op->req, to);
		return;
	}
	/* The files are stored already: only the form comes back. */
	if (err->code == ERR_INTERNAL)
		log_event(LOG_LEVEL_ERROR, "form_failed", LOG_S("why", err->text),
			LOG_S("correlation_id", http_correlation_id(op->req)));
	op->fresh_key = conflict;
	op->notice = conflict ? FORM_NOTICE_SENT_ALREADY : FORM_NOTICE_AWAY;
	op->status = conflict ? 409 : 503;
	post_reply(op, false);
}

static void post_on_stored(const struct error *err, void *arg)
{
	struct form_post *op = arg;

	if (err) {
		op->notice = FORM_NOTICE_AWAY;
		op->status = 503;
		post_reply(op, true);
		return;
	}
	post_files_take(op);
	op->submission.attachments = op->files;
	op->submission.n_attachments = op->n_files;
	op->call =
		intake_submit(op->worker->intake, &op->submission, post_on_receipt, op);
}

/* A program fills in the box that people do not see, or is faster than hands. */
static bool post_is_too_fast(struct form_post *op)
{
	const char *trap = form_body_value(op->form, "website");
	int64_t now = stamp_now() / 1000, shown;

	if (trap && trap[0])
		return true;
	if (op->worker->options->form_least_ms == 0)
		return false;
	if (form_stamp_read(
		    op->worker->secret, form_body_value(op->form, "stamp"), &shown) < 0)
		return true;
	return now - shown < op->worker->options->form_least_ms;
}

static bool post_has_identity_number(struct form_post *op)
{
	const char *confirm = form_body_value(op->form, "confirm");
	struct day_civil civil = day_to_civil(day_of_instant(stamp_now() / 1000000));
	struct identity_number found;

	if (confirm && !strcmp(confirm, FORM_CONFIRM_IDENTITY_NUMBER))
		return false;
	return identity_number_find(op->submission.text, strlen(op->submission.text),
		       (unsigned)(civil.year * 10000 + civil.month * 100 + civil.day),
		       &found, 1) > 0;
}

/* ---- what was typed ---- */

static const char *typed(struct form_post *op, const char *name)
{
	const char *value = form_body_value(op->form, name);

	return value && value[0] ? value : NULL;
}

/* A field with only blanks in it is not filled in. */
static const char *filled(struct form_post *op, const char *name)
{
	const char *value = form_body_value(op->form, name);

	return value && !utf8_is_blank(value, strlen(value)) ? value : NULL;
}

/* Degrees in plain digits: strtod() alone would take hexadecimal, "nan" and blanks. Of
 * the two numbers of a place one fault is enough. */
static bool read_degrees(struct form_post *op, const char *field, const char *member,
	double limit, double *ret)
{
	const char *value = typed(op, field), *end;
	double degrees = value ? request_number(value, &end) : 0;

	if (!value)
		return false;
	if (end != value && !*end && fabs(degrees) <= limit)
		*ret = degrees;
	else if (!faults_find(&op->faults, "place.lat"))
		faults_add(&op->faults, member, "must be degrees, from -%g to %g",
			limit, limit);
	return true;
}

/* Nothing that the child's form does not ask is taken from it: no names, no subject. */
static void post_read_child(struct form_post *op, struct submission_draft *ret)
{
	const char *wants = typed(op, "wantsReply");

	*ret = (struct submission_draft){
		.text = typed(op, "text"),
		.address = typed(op, "address"),
		.email = filled(op, "email"),
		.wants_reply = !wants || !strcmp(wants, "true"),
		.language = filled(op, "language"),
		.on_behalf_of = "self",
	};
}

static void post_read(struct form_post *op, struct submission_draft *ret)
{
	const char *wants = typed(op, "wantsReply");
	const char *no_point = typed(op, "noPoint");

	*ret = (struct submission_draft){
		.text = typed(op, "text"),
		.type = typed(op, "type"),
		.category = typed(op, "category"),
		.address = typed(op, "address"),
		.unit = typed(op, "unit"),
		.name = typed(op, "name"),
		.email = filled(op, "email"),
		.phone = typed(op, "phone"),
		.wants_reply = wants ? !strcmp(wants, "true") : -1,
		.language = filled(op, "language"),
		.on_behalf_of = typed(op, "onBehalfOf"),
	};
	if (no_point && !strcmp(no_point, "true"))
		return;
	ret->has_lat = read_degrees(op, "lat", "place.lat", 90, &ret->lat);
	ret->has_lon = read_degrees(op, "lon", "place.lon", 180, &ret->lon);
}

/* Files that an earlier showing of the form had taken, less those now unwanted. */
static void post_read_kept(struct form_post *op)
{
	struct arena *arena = http_arena(op->req);

	for (size_t i = 0; i < ATTACHMENT_FILES_MAX; i++) {
		const char *note = typed(op, arena_printf(arena, "kept%zu", i));

		if (!note || typed(op, arena_printf(arena, "drop%zu", i)))
			continue;
		if (kept_file_read(arena, op->worker->secret, note,
			    stamp_now() / 1000000, &op->files[op->n_files]) < 0)
			continue;
		/* Whether files are checked may be another thing since the note. */
		if (op->files[op->n_files].stored_sha256)
			op->files[op->n_files].state =
				attachment_service_state(op->worker->attachments);
		op->n_files++;
	}
}

/* The set counts what came now; with what was kept the ceilings are the same. */
static void post_judge_total(struct form_post *op)
{
	uint64_t total = 0;
	size_t n;
	const struct attachment *all =
		attachment_set_all(form_body_attachments(op->form), &n);

	for (size_t i = 0; i < op->n_files; i++)
		total += op->files[i].size;
	for (size_t i = 0; i < n; i++) {
		const struct text_value values[] = { { "file", all[i].name }, { 0 } };

		total += all[i].size;
		if (op->n_files + i >= ATTACHMENT_FILES_MAX)
			faults_add_text(&op->faults, "attachment",
				"fault.attachment-count", "too many files", values);
		else if (total > ATTACHMENT_TOTAL_MAX)
			faults_add_text(&op->faults, "attachment",
				"fault.attachment-total", "too large together", values);
	}
}

/* The status that the files alone would have; 0: nothing is wrong with them. */
static int post_judge_files(struct form_post *op)
{
	struct attachment_set *set = form_body_attachments(op->form);
	const struct attachment_fault *list;
	struct error err = { 0 };
	size_t n;

	post_read_kept(op);
	list = attachment_set_faults(set, &n);
	for (size_t i = 0; i < n; i++)
		faults_add_text(&op->faults, "attachment", list[i].reason,
			list[i].reason, TEXT_VALUES({ "file", list[i].name }));
	n = op->faults.n;
	post_judge_total(op);
	if (attachment_set_check(set, &err) < 0)
		return err.code == ERR_UNSUPPORTED ? 415 : 413;
	return op->faults.n > n ? 413 : 0;
}

/* The form cannot be read now, or not to its end: the beginning of it comes back, with
 * the files that an earlier showing had taken. */
static void post_glance(struct form_post *op)
{
	const struct http_body *body = http_body(op->req);
	bool whole = !body->cut && body->fd < 0;

	op->form = form_body_glance(op->req, op->worker->attachments);
	post_read_kept(op);
	op->status = body->cut ? body->cut : 503;
	op->notice = whole ? FORM_NOTICE_AWAY : FORM_NOTICE_BUSY;
	if (body->cut == 413)
		op->notice = FORM_NOTICE_CUT;
	post_reply(op, true);
}

/* The form could not be read to its end: what was read comes back. */
static void post_on_broken(struct form_post *op, const struct error *err)
{
	post_read_kept(op);
	if (err->code == ERR_UNAVAILABLE || err->code == ERR_INTERNAL) {
		op->status = 503;
		op->notice = FORM_NOTICE_AWAY;
		post_reply(op, true);
		return;
	}
	if (err->code == ERR_TOO_LARGE) {
		faults_add_key(&op->faults, "text", "fault.too-long",
			TEXT_VALUES({ "max", "10000" }));
		op->status = 413;
		post_reply(op, true);
		return;
	}
	struct error copy = *err; /* it goes with the form */

	post_free(op);
	http_reply_error(op->req, &copy);
}

/* Judged together, so that nobody corrects one thing only to be told of the next.
 * False: it has been answered, or soon will be, and op is not ours any more. */
static bool post_judge(struct form_post *op)
{
	const struct city *city = city_holder_get(op->worker->city);
	struct submission_draft draft;
	int files_status, valid;

	if (op->child)
		post_read_child(op, &draft);
	else
		post_read(op, &draft);
	files_status = post_judge_files(op);
	if (!city) { /* nothing can be judged or stored until the city is known */
		post_show(op, 503, FORM_NOTICE_AWAY);
		return false;
	}
	valid = submission_judge(&draft, city, &op->submission, &op->faults);
	if (valid < 0)
		post_show(op, files_status ? files_status : 422, FORM_NOTICE_NONE);
	else if (post_is_too_fast(op))
		post_show(op, 422, FORM_NOTICE_TOO_FAST);
	else if (post_has_identity_number(op))
		post_show(op, 422, FORM_NOTICE_IDENTITY_NUMBER);
	else if (intake_limit_take(op->req, NULL) < 0)
		post_show(op, 429, FORM_NOTICE_TOO_MANY);
	else
		return true;
	return false;
}

static void post_on_form(struct form_body *form, const struct error *err, void *arg)
{
	struct form_post *op = arg;

	op->form = form;
	if (err) {
		post_on_broken(op, err);
		return;
	}
	if (!post_judge(op))
		return;
	op->submission.channel = "web";
	op->submission.from_child = op->child;
	op->submission.idempotency_key = post_key(op);
	attachment_set_store(form_body_attachments(op->form), post_on_stored, op);
}

static void form_send(struct http_request *req, bool child)
{
	struct form_post *op = arena_alloc(http_arena(req), sizeof(*op));
	struct error err = { 0 };

	op->req = req;
	op->worker = http_app(req);
	op->child = child;
	faults_init(&op->faults, http_arena(req));
	http_on_close(req, post_on_gone, op);
	if (http_body(req)->cut) {
		post_glance(op);
		return;
	}
	op->form = form_body_read(req,
		&(struct form_body_call){ .work = op->worker->work,
			.attachments = op->worker->attachments,
			.done = post_on_form,
			.arg = op },
		&err);
	if (!op->form)
		post_glance(op);
}

void resident_form_send(struct http_request *req)
{
	form_send(req, false);
}

void resident_child_send(struct http_request *req)
{
	form_send(req, true);
}
