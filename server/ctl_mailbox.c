/*
 * synpunktctl mailbox - the addresses that mail is taken for, and what becomes of mail
 * to one. The same function of the database decides as when mail comes in.
 */
#include <stdio.h>
#include <string.h>

#include "lib/error.h"
#include "server/ctl.h"

#define COLUMNS                                                                        \
	"j.address, j.taken, j.board, j.board_name, j.unit, j.unit_name, j.because"

static const char list_sql[] =
	"SELECT " COLUMNS " FROM synpunkt.mailbox m, "
	"LATERAL synpunkt_mail_in.judge(m.address) j ORDER BY j.address";

static const char test_sql[] =
	"SELECT " COLUMNS " FROM synpunkt_mail_in.judge($1::text) j";

static const char *text_of(const PGresult *rows, int i, int column)
{
	return PQgetisnull(rows, i, column) ? NULL : PQgetvalue(rows, i, column);
}

static bool is_taken(const PGresult *rows, int i)
{
	return !strcmp(PQgetvalue(rows, i, 1), "t");
}

static json_t *mailbox_json(const PGresult *rows, int i)
{
	return json_pack("{s:s, s:b, s:s?, s:s?, s:s?, s:s?, s:s}", "address",
		text_of(rows, i, 0), "taken", is_taken(rows, i), "board",
		text_of(rows, i, 2), "boardName", text_of(rows, i, 3), "unit",
		text_of(rows, i, 4), "unitName", text_of(rows, i, 5), "because",
		text_of(rows, i, 6));
}

static void mailbox_print(const PGresult *rows, int i)
{
	const char *board = text_of(rows, i, 2), *unit = text_of(rows, i, 4);

	printf("%s\t%s%s%s\t%s\n", text_of(rows, i, 0), board ? board : "-",
		unit ? "/" : "", unit ? unit : "", text_of(rows, i, 6));
}

static int mailbox_list(struct ctl *ctl)
{
	struct error err = { 0 };
	PGresult *rows = ctl_db_query(ctl, list_sql, 0, NULL, &err);
	json_t *list = json_array();

	if (!rows) {
		json_decref(list);
		return ctl_fail(ctl, "%s", err.text);
	}
	for (int i = 0; i < PQntuples(rows); i++) {
		if (ctl->json)
			json_array_append_new(list, mailbox_json(rows, i));
		else
			mailbox_print(rows, i);
	}
	if (ctl->json)
		ctl_print_json(list);
	else
		json_decref(list);
	PQclear(rows);
	return CTL_DONE;
}

/* Fails when mail to the address is not taken, so that a script can ask. */
static int mailbox_test(struct ctl *ctl, const char *address)
{
	struct error err = { 0 };
	PGresult *rows =
		ctl_db_query(ctl, test_sql, 1, (const char *const[]){ address }, &err);
	int rc;

	if (!rows)
		return ctl_fail(ctl, "%s", err.text);
	if (ctl->json)
		ctl_print_json(mailbox_json(rows, 0));
	else
		mailbox_print(rows, 0);
	rc = is_taken(rows, 0) ? CTL_DONE : CTL_FAILED;
	PQclear(rows);
	return rc;
}

int ctl_mailbox(struct ctl *ctl, char **argv)
{
	bool is_test = argv[0] && !strcmp(argv[0], "test");
	const char *words[2] = { NULL };
	struct error err = { 0 };
	int rc = ctl_arguments(ctl, argv, NULL, words, is_test ? 2 : 1);

	if (rc != 0)
		return rc;
	if (!is_test && strcmp(words[0], "list") != 0)
		return ctl_misuse(ctl, "unknown word \"%s\"", words[0]);
	if (ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	return is_test ? mailbox_test(ctl, words[1]) : mailbox_list(ctl);
}
