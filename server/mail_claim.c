#include "server/mail_claim.h"

#include "lib/arena.h"
#include "server/mail_text.h"
#include "server/satisfaction_key.h"

const struct db_query mail_claim_query = {
	.name = "mail_claim",
	.sql = "SELECT m.id, m.attempt, m.kind, m.message_id, m.year, m.serial,"
	       " m.language, m.sensitive, m.board_name, m.received_on,"
	       " m.acknowledge_by, m.answer_by, m.sealed_code, m.email, m.words,"
	       " m.expected_by, m.digest, m.from_child, m.refused, m.follower,"
	       " synpunkt_mail.files_of(m.id),"
	       " synpunkt_satisfaction.letter_token(m.id),"
	       " synpunkt_order.letter(m.id), synpunkt_disclosure.letter(m.id)"
	       " FROM synpunkt_mail.claim($1::integer, $2::integer, $3::text,"
	       " $4::integer) m",
	.n_params = 4,
};

const char *mail_claim_text(struct arena *arena, const struct db_rows *rows, int row,
	enum claim_column column)
{
	return db_rows_is_null(rows, row, column)
		       ? NULL
		       : arena_dup(arena, db_rows_text(rows, row, column));
}

/* NULL where nothing is asked. */
static const char *survey_of(struct arena *arena, const struct db_rows *rows, int row)
{
	char token[SATISFACTION_TOKEN_SIZE];

	if (db_rows_is_null(rows, row, CLAIM_SURVEY) ||
		satisfaction_token_print(db_rows_text(rows, row, CLAIM_SURVEY), token) <
			0)
		return NULL;
	return arena_dup(arena, token);
}

void mail_claim_case(
	struct arena *arena, const struct db_rows *rows, int row, struct mail_case *ret)
{
	*ret = (struct mail_case){
		.kind = mail_claim_text(arena, rows, row, CLAIM_KIND),
		.message_id = mail_claim_text(arena, rows, row, CLAIM_MESSAGE_ID),
		.language = mail_claim_text(arena, rows, row, CLAIM_LANGUAGE),
		.sensitive = db_rows_bool(rows, row, CLAIM_SENSITIVE),
		.board_name = mail_claim_text(arena, rows, row, CLAIM_BOARD_NAME),
		.received_on = mail_claim_text(arena, rows, row, CLAIM_RECEIVED_ON),
		.acknowledge_by =
			mail_claim_text(arena, rows, row, CLAIM_ACKNOWLEDGE_BY),
		.answer_by = mail_claim_text(arena, rows, row, CLAIM_ANSWER_BY),
		.sealed_code = mail_claim_text(arena, rows, row, CLAIM_SEALED_CODE),
		.words = mail_claim_text(arena, rows, row, CLAIM_WORDS),
		.expected_by = mail_claim_text(arena, rows, row, CLAIM_EXPECTED_BY),
		.from_child = db_rows_bool(rows, row, CLAIM_FROM_CHILD),
		.survey = survey_of(arena, rows, row),
	};
}
