-- What a month tells besides what its cells do: improvement actions, praise that is shared,
-- and cases that were handed to lex Sarah, lex Maria or the police.
--
-- Part 'hand-off', item '', by whom it went to: cases of the month, as numbers only.
--
-- An action is told as it was when the month ended, by the versions that are kept of it: the
-- figures stand when it is changed later. Part 'improvement', item '':
--
--   new ongoing planned overdue done
--                  actions: new and done are of the month, the others of its end; overdue ones
--                  are among ongoing and planned
--   ended judged   done in two years, and those of them whose effect has been counted
--   linked         cases that were linked to an action in the month
--   led decided    complaints closed in the month that are linked to an action which has
--                  begun, or only to ones that are decided and have not
--
-- Beside the figures, what was changed in the words that residents were told: those are staff's
-- and everybody's to read, and are frozen with the month. A praise that is shared is somebody's
-- own and can be taken back: examples are read when a pack is, and never frozen.

-- ---- hand-offs ----

-- One a registration. To whom a case was handed is an event of its own kind, "handed-police";
-- this is what is counted.
CREATE TABLE synpunkt.case_hand_off (
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	seq integer NOT NULL,
	board text NOT NULL,
	on_day date NOT NULL DEFAULT synpunkt.today(),
	to_whom text NOT NULL CHECK (to_whom IN ('lex-sarah', 'lex-maria', 'police',
		'other-authority')),
	PRIMARY KEY (case_id, seq)
);
CREATE INDEX case_hand_off_day ON synpunkt.case_hand_off (on_day, board);
ALTER TABLE synpunkt.case_hand_off OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.case_hand_off ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.case_hand_off FORCE ROW LEVEL SECURITY;
GRANT INSERT ON synpunkt.case_hand_off TO synpunkt_act;
CREATE POLICY act ON synpunkt.case_hand_off FOR INSERT TO synpunkt_act WITH CHECK (true);
GRANT SELECT ON synpunkt.case_hand_off TO synpunkt_count;
CREATE POLICY count ON synpunkt.case_hand_off FOR SELECT TO synpunkt_count USING (true);

-- That a case went there is not told to its complainant by us: it may be about them.
ALTER FUNCTION synpunkt_follow.internal RENAME TO internal_but_hand_offs;
CREATE FUNCTION synpunkt_follow.internal()
RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_follow.internal_but_hand_offs() || '{handed-lex-sarah,handed-lex-maria,
		handed-police,handed-other-authority}'::text[]
$$;
REVOKE ALL ON FUNCTION synpunkt_follow.internal FROM PUBLIC;
ALTER FUNCTION synpunkt_follow.internal OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.internal TO synpunkt_person;

-- As act(), with change {to, text}.
CREATE FUNCTION synpunkt_desk.act_hand_off(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, change jsonb)
RETURNS TABLE (outcome text, version integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	kind CONSTANT text := (rule ->> 'what') || '-' || (change ->> 'to');
	done record;
BEGIN
	SELECT a.outcome, a.version INTO done
	FROM synpunkt_desk.act(session, in_year, serial, known,
		rule || jsonb_build_object('what', kind), change) a;
	IF done.outcome = 'done' THEN
		-- Its case is locked since: the last one is what was just written.
		INSERT INTO synpunkt.case_hand_off (case_id, seq, board, to_whom)
		SELECT e.case_id, e.seq, e.board, change ->> 'to'
		FROM synpunkt.case_event e
		WHERE e.case_id = serial AND e.what = kind
		ORDER BY e.seq DESC
		LIMIT 1;
	END IF;
	RETURN QUERY SELECT done.outcome, done.version;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.act_hand_off FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.act_hand_off OWNER TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt_desk.act_hand_off TO synpunkt_desk;

-- ---- figures ----

-- The policies of the others are in 0080_report.sql.
GRANT SELECT ON synpunkt.improvement, synpunkt.improvement_change, synpunkt.improvement_case
	TO synpunkt_count;
CREATE POLICY count ON synpunkt.improvement_change FOR SELECT TO synpunkt_count USING (true);

-- Local midnight when a month begins.
CREATE FUNCTION synpunkt_statistics.month_start(month date)
RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT month::timestamp AT TIME ZONE 'Europe/Stockholm'
$$;

-- The board's actions as they were when a month ended, or are; those of the city for ''.
CREATE FUNCTION synpunkt_statistics.improvements_at(in_board text, in_month date)
RETURNS TABLE (id bigint, state text, ends_on date, done_on date, with_subjects boolean,
	is_new boolean, done_now boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT DISTINCT ON (c.improvement_id) c.improvement_id, c.state ->> 'state',
		(c.state ->> 'ends_on')::date, (c.state ->> 'done_on')::date,
		jsonb_array_length(c.state -> 'categories') > 0,
		first.at >= synpunkt_statistics.month_start(in_month),
		c.state ->> 'state' = 'done' AND NOT EXISTS (SELECT
			FROM synpunkt.improvement_change d
			WHERE d.improvement_id = i.id AND d.state ->> 'state' = 'done'
			  AND d.at < synpunkt_statistics.month_start(in_month))
	FROM synpunkt.improvement i
	JOIN synpunkt.improvement_change c ON c.improvement_id = i.id
	JOIN synpunkt.improvement_change first ON first.improvement_id = i.id AND first.version = 1
	WHERE in_board IN (i.board, '')
	  AND c.at < synpunkt_statistics.month_start((in_month + interval '1 month')::date)
	ORDER BY c.improvement_id, c.version DESC
$$;

-- The cases that were linked when a month ended, and in it.
CREATE FUNCTION synpunkt_statistics.improvement_links(in_month date)
RETURNS TABLE (improvement_id bigint, case_id bigint, linked_now boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT l.improvement_id, l.case_id,
		coalesce(l.at >= synpunkt_statistics.month_start(in_month), false)
	FROM (
		SELECT k.improvement_id, k.case_id, (SELECT max(e.at)
			FROM synpunkt.case_event e
			WHERE e.case_id = k.case_id AND e.what = 'improvement-linked'
			  AND (e.codes ->> 'improvement')::bigint = k.improvement_id) AS at
		FROM synpunkt.improvement_case k
	) l
	WHERE l.at IS NULL
	   OR l.at < synpunkt_statistics.month_start((in_month + interval '1 month')::date)
$$;

-- Complaints closed in the month, as the cells count them (facts()), that led to something:
-- whether to an action that has begun, whoever's it is.
CREATE FUNCTION synpunkt_statistics.improvement_led(in_board text, in_month date)
RETURNS TABLE (begun boolean, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH linked AS MATERIALIZED (
		SELECT l.case_id, bool_or(a.state IN ('ongoing', 'done')) AS begun,
			(SELECT max(e.seq) FROM synpunkt.case_event e WHERE e.case_id = l.case_id) AS upto
		FROM synpunkt_statistics.improvement_links(in_month) l
		JOIN synpunkt_statistics.improvements_at('', in_month) a ON a.id = l.improvement_id
		WHERE a.state <> 'dropped' AND EXISTS (SELECT FROM synpunkt.case_event e
			WHERE e.case_id = l.case_id AND e.what = 'closed'
			  AND e.at >= synpunkt_statistics.month_start(in_month))
		GROUP BY l.case_id
	)
	SELECT l.begun, count(*)
	FROM (SELECT array_agg(k.case_id) AS ids, array_agg(k.upto) AS uptos,
			array_agg(1) AS signs FROM linked k) g
	CROSS JOIN LATERAL synpunkt_statistics.facts(g.ids, g.uptos, g.signs) f
	JOIN linked l ON l.case_id = f.case_id
	WHERE g.ids IS NOT NULL AND f.measure = 'closed' AND f.type = 'complaint'
	  AND f.month = in_month AND f.board = in_board
	GROUP BY l.begun
$$;

-- An effect takes three whole months after (server/effect.h).
CREATE FUNCTION synpunkt_statistics.more_counted(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH action AS MATERIALIZED (
		SELECT a.*, a.state = 'done' AND a.done_on >= in_month - interval '23 months' AS ended
		FROM synpunkt_statistics.improvements_at(in_board, in_month) a
	)
	SELECT 'improvement', '', v.col, v.n
	FROM (
		SELECT count(*) FILTER (WHERE a.is_new) AS new,
			count(*) FILTER (WHERE a.state = 'ongoing') AS ongoing,
			count(*) FILTER (WHERE a.state = 'planned') AS planned,
			count(*) FILTER (WHERE a.state IN ('ongoing', 'planned') AND a.ends_on
				< least((in_month + interval '1 month')::date, synpunkt.today())) AS overdue,
			count(*) FILTER (WHERE a.done_now) AS done,
			count(*) FILTER (WHERE a.ended) AS ended,
			count(*) FILTER (WHERE a.ended AND a.with_subjects AND
				date_trunc('month', a.done_on::timestamp) <= in_month - interval '3 months')
				AS judged
		FROM action a
	) s
	CROSS JOIN LATERAL (VALUES ('new', s.new), ('ongoing', s.ongoing),
		('planned', s.planned), ('overdue', s.overdue), ('done', s.done), ('ended', s.ended),
		('judged', s.judged)) AS v (col, n)
	UNION ALL
	SELECT 'improvement', '', 'linked', count(DISTINCT l.case_id)
	FROM synpunkt_statistics.improvement_links(in_month) l
	JOIN action a ON a.id = l.improvement_id
	WHERE l.linked_now
	UNION ALL
	SELECT 'improvement', '', CASE WHEN d.begun THEN 'led' ELSE 'decided' END, d.n
	FROM synpunkt_statistics.improvement_led(in_board, in_month) d
	UNION ALL
	SELECT 'hand-off', '', h.to_whom, count(DISTINCT h.case_id)
	FROM synpunkt.case_hand_off h
	WHERE in_board IN (h.board, '') AND h.on_day >= in_month
	  AND h.on_day < in_month + interval '1 month'
	GROUP BY h.to_whom
$$;

-- The same for whoever reads the board's figures, by a session or counting.
CREATE FUNCTION synpunkt_statistics.more_read(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT r.part, r.item, r.col, r.n
	FROM synpunkt_statistics.more_counted(in_board, in_month) r
	WHERE synpunkt_statistics.my_boards() && ARRAY[nullif(in_board, ''), '*']
$$;
CREATE FUNCTION synpunkt_statistics.more_rows(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	IF current_user = 'synpunkt_count' THEN
		RETURN QUERY SELECT * FROM synpunkt_statistics.more_counted(in_board, in_month);
	ELSE
		RETURN QUERY SELECT * FROM synpunkt_statistics.more_read(in_board, in_month);
	END IF;
END
$$;

ALTER FUNCTION synpunkt_statistics.month_rows(text, date) RENAME TO about_month_rows;
CREATE FUNCTION synpunkt_statistics.month_rows(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT r.part, r.item, r.col, r.n
	FROM synpunkt_statistics.about_month_rows(in_board, in_month) r
	UNION ALL
	SELECT i.part, i.item, i.col, i.n
	FROM synpunkt_statistics.more_rows(in_board, in_month) i
	WHERE i.n <> 0
$$;

-- ---- words ----

-- Of the actions done in the month, those that residents were told of, the latest last:
-- [{title, texts}].
CREATE FUNCTION synpunkt_statistics.improvement_words(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('title', w.title, 'texts', w.texts)
		ORDER BY w.done_on, w.id), '[]')
	FROM (
		SELECT i.id, i.title, i.texts, i.done_on
		FROM synpunkt_statistics.improvements_at(in_board, in_month) a
		JOIN synpunkt.improvement i ON i.id = a.id
		WHERE a.done_now AND (i.public OR EXISTS (SELECT FROM synpunkt.improvement_case l
			WHERE l.improvement_id = i.id AND l.told_seq IS NOT NULL))
		ORDER BY i.done_on DESC, i.id DESC
		LIMIT 20
	) w
$$;

ALTER FUNCTION synpunkt_statistics.pack_live(text, date) RENAME TO pack_figures;
CREATE FUNCTION synpunkt_statistics.pack_live(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_statistics.pack_figures(in_board, in_month) || jsonb_build_object('changed',
		synpunkt_statistics.improvement_words(in_board, in_month))
$$;

-- Praise that came in the month and is shared, as it may be read now, the latest first.
CREATE FUNCTION synpunkt_result.praise_of_month(in_board text, in_month date, most integer)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(p.words ORDER BY p.shared_on DESC, p.case_id DESC), '[]')
	FROM (
		SELECT s.*
		FROM synpunkt.praise_shared s
		JOIN synpunkt.case c ON c.id = s.case_id
		WHERE in_board IN (s.board, '') AND c.received_on >= in_month
		  AND c.received_on < in_month + interval '1 month'
		  AND EXISTS (SELECT FROM synpunkt_result.praise_tellable(ARRAY[s.case_id]))
		ORDER BY s.shared_on DESC, s.case_id DESC
		LIMIT most
	) p
$$;

ALTER FUNCTION synpunkt_statistics.pack(text, date, boolean) RENAME TO pack_kept;
CREATE FUNCTION synpunkt_statistics.pack(in_board text, in_month date, and_differs boolean)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_statistics.pack_kept(in_board, in_month, and_differs)
		|| jsonb_build_object('praise', synpunkt_result.praise_of_month(in_board, in_month, 3))
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('statistics', 'month_start', 'synpunkt_owner', ''),
		('statistics', 'improvements_at', 'synpunkt_count', ''),
		('statistics', 'improvement_links', 'synpunkt_count', ''),
		('statistics', 'improvement_led', 'synpunkt_count', ''),
		('statistics', 'more_counted', 'synpunkt_count', ''),
		('statistics', 'more_read', 'synpunkt_count', 'synpunkt_report'),
		('statistics', 'more_rows', 'synpunkt_owner', 'synpunkt_count, synpunkt_report'),
		('statistics', 'month_rows', 'synpunkt_owner', 'synpunkt_count, synpunkt_report'),
		('statistics', 'improvement_words', 'synpunkt_count', 'synpunkt_report'),
		('statistics', 'pack_live', 'synpunkt_owner', 'synpunkt_count, synpunkt_report'),
		('result', 'praise_of_month', 'synpunkt_publish', 'synpunkt_count, synpunkt_report'),
		('statistics', 'pack', 'synpunkt_owner', 'synpunkt_count, synpunkt_report'))
		AS v (schema, name, owner, callers) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_%s.%I FROM PUBLIC', row.schema, row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_%s.%I OWNER TO %I', row.schema, row.name,
			row.owner);
		IF row.callers <> '' THEN
			EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_%s.%I TO %s', row.schema,
				row.name, row.callers);
		END IF;
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.month_start TO synpunkt_count;
GRANT USAGE ON SCHEMA synpunkt_result TO synpunkt_count, synpunkt_report;
