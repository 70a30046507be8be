#include "server/open311_errors.h"

#include <stdarg.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/http.h"

void open311_errors_init(struct open311_errors *errors, struct http_request *req,
	enum open311_format format)
{
	*errors = (struct open311_errors){ .req = req, .format = format };
}

void open311_wrong(struct open311_errors *errors, int code, const char *fmt, ...)
{
	va_list args;

	if (errors->n == OPEN311_ERRORS_MAX)
		return;
	va_start(args, fmt);
	errors->all[errors->n].code = code;
	errors->all[errors->n++].text =
		arena_vprintf(http_arena(errors->req), fmt, args);
	va_end(args);
}

void open311_refuse(const struct open311_errors *errors)
{
	struct open311_write *w = open311_write_new(errors->req, errors->format);

	open311_list(w, "errors", "error");
	for (size_t i = 0; i < errors->n; i++) {
		open311_item(w);
		open311_int(w, "code", errors->all[i].code);
		open311_text(w, "description", errors->all[i].text);
		open311_end(w);
	}
	open311_end(w);
	open311_write_reply(w, errors->all[0].code);
}

void open311_refuse_one(struct http_request *req, enum open311_format format, int code,
	const char *text)
{
	struct open311_errors errors;

	open311_errors_init(&errors, req, format);
	open311_wrong(&errors, code, "%s", text);
	open311_refuse(&errors);
}

void open311_refuse_error(
	struct http_request *req, enum open311_format format, const struct error *err)
{
	static const struct {
		enum err_code code;
		int status;
	} own[] = {
		{ ERR_UNAUTHORIZED, 403 },
		{ ERR_FORBIDDEN, 403 },
		{ ERR_NOT_FOUND, 404 },
		{ ERR_BUSY, 429 },
		{ ERR_UNAVAILABLE, 503 },
		{ ERR_INTERNAL, 500 },
		{ ERR_NONE, 400 },
	};
	size_t i = 0;

	while (own[i].code != ERR_NONE && own[i].code != err->code)
		i++;
	open311_refuse_one(req, format, own[i].status,
		err->code == ERR_INTERNAL ? "something went wrong here" : err->text);
}
