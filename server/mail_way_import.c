/*
 * A mail that is to be a new case, where it may be one of the city's present app: that
 * has a number there, and is a case once, by file or by mail
 * (migrations/0102_mail_import.sql).
 *
 *   mail_way_import   what does it tell, and is it known?
 *   way_on_imported   known: a note on that case; another mail of the number is under
 *                     way: later; else a new case, whose the number is or not
 */
#include "server/mail_flow_private.h"

#include <string.h>
#include <strings.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/day.h"
#include "server/email_address.h"
#include "server/mail_case_store.h"
#include "server/stamp.h"
#include "server/tyck_till.h"

static void way_note_known(struct mail_way *way, const struct db_rows *rows)
{
	way->decision = (struct mail_decision){ .move = MAIL_MOVE_NOTE };
	way->decision.number.year = (int)db_rows_int64(rows, 0, MAIL_IMPORT_YEAR);
	way->decision.number.serial = db_rows_int64(rows, 0, MAIL_IMPORT_SERIAL);
	mail_way_settle(way, &(struct mail_case_end){ .number = &way->decision.number,
				     .what = "mail-noted",
				     .codes = "{\"class\": \"tyck-till\"}" });
}

static void way_take(struct mail_way *way, const char *day)
{
	way->is_imported = true;
	way->original_at =
		tyck_till_instant(day, day_of_instant(stamp_now() / 1000000));
	/* A number in it is that system's, and a robot reads no receipt. */
	way->decision.hint = (struct case_number){ 0 };
	way->decision.answer = false;
}

static void way_on_imported(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_way *way = arg;
	const char *outcome;

	way->db = NULL;
	if (err) {
		mail_way_fail(way, "import", err);
		return;
	}
	if (db_rows_count(rows) == 0) { /* somebody else has it */
		mail_way_end(way, /* more= */ true);
		return;
	}
	outcome = db_rows_text(rows, 0, MAIL_IMPORT_OUTCOME);
	if (!strcmp(outcome, "known")) {
		way_note_known(way, rows);
		return;
	}
	if (!strcmp(outcome, "busy")) {
		mail_way_fail(way, "number", NULL);
		return;
	}
	if (!strcmp(outcome, "taken"))
		way_take(way, db_rows_text(rows, 0, MAIL_IMPORT_DAY));
	mail_way_submit(way);
}

void mail_way_import(struct mail_way *way)
{
	const struct mail_case_mail mail = mail_way_mail(way);

	/* Whose sender is in doubt is not the app's. */
	if (!way->json || !way->facts.from || mail_thread_is_doubted(&way->facts))
		mail_way_submit(way);
	else
		way->db = mail_case_store_import(&mail, way_on_imported, way);
}

/* Who wrote is not who sent it: at best the address that an answer is to go to. */
void mail_way_import_fill(const struct mail_way *way, struct submission *ret)
{
	const char *to = json_string_value(json_object_get(way->json, "replyTo"));

	ret->contact = (struct submission_contact){ 0 };
	if (to && strcasecmp(to, way->facts.from) != 0 &&
		email_address_is_possible(to) && strlen(to) <= SUBMISSION_EMAIL_MAX)
		ret->contact.email = to;
	ret->channel = "app";
	ret->no_receipt = true;
	if (way->original_at != 0 && way->original_at < way->received_at)
		ret->received_at = way->original_at;
}
