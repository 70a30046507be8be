/*
 * Whoever takes down may do so for every board: where it goes is the rules' to decide.
 * The answer has number, code, board and dates, not the case, which is read by those at
 * the board alone. The text is the person's own words; who took them down and when is
 * in the case's first event (27 § förvaltningslagen).
 *
 * A case is received on the day that it reached the city, which is earlier than the day
 * that it is taken down: of a letter, unless said, the working day before (22 §).
 *
 * Whoever reports a deviation of their own operation does it here, too (deviation.h).
 */
#include "server/take_down.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/attachment.h"
#include "server/case_post.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/deviation.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/submission.h"
#include "server/worker.h"
#include "server/working_day.h"

/* Days back that something may have come: a letter lies in the wrong place for a while,
 * and a date further back is more likely one that was mistyped. */
#define TAKEN_BACK_DAYS_MAX 180

static const char *const channels[] = { "phone", "letter", "visit", "social-media",
	NULL };

struct take_draft {
	const char *channel, *received_on, *address, *district;
};

static const struct json_field take_fields[] = {
	{ .path = "channel",
		.kind = JSON_FIELD_STRING,
		.one_of = channels,
		.offset = offsetof(struct take_draft, channel) },
	{ .path = "receivedOn",
		.kind = JSON_FIELD_STRING,
		.offset = offsetof(struct take_draft, received_on) },
	{ .path = "contact.address",
		.kind = JSON_FIELD_STRING,
		.offset = offsetof(struct take_draft, address) },
	{ .path = "district",
		.kind = JSON_FIELD_STRING,
		.offset = offsetof(struct take_draft, district) },
	{ 0 },
};

static int32_t today(void)
{
	return day_of_instant(stamp_now() / 1000000);
}

static int32_t letter_day(int32_t now, const struct city *city)
{
	return working_day_before(now, TAKEN_BACK_DAYS_MAX, &city->exceptions);
}

static void judge_day(
	const char *text, struct submission_taken *taken, struct faults *faults)
{
	int32_t now = today();
	char first[DAY_TEXT], last[DAY_TEXT];

	taken->day_given = true;
	if (day_parse(text, &taken->received_on, NULL) < 0)
		faults_add(faults, "receivedOn", "must be a day as YYYY-MM-DD");
	else if (!day_within(taken->received_on, now - TAKEN_BACK_DAYS_MAX, now))
		faults_add(faults, "receivedOn", "must be from %s to %s",
			day_format(now - TAKEN_BACK_DAYS_MAX, first),
			day_format(now, last));
}

/* Whoever reports a deviation writes it here, which is the web; of all else it is said.
 */
static void judge_channel(struct take_draft *take, const struct submission_draft *draft,
	struct faults *faults)
{
	if (take->channel || faults_find(faults, "channel"))
		return;
	if (deviation_is(draft))
		take->channel = "web";
	else
		faults_add_key(faults, "channel", "fault.required", NULL);
}

static int judge(const struct case_post_given *given, struct submission *ret,
	struct faults *faults)
{
	const struct session *session = session_get(given->req);
	struct submission_taken *taken =
		arena_alloc(http_arena(given->req), sizeof(*taken));
	const struct deviation_case own = { .object = given->object,
		.session = session,
		.city = given->city,
		.today = today() };
	struct submission_draft draft;
	struct deviation deviation;
	struct take_draft take = { 0 };

	*taken = (struct submission_taken){
		.user_id = session->user_id,
		.session = session->token_hash,
		.received_on = own.today,
	};
	json_fields_read(given->object, take_fields, &take, faults);
	submission_draft_from_json(given->object, &draft, faults);
	draft.by_staff = true;
	draft.postal_address = take.address;
	draft.district = take.district;
	judge_channel(&take, &draft, faults);
	deviation_judge(&own, &draft, &deviation, faults);
	if (take.received_on)
		judge_day(take.received_on, taken, faults);
	else if (take.channel && !strcmp(take.channel, "letter"))
		taken->received_on = letter_day(taken->received_on, given->city);
	if (submission_judge(&draft, given->city, ret, faults) < 0)
		return -1;
	if (deviation_is(&draft))
		deviation_apply(&deviation, http_arena(given->req), ret);
	ret->channel = take.channel;
	ret->taken = taken;
	return 0;
}

/* True: it was answered that none of the caller's roles may. */
static bool refuse_others(struct http_request *req, bool may)
{
	struct error err = { 0 };

	if (may)
		return false;
	error_set(&err, ERR_FORBIDDEN, "none of your roles takes down cases");
	http_reply_error(req, &err);
	return true;
}

static void take_down(struct http_request *req)
{
	static const struct case_post_way way = { .judge = judge };

	/* What else than a deviation somebody takes down whose role reports those
	 * alone, the database refuses: synpunkt.reporter_of(). */
	if (!refuse_others(req, access_reports_deviations(session_get(req))))
		case_post_run(req, &way);
}

/* NULL: it was answered. */
static const struct city *city_for(struct http_request *req, bool may)
{
	const struct worker *worker = http_app(req);
	const struct city *city;
	struct error err = { 0 };

	if (refuse_others(req, may))
		return NULL;
	city = city_holder_get(worker->city);
	if (!city) {
		error_set(&err, ERR_UNAVAILABLE, "the database is away");
		http_reply_error(req, &err);
	}
	return city;
}

static void taking_days(struct http_request *req)
{
	const struct city *city = city_for(req, access_takes_down(session_get(req)));
	int32_t now = today();
	struct json_write w;
	char day[DAY_TEXT];

	if (!city)
		return;
	jw_init(&w, http_out(req));
	jw_object(&w);
	jw_key_string(&w, "first", day_format(now - TAKEN_BACK_DAYS_MAX, day));
	jw_key_string(&w, "last", day_format(now, day));
	jw_key_string(&w, "letter", day_format(letter_day(now, city), day));
	jw_object_end(&w);
	http_reply(req, 200, "application/json; charset=utf-8");
}

static void deviation_units(struct http_request *req)
{
	const struct city *city =
		city_for(req, access_reports_deviations(session_get(req)));
	struct json_write w;

	if (!city)
		return;
	jw_init(&w, http_out(req));
	deviation_units_write(
		&(struct deviation_case){
			.session = session_get(req), .city = city, .today = today() },
		&w);
	http_reply(req, 200, "application/json; charset=utf-8");
}

static const char *const media[] = { "application/json", "multipart/form-data", NULL };
static const char *const headers[] = { "X-CSRF-Token", "Idempotency-Key", NULL };

const struct http_route take_down_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases",
		.access = ACCESS_STAFF,
		.max_body = ATTACHMENT_BODY_MAX,
		.media = media,
		.handle = take_down,
		.summary =
			"Take down what came by telephone, letter, visit or social media",
		.request = "TakenDown",
		.form = "TakenDownForm",
		.response = "TakenDownReceipt",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/received-days",
		.access = ACCESS_STAFF,
		.handle = taking_days,
		.summary = "The days that something taken down today may have come",
		.response = "ReceivedDays" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/deviation-units",
		.access = ACCESS_STAFF,
		.handle = deviation_units,
		.summary =
			"The units of which one may report a deviation: of the boards where one takes down or leads, and one's own",
		.response = "DeviationUnits" },
	{ 0 },
};
