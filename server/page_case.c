#include "server/page_case.h"

#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "lib/link_values.h"
#include "server/case_read.h"
#include "server/day.h"
#include "server/page.h"
#include "server/page_city.h"
#include "server/page_words.h"
#include "server/stamp.h"

/* Four steps say how far a case has come; every status is one of them. */
static const struct {
	const char *status;
	int step;
} steps[] = {
	{ "received", 1 },
	{ "assigned", 2 },
	{ "waiting-complainant", 2 },
	{ "waiting-other", 2 },
	{ "awaiting-approval", 2 },
	{ "answered", 3 },
	{ "closed", 4 },
};

#define STEP_MERGED 2 /* somebody is at it */
#define STEP_ANSWERED 3
#define STEP_LAST 4

static const char *member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static int status_step(const char *status)
{
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (!strcmp(steps[i].status, status))
			return steps[i].step;
	return 1;
}

/* The text of "kind.code", or of a general code that newer codes fall back on. */
static const char *code_text(const struct page *page, const char *kind,
	const char *code, const char *general)
{
	struct arena *arena = http_arena(page->req);
	const char *text = page_find(page, arena_printf(arena, "%s.%s", kind, code));

	return text ? text
		    : page_text(page, arena_printf(arena, "%s.%s", kind, general));
}

const char *page_case_follow_path(struct arena *arena, const struct case_key *key)
{
	return arena_printf(arena, "/folj/%s/%s", link_encode(arena, key->number),
		link_encode(arena, key->code));
}

static json_t *files_json(
	const struct page *page, const json_t *attachments, const char *follow)
{
	struct arena *arena = http_arena(page->req);
	json_t *list = json_array();
	const json_t *file;
	size_t i;

	json_array_foreach(attachments, i, file)
	{
		const char *state = member(file, "state");
		const char *said = code_text(page, "case",
			arena_printf(arena, "file-%s", state), "file-refused");
		bool stored = !strcmp(state, "stored");
		bool refused = !stored && strcmp(state, "checking") != 0;
		const char *href = arena_printf(arena, "%s/bilaga/%zu", follow, i + 1);
		const char *size = page_words_size(page,
			(uint64_t)json_integer_value(json_object_get(file, "size")));

		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:b, s:s?}", "name",
				member(file, "name"), "size_text", size, "said", said,
				"refused", refused, "href", stored ? href : NULL));
	}
	return list;
}

static json_t *status_json(const struct page *page, const char *status)
{
	struct arena *arena = http_arena(page->req);

	return json_pack("{s:s, s:s}", "name",
		page_text(page, arena_printf(arena, "status.%s.name", status)), "text",
		page_text(page, arena_printf(arena, "status.%s.text", status)));
}

/* What the city wrote with the event of that instant, or NULL. */
static const char *words_at(const json_t *case_json, const char *at)
{
	const char *text = NULL;
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(case_json, "messages"), i, item)
	{
		if (!strcmp(member(item, "from"), "city") &&
			!strcmp(member(item, "at"), at))
			text = member(item, "text");
	}
	return text;
}

/* Closed, but its answer comes with that of another case. */
static bool is_merged(const json_t *case_json)
{
	bool merged = false;
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(case_json, "events"), i, item)
	{
		const char *what = member(item, "what");

		if (!strcmp(what, "merged"))
			merged = true;
		else if (!strcmp(what, "reopened") || !strcmp(what, "replied"))
			merged = false;
	}
	return merged && !member(case_json, "disposedOn");
}

static int case_step(const json_t *case_json)
{
	return is_merged(case_json) ? STEP_MERGED
				    : status_step(member(case_json, "status"));
}

/* The latest delay notice while there is no answer: its date, if it has one, and its
 * words, which came with the same event. NULL: none. */
static json_t *notice_json(const struct page *page, const json_t *case_json)
{
	const json_t *found = NULL, *item;
	json_t *notice;
	size_t i;

	json_array_foreach(json_object_get(case_json, "events"), i, item)
	{
		const char *what = member(item, "what");

		if (!strcmp(what, "delay-notice"))
			found = item;
		else if (!strcmp(what, "replied"))
			return NULL;
	}
	if (!found || status_step(member(case_json, "status")) >= STEP_ANSWERED)
		return NULL;
	notice = json_pack("{s:s?}", "text", words_at(case_json, member(found, "at")));
	if (member(found, "expectedBy"))
		json_object_set_new(notice, "expected",
			page_words_day(page, member(found, "expectedBy")));
	return notice;
}

/* Waiting for a yes or a no is not waiting for words. */
static const char *status_code(const json_t *case_json)
{
	const char *status = member(case_json, "status");

	if (is_merged(case_json))
		return "merged";
	return !strcmp(status, "waiting-complainant") &&
			       member(json_object_get(case_json, "page"),
				       "consentBoard")
		       ? "consent"
		       : status;
}

/* Of what was taken down on a later day nobody knows the hour. */
static json_t *received_words(const struct page *page, const json_t *case_json)
{
	const char *received = member(case_json, "receivedAt");
	const char *stored =
		member(json_array_get(json_object_get(case_json, "events"), 0), "at");

	if (!stored || !strncmp(received, stored, strlen("YYYY-MM-DDTHH:MM:SS")))
		return page_words_instant(page, received);
	return page_words_day(
		page, arena_dup_n(http_arena(page->req), received, DAY_TEXT - 1));
}

/* The local day that a case was answered, or closed, last; -1 when it has not been. A
 * merged one is answered after it was closed. */
static int32_t ended_day(const json_t *case_json)
{
	bool closed = !strcmp(member(case_json, "status"), "closed");
	int32_t day = -1;
	const json_t *event;
	size_t i;

	json_array_foreach(json_object_get(case_json, "events"), i, event)
	{
		if (!strcmp(member(event, "what"), "replied") ||
			(closed && !strcmp(member(event, "what"), "closed")))
			day = page_words_local_day(member(event, "at"));
	}
	return day;
}

enum page_reopening page_case_reopening(const json_t *case_json)
{
	int32_t ended;

	if (status_step(member(case_json, "status")) < STEP_ANSWERED ||
		member(case_json, "disposedOn"))
		return PAGE_REOPENING_NONE;
	ended = ended_day(case_json);
	return ended >= 0 && ended + CASE_REOPEN_DAYS <
				       day_of_instant(stamp_now() / 1000000)
		       ? PAGE_REOPENING_LATE
		       : PAGE_REOPENING_YES;
}

void page_case_add(
	struct page *page, const json_t *case_json, const struct case_key *key)
{
	const json_t *wants =
		json_object_get(json_object_get(case_json, "page"), "wantsReply");
	const json_t *attachments = json_object_get(case_json, "attachments");
	const char *follow = page_case_follow_path(http_arena(page->req), key);
	const char *disposed = member(case_json, "disposedOn");
	json_t *notice = notice_json(page, case_json);
	json_t *data = json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s, s:s, s:b, s:b}",
		"number", member(case_json, "number"), "code", key->code, "follow",
		follow, "board", member(json_object_get(case_json, "board"), "name"),
		"because", member(json_object_get(case_json, "routing"), "because"),
		"category", page_city_category(page, member(case_json, "category")),
		"type", code_text(page, "type", member(case_json, "type"), "complaint"),
		"wants_reply", !json_is_false(wants), "open",
		json_is_true(
			json_object_get(json_object_get(case_json, "page"), "open")));

	if (notice)
		json_object_set_new(data, "notice", notice);
	json_object_set(data, "survey",
		json_object_get(json_object_get(case_json, "page"), "survey"));
	json_object_set_new(data, "merged", json_boolean(is_merged(case_json)));
	json_object_set_new(data, "reopens",
		json_boolean(page_case_reopening(case_json) == PAGE_REOPENING_YES));
	json_object_set_new(data, "status",
		status_json(page, disposed ? "disposed" : status_code(case_json)));
	json_object_set_new(data, "disposed",
		disposed ? page_words_day(page, disposed) : json_null());
	json_object_set_new(data, "received", received_words(page, case_json));
	json_object_set_new(data, "acknowledge",
		page_words_day(page, member(case_json, "acknowledgeBy")));
	json_object_set_new(
		data, "answer", page_words_day(page, member(case_json, "answerBy")));
	json_object_set_new(data, "has_attachments",
		json_boolean(json_array_size(attachments) > 0));
	json_object_set_new(data, "attachments", files_json(page, attachments, follow));
	json_object_set_new(page->data, "case", data);
	json_object_set_new(page->data, "foreign", json_boolean(page_is_foreign(page)));
}

/* ---- the story ---- */

static json_t *track_json(const struct page *page, int now)
{
	json_t *list = json_array();

	for (int i = 1; i <= STEP_LAST; i++)
		json_array_append_new(list,
			json_pack("{s:s, s:b, s:b}", "name",
				page_text(page, arena_printf(http_arena(page->req),
							"follow.track-%d", i)),
				"done", i < now, "current", i == now));
	return list;
}

/* What came with the city's words; an empty array for what came with none. */
static json_t *reply_files_json(
	const struct page *page, const json_t *message, const char *follow)
{
	json_t *list = json_array();
	const json_t *file;
	size_t i;

	json_array_foreach(json_object_get(message, "files"), i, file)
	{
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s}", "name", member(file, "name"),
				"size_text",
				page_words_size(
					page, (uint64_t)json_integer_value(
						      json_object_get(file, "size"))),
				"href",
				arena_printf(http_arena(page->req), "%s/svarsfil/%lld",
					follow,
					(long long)json_integer_value(
						json_object_get(file, "n")))));
	}
	return list;
}

/* What the city writes is Swedish unless it says otherwise; what the complainant wrote
 * is in a language that nobody has said. */
static json_t *said_json(
	const struct page *page, const char *who, json_t *at, const char *text)
{
	return json_pack("{s:s, s:o, s:s}", "who", who, "at", at, "text", text);
}

static json_t *talk_json(const struct page *page, const json_t *case_json)
{
	const char *first = member(json_object_get(case_json, "page"), "text");
	const char *city = page_format(page, "follow.city",
		TEXT_VALUES({ "board",
			member(json_object_get(case_json, "board"), "name") }));
	const char *you = page_text(page, "follow.you");
	const char *follow = member(json_object_get(page->data, "case"), "follow");
	json_t *list = json_array();
	const json_t *message;
	json_t *said, *files;
	size_t i;

	if (first) {
		said = said_json(page, you, received_words(page, case_json), first);
		json_object_set_new(said, "mine", json_true());
		json_object_set_new(said, "foreign", json_false());
		json_object_set_new(said, "has_files", json_false());
		json_array_append_new(list, said);
	}
	json_array_foreach(json_object_get(case_json, "messages"), i, message)
	{
		bool mine = !strcmp(member(message, "from"), "resident");

		said = said_json(page, mine ? you : city,
			page_words_instant(page, member(message, "at")),
			member(message, "text"));
		json_object_set_new(said, "mine", json_boolean(mine));
		json_object_set_new(
			said, "foreign", json_boolean(!mine && page_is_foreign(page)));
		files = reply_files_json(page, message, follow);
		json_object_set_new(
			said, "has_files", json_boolean(json_array_size(files) > 0));
		json_object_set_new(said, "files", files);
		json_array_append_new(list, said);
	}
	return list;
}

/* Who had it has put it back: nobody new has got it. */
static const char *event_code(const json_t *event)
{
	return json_is_true(json_object_get(event, "givenBack"))
		       ? "given-back"
		       : member(event, "what");
}

/* That a case is merged says more than that it is closed, and so does the end of it. */
static bool is_said_before(const json_t *events, size_t i)
{
	const json_t *last = json_array_get(events, i - 1);
	const char *what = member(json_array_get(events, i), "what");

	return last &&
	       ((!strcmp(what, "closed") && !strcmp(member(last, "what"), "merged")) ||
		       (!strcmp(what, "reopened") &&
			       !strcmp(member(last, "what"), "unmerged")));
}

static json_t *events_json(const struct page *page, const json_t *events)
{
	json_t *list = json_array();
	const json_t *event;
	size_t i;

	json_array_foreach(events, i, event)
	{
		if (is_said_before(events, i))
			continue;
		json_array_append_new(list,
			json_pack("{s:o, s:s}", "at",
				page_words_instant(page, member(event, "at")), "text",
				code_text(page, "event", event_code(event), "other")));
	}
	return list;
}

/* The last day is included, and it is the local one. */
static bool is_late(const char *answer_by, int step)
{
	int32_t day;

	return step < STEP_ANSWERED && answer_by &&
	       day_parse(answer_by, &day, NULL) == 0 &&
	       day_of_instant(stamp_now() / 1000000) > day;
}

/* The question whether the case may go to another board, or false. */
static json_t *consent_json(const struct page *page, const json_t *case_json)
{
	const char *board = member(json_object_get(case_json, "page"), "consentBoard");
	const char *text = NULL;
	const json_t *event;
	json_t *consent;
	size_t i;

	if (!board)
		return json_false();
	json_array_foreach(json_object_get(case_json, "events"), i, event)
	{
		if (!strcmp(member(event, "what"), "consent-requested"))
			text = words_at(case_json, member(event, "at"));
	}
	consent = json_pack("{s:s, s:s}", "question",
		page_format(page, "consent.question", TEXT_VALUES({ "board", board })),
		"reason",
		page_format(page, "consent.reason",
			TEXT_VALUES(
				{ "board", member(json_object_get(case_json, "board"),
						   "name") })));
	json_object_set_new(consent, "text", text ? json_string(text) : json_false());
	return consent;
}

void page_case_add_story(struct page *page, const json_t *case_json)
{
	const json_t *wants =
		json_object_get(json_object_get(case_json, "page"), "wantsReply");
	const char *number = member(case_json, "number");
	int step = case_step(case_json);
	char *heading =
		page_format(page, "follow.heading", TEXT_VALUES({ "number", number }));

	json_object_set_new(page->data, "title", json_string(heading));
	json_object_set_new(page->data, "heading", json_string(heading));
	json_object_set_new(page->data, "track", track_json(page, step));
	json_object_set_new(page->data, "talk", talk_json(page, case_json));
	json_object_set_new(page->data, "events",
		events_json(page, json_object_get(case_json, "events")));
	json_object_set_new(page->data, "consent", consent_json(page, case_json));
	json_object_set_new(page->data, "late",
		json_boolean(!json_is_false(wants) &&
			     is_late(member(case_json, "answerBy"), step)));
}
