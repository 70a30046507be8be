#include "server/request_read.h"

#include <stdint.h>

#include <jansson.h>

#include "lib/error.h"
#include "lib/fault.h"
#include "lib/http.h"
#include "lib/json_fields.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/worker.h"

const char *request_value(struct http_request *req, const char *name)
{
	const char *value = http_query_value(req, name);

	return value && *value ? value : NULL;
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

bool request_board_known(struct http_request *req, const char *board)
{
	const struct worker *worker = http_app(req);
	const struct city *city = city_holder_get(worker->city);

	return !city || city_board_find(city, board);
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
