#include "lib/db.h"

#include <assert.h>
#include <stdlib.h>

#include "lib/db_private.h"

int db_rows_count(const struct db_rows *rows)
{
	return PQntuples(rows->result);
}

int64_t db_rows_affected(const struct db_rows *rows)
{
	/* libpq only lacks the const; "" for what touches no rows. */
	return strtoll(PQcmdTuples((PGresult *)rows->result), NULL, 10);
}

bool db_rows_is_null(const struct db_rows *rows, int row, int col)
{
	assert(row >= 0 && row < PQntuples(rows->result));
	assert(col >= 0 && col < PQnfields(rows->result));
	return PQgetisnull(rows->result, row, col);
}

const char *db_rows_text(const struct db_rows *rows, int row, int col)
{
	if (db_rows_is_null(rows, row, col))
		return NULL;
	return PQgetvalue(rows->result, row, col);
}

int64_t db_rows_int64(const struct db_rows *rows, int row, int col)
{
	const char *text = db_rows_text(rows, row, col);

	return text ? strtoll(text, NULL, 10) : 0;
}

double db_rows_double(const struct db_rows *rows, int row, int col)
{
	const char *text = db_rows_text(rows, row, col);

	return text ? strtod(text, NULL) : 0;
}

bool db_rows_bool(const struct db_rows *rows, int row, int col)
{
	const char *text = db_rows_text(rows, row, col);

	return text && text[0] == 't';
}
