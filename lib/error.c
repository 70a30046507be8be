#include "lib/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

int error_fill(
	struct error *err, enum err_code code, const char *where, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return -1;
	assert(err->code == ERR_NONE);
	err->code = code;
	err->where = where;
	err->field[0] = '\0';
	err->sqlstate[0] = '\0';
	err->constraint[0] = '\0';
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return -1;
}

int error_set_field(struct error *err, const char *field)
{
	if (err)
		snprintf(err->field, sizeof(err->field), "%s", field);
	return -1;
}
