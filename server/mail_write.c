#include "server/mail_write.h"

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/mail_format.h"
#include "server/follow_code.h"
#include "server/mail_claim.h"
#include "server/mail_digest.h"
#include "server/mail_disclosure.h"
#include "server/mail_enclosing.h"
#include "server/mail_follower.h"
#include "server/mail_order.h"
#include "server/stamp.h"

/* ---- reading ---- */

static const char *number_of(struct arena *arena, const struct db_rows *rows, int row,
	const struct mail_due *due)
{
	struct case_number number = { .year = (int)db_rows_int64(rows, row, CLAIM_YEAR),
		.serial = db_rows_int64(rows, row, CLAIM_SERIAL) };
	char text[CASE_NUMBER_SIZE];

	if (due->digest)
		return "digest";
	if (due->order)
		return "order";
	if (due->disclosure)
		return "disclosure";
	case_number_print(&number, text);
	return arena_dup(arena, text);
}

/* A disclosure's is sealed, and nowhere else. */
static const char *address_of(struct arena *arena, const struct db_rows *rows, int row,
	const struct mail_due *due)
{
	if (due->disclosure)
		return mail_disclosure_address(
			arena, due->sender->secret, due->disclosure);
	return db_rows_text(rows, row, CLAIM_EMAIL);
}

void mail_due_read(struct arena *arena, const struct mail_sender *sender,
	const struct db_rows *rows, int row, struct mail_due *ret)
{
	const char *address;

	*ret = (struct mail_due){
		.sender = sender,
		.kind = mail_claim_text(arena, rows, row, CLAIM_KIND),
		.message_id = mail_claim_text(arena, rows, row, CLAIM_MESSAGE_ID),
		.digest = mail_claim_text(arena, rows, row, CLAIM_DIGEST),
		.follower = mail_claim_text(arena, rows, row, CLAIM_FOLLOWER),
		.order = mail_claim_text(arena, rows, row, CLAIM_ORDER),
		.disclosure = mail_claim_text(arena, rows, row, CLAIM_DISCLOSURE),
		.words = mail_claim_text(arena, rows, row, CLAIM_WORDS),
		.language = mail_claim_text(arena, rows, row, CLAIM_LANGUAGE),
	};
	ret->number = number_of(arena, rows, row, ret);
	address = address_of(arena, rows, row, ret);
	ret->has_address = address != NULL;
	ret->to = address ? mail_address_ascii(arena, address) : NULL;
	if (ret->digest || ret->follower || ret->order || ret->disclosure)
		return;
	mail_claim_case(arena, rows, row, &ret->about);
	ret->about.number = ret->number;
	ret->about.to = ret->to;
}

/* ---- writing ---- */

static int write_digest(struct arena *arena, const struct mail_due *due, int64_t now,
	struct mail_letter *ret, struct error *err)
{
	const struct mail_digest digest = {
		.sent_at = now,
		.message_id = due->message_id,
		.to = due->to,
		.body = due->digest,
	};

	return mail_digest_make(arena, due->sender, &digest, ret, err);
}

static int write_follower(struct arena *arena, const struct mail_due *due, int64_t now,
	struct mail_letter *ret, struct error *err)
{
	const struct mail_follower follower = {
		.kind = due->kind,
		.sent_at = now,
		.message_id = due->message_id,
		.language = due->language,
		.to = due->to,
		.about = due->follower,
		.words = due->words,
	};

	return mail_follower_make(arena, due->sender, &follower, ret, err);
}

/* About an order, or a disclosure: of a file that stands in a page of ours there is no
 * page to lead to, so it goes along or the letter is not sent. */
static int write_order(struct arena *arena, const struct mail_due *due,
	struct mail_enclosing *files, struct mail_letter *ret, struct error *err)
{
	const struct mail_order order = {
		.kind = due->kind,
		.sent_at = stamp_now() / 1000000,
		.message_id = due->message_id,
		.to = due->to,
		.about = due->disclosure ? due->disclosure : due->order,
		.files = files ? mail_enclosing_names(files) : NULL,
		.parts = files ? mail_enclosing_parts(files) : NULL,
	};

	if (!due->disclosure)
		return mail_order_make(arena, due->sender, &order, ret, err);
	if (!files || mail_enclosing_are_apart(files))
		return error_set(err, ERR_INTERNAL, "a disclosure without its files");
	return mail_disclosure_make(arena, due->sender, &order, ret, err);
}

int mail_due_write(struct arena *arena, struct mail_due *due,
	struct mail_enclosing *files, struct mail_letter *ret, struct error *err)
{
	int64_t now = stamp_now() / 1000000;

	if (due->digest)
		return write_digest(arena, due, now, ret, err);
	if (due->follower)
		return write_follower(arena, due, now, ret, err);
	if (due->order || due->disclosure)
		return write_order(arena, due, files, ret, err);
	due->about.sent_at = now;
	if (files) {
		due->about.files = mail_enclosing_names(files);
		due->about.files_apart = mail_enclosing_are_apart(files);
		due->about.parts = mail_enclosing_parts(files);
	}
	return mail_text_make(arena, due->sender, &due->about, ret, err);
}
