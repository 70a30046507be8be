#include "server/desk_store.h"

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/session.h"

static const struct db_query list_query = {
	.name = "desk_list",
	.sql = "WITH page AS MATERIALIZED (SELECT *"
	       " FROM synpunkt_desk.list($1::text, $2::text, $3::text[], $4::text,"
	       " $5::text, $6::text, $7::text, $8::boolean, $9::text, $10::boolean,"
	       " $11::text, $12::bigint, $13::integer, $14::text, $15::integer)"
	       " WITH ORDINALITY)"
	       " SELECT l.id, l.year, l.type, l.category, l.board, l.status,"
	       " (extract(epoch FROM l.received_at) * 1000000)::bigint,"
	       " l.acknowledge_by, l.answer_by, l.overdue, l.handler, l.handler_name,"
	       " l.snippet, l.version, l.waiting_since, l.acknowledged, l.answered,"
	       " l.wants_reply, l.mail_failed, l.marked, l.threat, l.protected,"
	       " l.received_at, l.restricted,"
	       " NULL::bigint, NULL::text, coalesce((SELECT s.n"
	       " FROM synpunkt.case_supporters s WHERE s.case_id = l.id), 0), m.found,"
	       " c.channel, CASE WHEN NOT l.restricted AND NOT l.protected THEN"
	       " (SELECT u.name FROM synpunkt.unit u WHERE u.code = c.unit) END,"
	       " CASE WHEN NOT l.restricted AND NOT l.protected THEN"
	       " (SELECT a.name FROM synpunkt.area a WHERE a.kind = 'district'"
	       " AND a.code = c.district ORDER BY a.valid_from DESC LIMIT 1) END,"
	       " coalesce(c.priority = 1, false),"
	       " coalesce(c.needs_human AND l.status = 'received', false)"
	       " FROM page l LEFT JOIN synpunkt.case c ON c.id = l.id LEFT JOIN synpunkt_desk.matches("
	       "ARRAY(SELECT p.id FROM page p), $9::text) m ON m.id = l.id"
	       " ORDER BY l.ordinality",
	.n_params = 15,
};

/* The same columns: what is passed on is nobody's to hurry with. */
static const struct db_query earlier_list_query = {
	.name = "desk_list_earlier",
	.sql = "SELECT l.id, l.year, l.type, l.category, l.board, l.status,"
	       " (extract(epoch FROM l.received_at) * 1000000)::bigint,"
	       " l.acknowledge_by, l.answer_by, false, NULL::text, NULL::text,"
	       " l.snippet, l.version, NULL::date, true, true, false, false, false, false, false,"
	       " l.ended_at,"
	       " l.restricted, (extract(epoch FROM l.ended_at) * 1000000)::bigint,"
	       " l.next_board, 0, NULL::jsonb, NULL::text, NULL::text, NULL::text,"
	       " false, false"
	       " FROM synpunkt_desk.list_earlier($1::text, $2::text, $3::timestamptz,"
	       " $4::bigint, $5::integer) l",
	.n_params = 5,
};

static const struct db_query summary_query = {
	.name = "desk_summary",
	.sql = "SELECT s.open_cases, s.mine, s.unassigned, s.near_due, s.overdue,"
	       " s.acknowledge_overdue, s.mail_failed, h.waiting, h.overdue"
	       " FROM synpunkt_desk.summary($1::text, $2::integer) s"
	       " CROSS JOIN synpunkt_desk.held_summary($1::text, $3::integer) h",
	.n_params = 3,
};

static const struct db_query read_query = {
	.name = "desk_read",
	.sql = "SELECT r.version, r.board, r.status, r.acknowledged, r.returnable,"
	       " r.sensitivity, (r.whole::jsonb || synpunkt_support.of_case("
	       "$3::bigint) || synpunkt_desk.reply_files($3::bigint) || m.shown"
	       " || synpunkt_desk.mentions_shown($3::bigint)"
	       " || synpunkt_desk.pictures($1::text, $3::bigint)"
	       " || synpunkt_desk.same_letter($2::smallint, $3::bigint)"
	       " || synpunkt_open311.sent_by($3::bigint)"
	       " || synpunkt_desk.imported($3::bigint))::text, r.answered, r.mail_failed, r.waiting_since,"
	       " r.wants_reply, r.acknowledge_by, r.answer_by, r.marked, r.draft_by,"
	       " r.held, r.disposed, r.unit, r.restricted, r.protected, m.undoable"
	       " FROM synpunkt_desk.read($1::text, $2::smallint, $3::bigint) r"
	       " CROSS JOIN LATERAL synpunkt_desk.merges_of(CASE WHEN r.version > 0"
	       " THEN $3::bigint END) m",
	.n_params = 3,
};

static const struct db_query earlier_query = {
	.name = "desk_read_earlier",
	.sql = "SELECT r.version, (r.whole::jsonb || '{\"sameLetter\": [], \"imported\": null, \"supporters\": 0,"
	       " \"acknowledged\": true, \"followers\": 0, \"onMap\": false, \"hiddenFromMap\": false,"
	       " \"shownPhotos\": [], \"mentions\": [], \"mergedInto\": null, \"merged\": [],"
	       " \"mergedTotal\": 0, \"mergedWaiting\": 0}'"
	       " || synpunkt_desk.reply_files_earlier($2::smallint, $3::bigint)"
	       " || synpunkt_desk.pictures_earlier($1::text, $2::smallint, $3::bigint))::text"
	       " FROM synpunkt_desk.read_earlier($1::text, $2::smallint, $3::bigint) r",
	.n_params = 3,
};

static const struct db_query act_query = {
	.name = "desk_act",
	.sql = "SELECT a.outcome, a.version FROM synpunkt_desk.act_with_merged($1::text,"
	       " $2::smallint, $3::bigint, $4::integer[], $5::jsonb, $6::jsonb) a",
	.n_params = 6,
};

/* The files are there before the case is acted on: see put_event(). */
static const struct db_query act_with_files_query = {
	.name = "desk_act_with_files",
	.sql = "SELECT a.outcome, a.version FROM (SELECT pg_catalog.set_config("
	       "'synpunkt.reply_files', ($7::jsonb)::text, true) AS text) f"
	       " CROSS JOIN LATERAL synpunkt_desk.act_with_merged("
	       "CASE WHEN f.text <> '' THEN $1::text END,"
	       " $2::smallint, $3::bigint, $4::integer[], $5::jsonb, $6::jsonb) a",
	.n_params = 7,
};

static const struct db_query change_query = {
	.name = "desk_change",
	.sql = "SELECT a.outcome, a.version FROM synpunkt_desk.act_suggested($1::text,"
	       " $2::smallint, $3::bigint, $4::integer[], $5::jsonb, $6::jsonb) a",
	.n_params = 6,
};

static const struct db_query act_note_query = {
	.name = "desk_act_note",
	.sql = "SELECT a.outcome, a.version FROM synpunkt_desk.act_note($1::text,"
	       " $2::smallint, $3::bigint, $4::integer[], $5::jsonb, $6::jsonb) a",
	.n_params = 6,
};

static const struct db_query hand_off_query = {
	.name = "desk_act_hand_off",
	.sql = "SELECT a.outcome, a.version FROM synpunkt_desk.act_hand_off($1::text,"
	       " $2::smallint, $3::bigint, $4::integer[], $5::jsonb, $6::jsonb) a",
	.n_params = 6,
};

static const struct db_query reply_file_query = {
	.name = "desk_reply_file",
	.sql = "SELECT a.name, a.type, a.size, a.sha256, a.thumbnail_sha256"
	       " FROM synpunkt_desk.reply_file($1::text, $2::smallint, $3::bigint,"
	       " $4::smallint) a",
	.n_params = 4,
};

static const struct db_query merge_query = {
	.name = "desk_merge",
	.sql = "SELECT m.outcome, m.version FROM synpunkt_desk.merge($1::text,"
	       " $2::smallint, $3::bigint, $4::integer[], $5::jsonb, $6::jsonb) m",
	.n_params = 6,
};

static const struct db_query unmerge_query = {
	.name = "desk_unmerge",
	.sql = "SELECT m.outcome, m.version FROM synpunkt_desk.unmerge($1::text,"
	       " $2::smallint, $3::bigint, $4::integer[], $5::jsonb, $6::jsonb) m",
	.n_params = 6,
};

static const struct db_query attachment_query = {
	.name = "desk_attachment",
	.sql = "SELECT a.name, a.type, a.size, a.sha256, a.thumbnail_sha256"
	       " FROM synpunkt_desk.attachment($1::text, $2::smallint, $3::bigint,"
	       " $4::smallint, $5::boolean) a",
	.n_params = 5,
};

/* 50 copies of one picture are as many as are kept. */
static const struct db_query mask_begin_query = {
	.name = "desk_mask_begin",
	.sql = "SELECT m.outcome, coalesce(m.version, 0), m.type, m.sha256"
	       " FROM synpunkt_desk.mask_begin($1::text, $2::smallint, $3::bigint,"
	       " $4::integer[], $5::jsonb, $6::smallint, 50) m",
	.n_params = 6,
};

static const struct db_query mask_query = {
	.name = "desk_mask",
	.sql = "SELECT m.outcome, coalesce(m.version, 0)"
	       " FROM synpunkt_desk.mask($1::text, $2::smallint, $3::bigint,"
	       " $4::integer[], $5::jsonb, $6::smallint, 50, $7::jsonb -> 'areas',"
	       " $7::jsonb) m",
	.n_params = 7,
};

static const struct db_query colleagues_query = {
	.name = "desk_colleagues",
	.sql = "SELECT c.username, c.name, c.boards"
	       " FROM synpunkt_desk.colleagues($1::text) c",
	.n_params = 1,
};

/* DESK_CHANGES_MAX; a stream that has fallen behind asks again for the rest. */
static const struct db_query changes_query = {
	.name = "desk_changes",
	.sql = "SELECT c.id, c.number, c.version"
	       " FROM synpunkt_desk.changes($1::text, $2::bigint, 500) c",
	.n_params = 2,
};

static const char *bool_text(bool yes)
{
	return yes ? "true" : "false";
}

static const char *int_text(struct arena *arena, int64_t n)
{
	return arena_printf(arena, "%lld", (long long)n);
}

struct db_call *desk_store_list(struct db_pool *pool, struct arena *arena,
	const struct desk_filter *filter, db_done_fn *done, void *arg)
{
	if (filter->earlier)
		return db_run(pool, &earlier_list_query,
			(const char *[]){ filter->session->token_hash, filter->board,
				filter->after_key, filter->after_id,
				int_text(arena, (int64_t)filter->most) },
			done, arg);
	return db_run(pool, &list_query,
		(const char *[]){ filter->session->token_hash, filter->board,
			filter->statuses, filter->category, filter->type,
			filter->district, filter->handler, bool_text(filter->overdue),
			filter->q, bool_text(filter->by_received), filter->after_key,
			filter->after_id, int_text(arena, (int64_t)filter->most),
			filter->attention, int_text(arena, filter->near_days) },
		done, arg);
}

struct db_call *desk_store_summary(struct db_pool *pool, struct arena *arena,
	const struct desk_filter *filter, db_done_fn *done, void *arg)
{
	return db_run(pool, &summary_query,
		(const char *[]){ filter->session->token_hash,
			int_text(arena, filter->near_days),
			int_text(arena, filter->quarantine_days) },
		done, arg);
}

struct db_call *desk_store_read(struct db_pool *pool, struct arena *arena,
	const struct desk_case *about, db_done_fn *done, void *arg)
{
	return db_run(pool, &read_query,
		(const char *[]){ about->session->token_hash,
			int_text(arena, about->number.year),
			int_text(arena, about->number.serial) },
		done, arg);
}

struct db_call *desk_store_read_earlier(struct db_pool *pool, struct arena *arena,
	const struct desk_case *about, db_done_fn *done, void *arg)
{
	return db_run(pool, &earlier_query,
		(const char *[]){ about->session->token_hash,
			int_text(arena, about->number.year),
			int_text(arena, about->number.serial) },
		done, arg);
}

struct db_call *desk_store_act(struct db_pool *pool, struct arena *arena,
	const struct desk_act *act, db_done_fn *done, void *arg)
{
	const struct db_query *query = act->files ? &act_with_files_query : &act_query;

	if (act->action == CASE_NOTE)
		query = &act_note_query;
	else if (act->action == CASE_CHANGE)
		query = &change_query;
	else if (act->action == CASE_HAND_OFF)
		query = &hand_off_query;
	else if (act->action == CASE_MERGE)
		query = &merge_query;
	else if (act->action == CASE_UNMERGE)
		query = &unmerge_query;
	/* The last one is not looked at without files. */
	return db_run(pool, query,
		(const char *[]){ act->about.session->token_hash,
			int_text(arena, act->about.number.year),
			int_text(arena, act->about.number.serial), act->versions,
			json_text(arena, access_rule(act->action)), act->change,
			act->files },
		done, arg);
}

struct db_call *desk_store_attachment(struct db_pool *pool, struct arena *arena,
	const struct desk_case *about, db_done_fn *done, void *arg)
{
	return db_run(pool, about->of_reply ? &reply_file_query : &attachment_query,
		(const char *[]){ about->session->token_hash,
			int_text(arena, about->number.year),
			int_text(arena, about->number.serial), about->attachment,
			bool_text(about->masked) },
		done, arg);
}

struct db_call *desk_store_mask_begin(struct db_pool *pool, struct arena *arena,
	const struct desk_act *act, db_done_fn *done, void *arg)
{
	return db_run(pool, &mask_begin_query,
		(const char *[]){ act->about.session->token_hash,
			int_text(arena, act->about.number.year),
			int_text(arena, act->about.number.serial), act->versions,
			json_text(arena, access_rule(act->action)),
			act->about.attachment },
		done, arg);
}

struct db_call *desk_store_mask(struct db_pool *pool, struct arena *arena,
	const struct desk_act *act, db_done_fn *done, void *arg)
{
	return db_run(pool, &mask_query,
		(const char *[]){ act->about.session->token_hash,
			int_text(arena, act->about.number.year),
			int_text(arena, act->about.number.serial), act->versions,
			json_text(arena, access_rule(act->action)),
			act->about.attachment, act->change },
		done, arg);
}

struct db_call *desk_store_colleagues(struct db_pool *pool,
	const struct session *session, db_done_fn *done, void *arg)
{
	return db_run(pool, &colleagues_query, (const char *[]){ session->token_hash },
		done, arg);
}

struct db_call *desk_store_changes(struct db_pool *pool, const char *token_hash,
	const char *after, db_done_fn *done, void *arg)
{
	return db_run(
		pool, &changes_query, (const char *[]){ token_hash, after }, done, arg);
}
