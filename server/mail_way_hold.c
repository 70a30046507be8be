/*
 * Whether a mail goes on by itself:
 *
 *   mail_way_check    before ClamAV, where one is set up
 *   way_on_checked    the scanner is away: later; it failed: another try; else decide
 *   mail_way_hold     true: something is wrong with it, and it is held for the desk
 *   way_on_held       done: the next
 *
 * What the desk has let go on is held again only when something else is found in it.
 */
#include "server/mail_flow_private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/metrics.h"
#include "server/mail_held_store.h"
#include "server/mail_scan.h"
#include "server/mail_submission.h"
#include "server/measures.h"
#include "server/options.h"

/* So often a mail is checked that the scanner does not get done with; then somebody
 * must decide. Half an hour, as leases grow. */
#define SCANS_MAX 8
#define EXCERPT_MAX 2000     /* code points */
#define ATTACHMENTS_SHOWN 50 /* of a held mail */

/* ---- checking ---- */

static void way_on_postponed(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_way *way = arg;

	way->db = NULL;
	/* no other would fare better: not before it is looked for again */
	way->flow->is_paused = true;
	mail_way_end(way, /* more= */ false);
}

static void way_postpone(struct mail_way *way)
{
	const struct mail_case_mail mail = mail_way_mail(way);

	log_event(LOG_LEVEL_WARNING, "mail_scanner_away", LOG_S("delivery", way->id));
	way->db = mail_held_store_postpone(&mail, way_on_postponed, way);
}

static bool withholds(const json_t *list, const char *what)
{
	size_t i;
	json_t *one;

	json_array_foreach(
		list, i, one) if (!strcmp(json_string_value(one), what)) return true;
	return false;
}

/* Whatever was withheld when the desk decided stays so. True: there is more now. */
static bool way_withhold(struct mail_way *way, const json_t *withheld)
{
	bool more = false;
	size_t i;
	json_t *one;

	json_array_foreach(withheld, i, one)
	{
		if (withholds(way->withheld, json_string_value(one)))
			continue;
		json_array_append(way->withheld, one);
		more = true;
	}
	return more;
}

/* Of a mail that could not be checked nothing becomes a case's but its words. */
static void way_leave_unchecked(struct mail_way *way)
{
	size_t i;
	json_t *one;

	way->is_unchecked = true;
	json_array_foreach(json_object_get(way->json, "attachments"), i, one)
		json_array_append(way->withheld, json_object_get(one, "sha256"));
}

static enum measure measure_of(const struct mail_scan_result *result)
{
	if (result->is_away)
		return MEASURE_SCANS_AWAY;
	if (result->is_failed)
		return MEASURE_SCANS_FAILED;
	return result->found ? MEASURE_SCANS_FOUND : MEASURE_SCANS_CLEAN;
}

static void way_on_checked(const struct mail_scan_result *result, void *arg)
{
	struct mail_way *way = arg;
	bool more;

	metrics_add(way->flow->config.metrics, measure_of(result), 1);
	if (result->is_away) {
		way_postpone(way);
		return;
	}
	if (result->is_failed && strtol(way->attempt, NULL, 10) < SCANS_MAX) {
		mail_way_fail(way, "scan", NULL);
		return;
	}
	more = way_withhold(way, result->withheld);
	way->found = result->found ? arena_dup(way->arena, result->found) : NULL;
	way->is_newly_found = result->found && more;
	way->is_too_large = result->is_too_large;
	if (result->is_failed)
		way_leave_unchecked(way);
	mail_way_look(way);
}

void mail_way_check(struct mail_way *way)
{
	struct mail_flow *flow = way->flow;

	if (!flow->clamav) {
		mail_way_look(way);
		return;
	}
	way->scan = mail_scan_begin(&(struct mail_scan_order){ .clamav = flow->clamav,
		.raw_fd = way->raw_fd,
		.bytes_fd = way->bytes_fd,
		.attachments = json_object_get(way->json, "attachments"),
		.limit_ms = (unsigned)flow->config.options->clamav_timeout_ms,
		.done = way_on_checked,
		.arg = way });
}

/* ---- why ---- */

static void add_reason(json_t *reasons, const char *code, const char *detail)
{
	json_array_append_new(
		reasons, json_pack("{s:s, s:s?}", "code", code, "detail", detail));
}

/* The sender's domain asks by DMARC that what is not its own is not believed, and our
 * mail server says that this is not. */
static bool is_disowned(const struct mail_way *way)
{
	const char *result = way->facts.dmarc;
	const char *policy = json_string_value(json_object_get(
		json_object_get(way->json, "authentication"), "policy"));

	return result && policy && !strcasecmp(result, "fail") &&
	       (!strcasecmp(policy, "quarantine") || !strcasecmp(policy, "reject"));
}

static json_t *reasons_of(const struct mail_way *way)
{
	json_t *reasons = json_array();

	if (way->is_newly_found || (way->found && !way->is_released))
		add_reason(reasons, "virus", way->found);
	if (way->is_released)
		return reasons;
	if (!strcmp(way->class, "spam"))
		add_reason(reasons, "spam", way->because);
	if (is_disowned(way))
		add_reason(reasons, "dmarc", way->facts.dmarc_domain);
	if (way->is_too_large)
		add_reason(reasons, "too-large", NULL);
	if (way->is_unchecked)
		add_reason(reasons, "unchecked", NULL);
	return reasons;
}

static const char *words_of(const char *code)
{
	static const char *const words[][2] = {
		{ "virus", "something was found in it" },
		{ "spam", "our mail server calls it spam" },
		{ "dmarc", "the sender's domain disowns it (DMARC)" },
		{ "too-large", "it is too large to be checked" },
		{ "unchecked", "it could not be checked" },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(words[i][0], code))
			return words[i][1];
	return code;
}

/* "something was found in it: X; our mail server calls it spam: X-Spam-Flag: YES" */
static const char *because_of(struct arena *arena, const json_t *reasons)
{
	const char *text = "";
	size_t i;
	json_t *one;

	json_array_foreach(reasons, i, one)
	{
		const char *code = json_string_value(json_object_get(one, "code"));
		const char *detail = json_string_value(json_object_get(one, "detail"));

		text = arena_printf(arena, "%s%s%s%s%s", text, i > 0 ? "; " : "",
			words_of(code), detail ? ": " : "", detail ? detail : "");
	}
	return text;
}

/* ---- what the desk is shown ---- */

static const char *excerpt_of(struct mail_way *way)
{
	const char *text = mail_submission_message(way->arena, way->json);
	size_t i = 0, n = 0;

	for (; text[i]; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80 && n++ == EXCERPT_MAX)
			break;
	return arena_dup_n(way->arena, text, i);
}

static json_t *attachments_of(const struct mail_way *way)
{
	json_t *ret = json_array(), *one;
	size_t i;

	json_array_foreach(json_object_get(way->json, "attachments"), i, one)
	{
		const char *sha256 = json_string_value(json_object_get(one, "sha256"));

		if (i == ATTACHMENTS_SHOWN)
			break;
		json_array_append_new(
			ret, json_pack("{s:O, s:O, s:O, s:b}", "name",
				     json_object_get(one, "name"), "type",
				     json_object_get(one, "type"), "size",
				     json_object_get(one, "size"), "withheld",
				     withholds(way->withheld, sha256)));
	}
	return ret;
}

static const char *shown_of(struct mail_way *way, json_t *reasons)
{
	json_t *shown = json_pack("{s:O, s:s?, s:s?, s:s?, s:s, s:o, s:O, s:b}",
		"reasons", reasons, "sender", way->facts.from, "senderName",
		json_string_value(json_object_get(way->json, "fromName")), "subject",
		way->facts.subject, "excerpt", excerpt_of(way), "attachments",
		attachments_of(way), "withheld", way->withheld, "infected",
		way->found != NULL);
	char *text = json_dumps(shown, JSON_COMPACT);
	const char *ret = arena_dup(way->arena, text);

	mem_free(text);
	json_decref(shown);
	return ret;
}

/* ---- holding ---- */

static void way_on_held(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_way *way = arg;

	way->db = NULL;
	if (err) {
		mail_way_fail(way, "hold", err);
		return;
	}
	log_event(LOG_LEVEL_INFO, "mail_held", LOG_S("delivery", way->id),
		LOG_S("class", way->class));
	mail_way_end(way, /* more= */ true);
}

bool mail_way_hold(struct mail_way *way)
{
	struct mail_case_mail mail = mail_way_mail(way);
	json_t *reasons = reasons_of(way);
	bool held = json_array_size(reasons) > 0;

	if (held) {
		mail.because = because_of(way->arena, reasons);
		way->db = mail_held_store_hold(&mail,
			&(struct mail_held){ .shown = shown_of(way, reasons),
				.about = &way->facts.token },
			way_on_held, way);
	}
	json_decref(reasons);
	return held;
}
