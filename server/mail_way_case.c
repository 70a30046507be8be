/* The new case of a mail: its files, the case, and that the mail is settled by it. */
#include "server/mail_flow_private.h"

#include "lib/arena.h"
#include "lib/error.h"
#include "server/follow_code.h"
#include "server/intake.h"
#include "server/mail_files.h"
#include "server/mail_submission.h"

static void way_make(struct mail_way *way)
{
	mail_submission_make(way->arena,
		&(struct mail_submission){ .json = way->json,
			.board = way->board,
			.unit = way->unit,
			.answer = way->decision.answer },
		&way->submission);
	way->submission.mailbox = way->mailbox;
	way->submission.received_at = way->received_at;
	if (way->is_imported)
		mail_way_import_fill(way, &way->submission);
	way->submission.idempotency_key = arena_printf(
		way->arena, "%cmail-delivery-%s", SUBMISSION_KEY_OURS, way->id);
}

static void way_settle_case(struct mail_way *way, const struct case_number *number)
{
	struct mail_case_end s = { .number = number };
	char hint[CASE_NUMBER_SIZE];

	if (way->decision.hint.year != 0) {
		case_number_print(&way->decision.hint, hint);
		s.what = "mail-hint";
		s.codes = arena_printf(way->arena, "{\"case\": \"%s\"}", hint);
	}
	if (way->decision.answer)
		s.answered = way->submission.contact.email;
	mail_way_settle(way, &s);
}

static void way_on_case(
	const struct intake_receipt *receipt, const struct error *err, void *arg)
{
	struct mail_way *way = arg;
	struct case_number number;

	way->storing = NULL;
	if (err || case_number_parse(receipt->number, &number) < 0)
		mail_way_fail(way, "case", err);
	else
		way_settle_case(way, &number);
}

static void way_store(struct mail_way *way)
{
	way->storing =
		intake_submit(way->flow->intake, &way->submission, way_on_case, way);
}

static void way_on_files(
	const struct attachment *all, size_t n, const struct error *err, void *arg)
{
	struct mail_way *way = arg;

	if (err) {
		mail_way_fail(way, "files", err);
		return;
	}
	way->submission.attachments = all;
	way->submission.n_attachments = n;
	way_store(way);
}

void mail_way_submit(struct mail_way *way)
{
	const json_t *attachments = json_object_get(way->json, "attachments");
	struct error err = { 0 };

	way_make(way);
	if (json_array_size(attachments) == 0) {
		way_store(way);
		return;
	}
	way->files = mail_files_take(way->flow->files,
		&(struct mail_files_order){ .attachments = attachments,
			.withheld = way->withheld,
			.bytes_fd = way->bytes_fd,
			.done = way_on_files,
			.arg = way },
		&err);
	if (!way->files)
		mail_way_fail(way, "files", &err);
}

void mail_way_settle_stored(struct mail_way *way)
{
	way_make(way);
	way_settle_case(way, &way->stored);
}
