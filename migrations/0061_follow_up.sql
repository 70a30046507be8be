-- Following up: a case to look at again on a day, and cases that are late enough for somebody
-- else to hear of. Both are told at the desk and in the daily letter.
--
-- A follow-up is a colleague's note to the case's handlers, not a document: it is in no
-- register, and goes when the case is disposed of. What is escalated is not written down
-- but found: by the rule of today, how many working days late the answer is, and who leads.

CREATE TABLE synpunkt.case_follow_up (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	board text NOT NULL,          -- whose it is: a case passed on does not take it along
	on_day date NOT NULL,
	words text NOT NULL CHECK (length(words) <= 500),
	set_by bigint NOT NULL REFERENCES synpunkt.staff_user,
	set_at timestamptz NOT NULL DEFAULT now(),
	done_by bigint REFERENCES synpunkt.staff_user,
	done_at timestamptz,
	CHECK ((done_by IS NULL) = (done_at IS NULL))
);
CREATE INDEX case_follow_up_case ON synpunkt.case_follow_up (case_id);
CREATE INDEX case_follow_up_due ON synpunkt.case_follow_up (on_day) WHERE done_at IS NULL;

-- From how many working days late the coordinator, and the manager, hear of a case. A row
-- of the board wins over one of all boards, among equals the one that began last. NULL: not.
CREATE TABLE synpunkt.escalation_rule (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	board text REFERENCES synpunkt.organisation,
	coordinator_days smallint CHECK (coordinator_days BETWEEN 1 AND 250),
	manager_days smallint CHECK (manager_days BETWEEN 1 AND 250),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to),
	CHECK (coordinator_days IS NOT NULL OR manager_days IS NOT NULL),
	UNIQUE NULLS NOT DISTINCT (board, valid_from)
);

ALTER TABLE synpunkt.case_follow_up OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.escalation_rule OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.case_follow_up ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.case_follow_up FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON synpunkt.case_follow_up TO synpunkt_desk;
GRANT UPDATE (done_by, done_at) ON synpunkt.case_follow_up TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.case_follow_up TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case_readable r JOIN synpunkt.case c ON c.id = r.id
		WHERE r.id = case_id AND c.board = case_follow_up.board));
CREATE TRIGGER beside BEFORE INSERT ON synpunkt.case_follow_up
	FOR EACH ROW EXECUTE FUNCTION synpunkt_desk.on_beside();
GRANT SELECT (case_id, board, on_day, set_by, done_at) ON synpunkt.case_follow_up TO synpunkt_digest;
CREATE POLICY digest ON synpunkt.case_follow_up FOR SELECT TO synpunkt_digest USING (true);
GRANT SELECT (case_id), DELETE ON synpunkt.case_follow_up TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.case_follow_up TO synpunkt_dispose USING (true);
GRANT SELECT ON synpunkt.escalation_rule TO synpunkt_settings;
GRANT INSERT, UPDATE, DELETE ON synpunkt.escalation_rule TO synpunkt_settings;

CREATE FUNCTION synpunkt_dispose.on_follow_ups()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.case_follow_up f WHERE f.case_id = NEW.id;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_dispose.on_follow_ups FROM PUBLIC;
ALTER FUNCTION synpunkt_dispose.on_follow_ups OWNER TO synpunkt_dispose;
CREATE TRIGGER follow_ups AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (NEW.disposed_on IS NOT NULL AND OLD.disposed_on IS NULL)
	EXECUTE FUNCTION synpunkt_dispose.on_follow_ups();

-- The rule is a setting like the others.
INSERT INTO synpunkt.setting_kind (code, relation, key, columns, sorted, board, removable)
VALUES ('escalations', 'escalation_rule', 'id',
	'{board,coordinator_days,manager_days,valid_from,valid_to}', 'id', 'board', false);
CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON synpunkt.escalation_rule
	FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_row('escalations', 'id');

-- ---- what is late enough ----

-- The last day for an answer that is n working days late on a day, or more.
CREATE FUNCTION synpunkt_desk.late_by(on_day date, n integer)
RETURNS date LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT max(d.day)
	FROM synpunkt.calendar_day d
	WHERE d.day <= on_day -- from there back, not from the calendar's end
	  AND d.ordinal <= (SELECT t.ordinal FROM synpunkt.calendar_day t WHERE t.day = on_day) - n
$$;

-- Of which boards somebody with these roles hears on a day, and of what was due up to when.
CREATE FUNCTION synpunkt_desk.escalated_from(in_user bigint, on_day date)
RETURNS TABLE (board text, unit text, due_by date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT r.board, r.unit, synpunkt_desk.late_by(on_day, min(n.days))
	FROM synpunkt.roles_of(in_user, on_day) r
	CROSS JOIN LATERAL (
		SELECT e.coordinator_days, e.manager_days
		FROM synpunkt.escalation_rule e
		WHERE (e.board = r.board OR e.board IS NULL)
		  AND on_day BETWEEN e.valid_from AND e.valid_to
		ORDER BY e.board NULLS LAST, e.valid_from DESC
		LIMIT 1) e
	CROSS JOIN LATERAL (SELECT CASE r.role WHEN 'coordinator' THEN e.coordinator_days
		WHEN 'manager' THEN e.manager_days END::integer AS days) n
	WHERE r.role IN ('coordinator', 'manager') AND n.days IS NOT NULL
	GROUP BY r.board, r.unit
$$;

-- The same for the session today.
CREATE FUNCTION synpunkt_desk.my_escalated()
RETURNS TABLE (board text, unit text, due_by date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT * FROM synpunkt_desk.escalated_from(synpunkt.my_user(), synpunkt.today())
$$;

-- ---- at the desk ----

CREATE FUNCTION synpunkt_desk.follow_up_json(f synpunkt.case_follow_up)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('id', f.id, 'on', f.on_day, 'text', f.words,
		'by', u.username, 'byName', u.name, 'setAt', synpunkt_desk.stamp(f.set_at))
	FROM synpunkt.staff_user u WHERE u.id = f.set_by
$$;

-- Those that are to come, the soonest first. NULL: no case of theirs to read.
CREATE FUNCTION synpunkt_desk.follow_ups(session text, in_year smallint, serial bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT EXISTS (SELECT FROM synpunkt.case c JOIN synpunkt.case_readable r ON r.id = c.id
		WHERE c.id = serial AND c.year = in_year) THEN
		RETURN NULL;
	END IF;
	RETURN (SELECT coalesce(jsonb_agg(synpunkt_desk.follow_up_json(f)
			ORDER BY f.on_day, f.id), '[]')
		FROM synpunkt.case_follow_up f
		WHERE f.case_id = serial AND f.done_at IS NULL);
END
$$;

-- Words: done, missing, past, full.
CREATE FUNCTION synpunkt_desk.follow_up_add(session text, in_year smallint, serial bigint,
	in_day date, in_words text, most integer)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT EXISTS (SELECT FROM synpunkt.case c JOIN synpunkt.case_readable r ON r.id = c.id
		WHERE c.id = serial AND c.year = in_year AND c.disposed_on IS NULL) THEN
		RETURN 'missing';
	ELSIF in_day <= synpunkt.today() OR in_day > synpunkt.today() + 730 THEN
		RETURN 'past';
	ELSIF (SELECT count(*) FROM synpunkt.case_follow_up f
		WHERE f.case_id = serial AND f.done_at IS NULL) >= most THEN
		RETURN 'full';
	END IF;
	INSERT INTO synpunkt.case_follow_up (case_id, board, on_day, words, set_by)
	SELECT c.id, c.board, in_day, in_words, synpunkt.my_user()
	FROM synpunkt.case c WHERE c.id = serial;
	RETURN 'done';
END
$$;

CREATE FUNCTION synpunkt_desk.follow_up_end(session text, in_year smallint, serial bigint,
	in_id bigint)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	UPDATE synpunkt.case_follow_up f
	SET done_by = synpunkt.my_user(), done_at = now()
	WHERE f.id = in_id AND f.case_id = serial AND f.done_at IS NULL
	  AND EXISTS (SELECT FROM synpunkt.case c WHERE c.id = serial AND c.year = in_year);
	RETURN CASE WHEN FOUND THEN 'done' ELSE 'missing' END;
END
$$;

-- {followUps: {n, items}, escalated: {n, items}}: what is to be followed up by today, of
-- cases that one handles or follow-ups that one set, and of what nobody handles; and what
-- is late enough for one's roles.
CREATE FUNCTION synpunkt_desk.for_today(session text, most integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	me bigint;
	today CONSTANT date := synpunkt.today();
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	me := synpunkt.my_user();
	RETURN (
	WITH due AS MATERIALIZED (
		SELECT f, c.year, c.id, row_number() OVER (ORDER BY f.on_day, f.id) AS place
		FROM synpunkt.case_follow_up f
		JOIN synpunkt.case c ON c.id = f.case_id
		WHERE f.done_at IS NULL AND f.on_day <= today
		  AND (f.set_by = me OR c.handler = ANY ((SELECT synpunkt.my_selves())::bigint[]) OR c.handler IS NULL)
	), late AS MATERIALIZED (
		SELECT l.*, row_number() OVER (ORDER BY l.answer_by, l.id) AS place
		FROM (SELECT DISTINCT c.year, c.id, c.answer_by, c.handler
		FROM synpunkt_desk.my_escalated() e
		JOIN synpunkt.case c ON c.board = e.board AND (e.unit IS NULL OR c.unit = e.unit)
		WHERE c.closed_at IS NULL AND c.answered_at IS NULL AND c.waiting_since IS NULL
		  AND c.answer_by <= e.due_by) l
	)
	SELECT jsonb_build_object(
		'followUps', jsonb_build_object('n', (SELECT count(*) FROM due),
			'items', coalesce((SELECT jsonb_agg(synpunkt_desk.follow_up_json(d.f)
				|| jsonb_build_object('number', d.year || '-' || d.id) ORDER BY d.place)
				FROM due d WHERE d.place <= most), '[]')),
		'escalated', jsonb_build_object('n', (SELECT count(*) FROM late),
			'items', coalesce((SELECT jsonb_agg(jsonb_build_object(
				'number', l.year || '-' || l.id, 'answerBy', l.answer_by,
				'daysLate', synpunkt.working_days_between(l.answer_by, today),
				'handlerName', (SELECT u.name FROM synpunkt.staff_user u
					WHERE u.id = l.handler)) ORDER BY l.place)
				FROM late l WHERE l.place <= most), '[]'))));
END
$$;

-- ---- the daily letter ----

-- As in 0012_watch.sql; and what is to be followed up, and what is late enough for one's
-- roles, managers' too.
CREATE OR REPLACE FUNCTION synpunkt_desk.digest_body(in_user bigint, today date,
	near_days integer, most integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
	WITH role AS MATERIALIZED (
		SELECT r.holder, r.board, r.unit, r.role <> 'case-handler' AS coordinates
		FROM synpunkt.roles_of(in_user, today) r
		WHERE r.role IN ('case-handler', 'coordinator', 'dispatcher')
	), near AS MATERIALIZED (
		SELECT synpunkt.working_day_after(today, near_days) AS day
	), waits AS (
		SELECT c.id, CASE WHEN c.answer_by < coalesce(c.waiting_since, today) THEN 'overdue'
			ELSE 'near-due' END AS code
		FROM role r
		JOIN synpunkt.case c ON c.board = r.board AND (r.unit IS NULL OR r.unit = c.unit)
		WHERE c.closed_at IS NULL AND c.answered_at IS NULL
		  AND c.answer_by <= (SELECT n.day FROM near n)
		  AND (c.answer_by < coalesce(c.waiting_since, today) OR c.waiting_since IS NULL)
		UNION ALL
		SELECT c.id, 'acknowledge'
		FROM role r
		JOIN synpunkt.case c ON c.board = r.board AND (r.unit IS NULL OR r.unit = c.unit)
		WHERE c.closed_at IS NULL AND c.acknowledged_at IS NULL AND c.wants_reply
		  AND c.acknowledge_by < today
		UNION
		SELECT c.id, 'mail-failed'
		FROM synpunkt.outbox o
		JOIN synpunkt.case c ON c.id = o.case_id
		JOIN role r ON r.board = c.board AND (r.unit IS NULL OR r.unit = c.unit)
		WHERE o.failed_at IS NOT NULL AND o.dismissed_at IS NULL
	), placed AS (
		SELECT w.code, CASE WHEN m.mine THEN 'mine' ELSE 'board' END AS scope,
			c.id, c.year, c.answer_by, c.sensitivity, k.name,
			row_number() OVER (PARTITION BY w.code, m.mine
				ORDER BY c.answer_by, c.id) AS place
		FROM waits w
		JOIN synpunkt.case c ON c.id = w.id
		CROSS JOIN LATERAL (SELECT coalesce(c.handler = in_user
			OR c.handler IN (SELECT h.holder FROM role h), false) AS mine) m
		LEFT JOIN synpunkt.category k ON k.code = c.category
		WHERE m.mine OR EXISTS (SELECT FROM role r WHERE r.coordinates
			AND r.board = c.board AND (r.unit IS NULL OR r.unit = c.unit))
		UNION ALL
		SELECT 'follow-up', 'mine', f.id, f.year, f.answer_by, f.sensitivity, k.name,
			row_number() OVER (ORDER BY f.day, f.id)
		FROM (
			SELECT c.id, c.year, c.answer_by, c.sensitivity, c.category, min(f.on_day) AS day
			FROM synpunkt.case_follow_up f
			-- Only while the case is where they were set, and where the person works.
			JOIN synpunkt.case c ON c.id = f.case_id AND c.board = f.board
			WHERE f.done_at IS NULL AND f.on_day <= today
			  AND (f.set_by = in_user OR c.handler = in_user)
			  AND EXISTS (SELECT FROM synpunkt.roles_of(in_user, today) r
				WHERE r.board = c.board AND (r.unit IS NULL OR r.unit = c.unit))
			GROUP BY c.id, c.year, c.answer_by, c.sensitivity, c.category) f
		LEFT JOIN synpunkt.category k ON k.code = f.category
		UNION ALL
		SELECT 'escalated', 'board', l.id, l.year, l.answer_by, l.sensitivity, k.name,
			row_number() OVER (ORDER BY l.answer_by, l.id)
		FROM (
			SELECT DISTINCT c.id, c.year, c.answer_by, c.sensitivity, c.category
			FROM synpunkt_desk.escalated_from(in_user, today) e
			JOIN synpunkt.case c ON c.board = e.board AND (e.unit IS NULL OR c.unit = e.unit)
			WHERE c.closed_at IS NULL AND c.answered_at IS NULL AND c.waiting_since IS NULL
			  AND c.answer_by <= e.due_by) l
		LEFT JOIN synpunkt.category k ON k.code = l.category
	), code AS (
		SELECT p.scope, p.code, jsonb_build_object('n', count(*),
			'items', jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
				'number', p.year || '-' || p.id,
				'category', CASE WHEN p.sensitivity < 3 THEN p.name END,
				'answerBy', CASE WHEN p.sensitivity < 3
					THEN to_char(p.answer_by, 'YYYY-MM-DD') END))
				ORDER BY p.place) FILTER (WHERE p.place <= most)) AS listed
		FROM placed p
		GROUP BY p.scope, p.code
	), scope AS (
		SELECT c.scope, jsonb_object_agg(c.code, c.listed) AS codes
		FROM code c
		GROUP BY c.scope
	)
	SELECT jsonb_object_agg(s.scope, s.codes)
	FROM scope s);
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['late_by', 'escalated_from', 'my_escalated', 'follow_up_json',
		'follow_ups', 'follow_up_add', 'follow_up_end', 'for_today'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_desk.%I TO synpunkt_desk', name);
	END LOOP;
END
$$;
-- They ask for somebody's roles, which the gate alone may; the desk asks for its own session's.
ALTER FUNCTION synpunkt_desk.escalated_from OWNER TO synpunkt_gate;
ALTER FUNCTION synpunkt_desk.my_escalated OWNER TO synpunkt_gate;
REVOKE EXECUTE ON FUNCTION synpunkt_desk.escalated_from FROM synpunkt_desk;
GRANT SELECT ON synpunkt.escalation_rule TO synpunkt_gate;
GRANT USAGE ON SCHEMA synpunkt_desk TO synpunkt_gate;
GRANT EXECUTE ON FUNCTION synpunkt_desk.late_by TO synpunkt_gate;
GRANT EXECUTE ON FUNCTION synpunkt_desk.escalated_from TO synpunkt_digest;
