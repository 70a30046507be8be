#include "server/request_read.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/fault.h"
#include "lib/http.h"
#include "lib/json_fields.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/follow_code.h"
#include "server/worker.h"

#define ID_DIGITS_MAX 18

const char *request_value(struct http_request *req, const char *name)
{
	const char *value = http_query_value(req, name);

	return value && *value ? value : NULL;
}

void request_refuse(struct http_request *req, enum err_code code, const char *why)
{
	struct error err = { 0 };

	error_set(&err, code, "%s", why);
	http_reply_error(req, &err);
}

const char *request_id(const char *text)
{
	size_t n = text ? strspn(text, "0123456789") : 0;

	return n > 0 && n <= ID_DIGITS_MAX && !text[n] ? text : NULL;
}

struct request_case request_case(struct http_request *req)
{
	struct case_number number;

	case_number_parse(http_path_value(req, "number"), &number);
	return (struct request_case){
		.year = arena_printf(http_arena(req), "%d", number.year),
		.serial =
			arena_printf(http_arena(req), "%lld", (long long)number.serial),
	};
}

const char *request_day(
	struct http_request *req, const char *name, struct faults *faults)
{
	const char *text = request_value(req, name);
	int32_t day;

	if (text && day_parse(text, &day, NULL) < 0) {
		faults_add(faults, name, "is not a date, YYYY-MM-DD");
		return NULL;
	}
	return text;
}

/* strtod() would take hexadecimal, exponents, "nan" and white space, too. */
double request_number(const char *text, const char **end)
{
	size_t sign = text[0] == '-', whole = strspn(text + sign, "0123456789"),
	       part = 0;
	const char *stop = text + sign + whole;

	if (*stop == '.') {
		part = strspn(stop + 1, "0123456789");
		stop += 1 + part;
	}
	*end = whole + part > 0 ? stop : text;
	return whole + part > 0 ? strtod(text, NULL) : 0;
}

void request_day_judge(const char *text, const char *name, struct faults *faults)
{
	int32_t day;

	if (text && day_parse(text, &day, NULL) < 0)
		faults_add(faults, name, "is not a date, YYYY-MM-DD");
}

double request_degrees(
	struct http_request *req, const char *name, double limit, struct faults *faults)
{
	const char *text = request_value(req, name), *end = "";
	double value = text ? request_number(text, &end) : 0;

	if (!text)
		faults_add_key(faults, name, "fault.required", NULL);
	else if (end == text || *end || !(fabs(value) <= limit))
		faults_add(
			faults, name, "must be degrees, from -%g to %g", limit, limit);
	else
		return value;
	return 0;
}

bool outcome_refuse(struct http_request *req, const struct outcome_row *rows, size_t n,
	const char *word)
{
	struct error err = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].outcome, word) != 0)
			continue;
		error_set(&err, rows[i].code, "%s", rows[i].text);
		error_set_field(&err, rows[i].field ? rows[i].field : "");
		http_reply_error(req, &err);
		return true;
	}
	return false;
}

bool request_board_known(struct http_request *req, const char *board)
{
	const struct worker *worker = http_app(req);
	const struct city *city = city_holder_get(worker->city);

	return !city || city_board_find(city, board);
}

const char *request_bearer(struct http_request *req)
{
	static const char scheme[] = "Bearer ";
	const char *given = http_header(req, "authorization");
	struct error err = { 0 };

	if (given && !strncasecmp(given, scheme, strlen(scheme)))
		return given + strlen(scheme);
	http_set_header(req, "WWW-Authenticate", "Bearer");
	error_set(&err, ERR_UNAUTHORIZED,
		"send the follow-up code as \"Authorization: Bearer …\"");
	http_reply_error(req, &err);
	return NULL;
}

int request_fields(struct http_request *req, const struct json_field *fields, void *ret,
	struct faults *faults)
{
	const struct http_body *body = http_body(req);
	struct error err = { 0 };
	json_t *object;

	if (json_body_parse(body->data ? body->data : "", body->size, &object, &err) <
		0) {
		http_reply_error(req, &err);
		return -1;
	}
	json_fields_read(object, fields, ret, faults);
	json_decref(object);
	return 0;
}
