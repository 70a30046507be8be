-- Colleagues who are mentioned in a note: chosen by whoever writes it, kept as who they are
-- and never read out of its words. They are told at the desk and in the daily letter until
-- they have opened the case. A mention is a nudge and no document: it is in no register, and
-- goes when the case is disposed of.

CREATE TABLE synpunkt.case_mention (
	case_id bigint NOT NULL,
	seq integer NOT NULL,         -- of the note's event
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	opened_at timestamptz,        -- when they had the case before them
	PRIMARY KEY (case_id, seq, user_id),
	FOREIGN KEY (case_id, seq) REFERENCES synpunkt.case_event
);
CREATE INDEX case_mention_waiting ON synpunkt.case_mention (user_id) WHERE opened_at IS NULL;
ALTER TABLE synpunkt.case_mention OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.case_mention ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.case_mention FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON synpunkt.case_mention TO synpunkt_act;
CREATE POLICY act ON synpunkt.case_mention TO synpunkt_act USING (true) WITH CHECK (true);
-- Seen with the note: by those who read the case, where the note is not withheld.
GRANT SELECT, UPDATE (opened_at) ON synpunkt.case_mention TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.case_mention TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case_readable c WHERE c.id = case_mention.case_id
		AND NOT synpunkt.is_withheld(c.withheld, 'note', case_mention.seq)));
GRANT SELECT ON synpunkt.case_mention TO synpunkt_digest;
CREATE POLICY digest ON synpunkt.case_mention FOR SELECT TO synpunkt_digest USING (true);
GRANT SELECT (case_id), DELETE ON synpunkt.case_mention TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.case_mention TO synpunkt_dispose USING (true);

CREATE FUNCTION synpunkt_dispose.on_mentions()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.case_mention m WHERE m.case_id = NEW.id;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_dispose.on_mentions FROM PUBLIC;
ALTER FUNCTION synpunkt_dispose.on_mentions OWNER TO synpunkt_dispose;
CREATE TRIGGER mentions AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (NEW.disposed_on IS NOT NULL AND OLD.disposed_on IS NULL)
	EXECUTE FUNCTION synpunkt_dispose.on_mentions();

-- ---- who may be mentioned ----

-- Does somebody read a case: what may_read() says of the session, of anybody.
CREATE FUNCTION synpunkt_desk.user_reads(in_user bigint, serial bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH role AS MATERIALIZED (
		SELECT r.holder, concat_ws('/', r.board, r.unit) AS key,
			synpunkt.role_reads(r.role) AS class
		FROM synpunkt.roles_of(in_user, synpunkt.today()) r
	)
	SELECT EXISTS (
		SELECT
		FROM synpunkt.case c
		CROSS JOIN LATERAL (SELECT ARRAY[c.board, c.board || '/' || c.unit] AS places) p
		WHERE c.id = serial
		  AND p.places && ARRAY(SELECT r.key FROM role r WHERE r.class >= 1)
		  AND synpunkt.reads(c.sensitivity, p.places, c.protected_by, c.handler,
			ARRAY(SELECT r.key FROM role r WHERE r.class >= 3),
			ARRAY(SELECT r.key FROM role r WHERE r.class >= 4),
			in_user, ARRAY(SELECT r.holder FROM role r) || in_user,
			EXISTS (SELECT FROM synpunkt.case_access a
				WHERE a.case_id = c.id AND a.user_id = in_user)))
$$;

-- Of the session's colleagues at the board that holds the case, those who read it.
CREATE FUNCTION synpunkt_desk.mentionable_of(session text, serial bigint)
RETURNS TABLE (id bigint, username text, name text)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT u.id, u.username, u.name
	FROM synpunkt.case c
	JOIN synpunkt_desk.colleagues(session) k ON k.boards ? c.board
	JOIN synpunkt.staff_user u ON u.username = k.username AND u.disabled_at IS NULL
	WHERE c.id = serial AND u.id <> synpunkt.user_of(session)
	  AND synpunkt_desk.user_reads(u.id, serial)
$$;

-- The same for the desk, [{user, name}]. NULL: no case of the session's to read.
CREATE FUNCTION synpunkt_desk.mentionable(session text, in_year smallint, serial bigint)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt.may_read(serial) OR NOT EXISTS (SELECT FROM synpunkt.case c
		WHERE c.id = serial AND c.year = in_year) THEN
		RETURN NULL;
	END IF;
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('user', m.username, 'name', m.name)
			ORDER BY m.name, m.username), '[]')::text
		FROM synpunkt_desk.mentionable_of(session, serial) m);
END
$$;

-- act() for a note, whose change may have mentions: user names of colleagues. Besides its
-- outcomes:
--   mentions   one of them may not read the case, or is nobody
-- Said before the note is written, and only to who may read the case, so that nobody learns
-- of it who reads what.
CREATE FUNCTION synpunkt_desk.act_note(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, change jsonb)
RETURNS TABLE (outcome text, version integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	named bigint[] := '{}';
	is_wrong boolean := false;
	done record;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF change ? 'mentions' AND synpunkt.may_read(serial) THEN
		SELECT coalesce(array_agg(DISTINCT m.id), '{}'), bool_or(m.id IS NULL)
		INTO named, is_wrong
		FROM jsonb_array_elements_text(change -> 'mentions') AS t (username)
		LEFT JOIN synpunkt_desk.mentionable_of(session, serial) m ON m.username = t.username;
	END IF;
	IF is_wrong THEN
		RETURN QUERY SELECT 'mentions', 0;
		RETURN;
	END IF;
	SELECT a.outcome, a.version INTO done
	FROM synpunkt_desk.act(session, in_year, serial, known, rule, change) a;
	IF done.outcome = 'done' THEN
		-- Its case is locked since: the last note is the one that was just written.
		INSERT INTO synpunkt.case_mention (case_id, seq, user_id)
		SELECT serial, (SELECT max(e.seq) FROM synpunkt.case_event e
			WHERE e.case_id = serial AND e.what = 'note'), n.user_id
		FROM unnest(named) AS n (user_id);
	END IF;
	RETURN QUERY SELECT done.outcome, done.version;
END
$$;

-- ---- who is told ----

-- Whom the notes of a case mention; whose session it is has it before them with that.
CREATE FUNCTION synpunkt_desk.mentions_shown(serial bigint)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.case_mention m
	SET opened_at = now()
	WHERE m.case_id = serial AND m.user_id = synpunkt.my_user() AND m.opened_at IS NULL;
	RETURN jsonb_build_object('mentions', (
		SELECT coalesce(jsonb_agg(jsonb_build_object('document', 'note-' || m.seq,
			'user', u.username, 'name', u.name) ORDER BY m.seq, u.name, u.username), '[]')
		FROM synpunkt.case_mention m
		JOIN synpunkt.staff_user u ON u.id = m.user_id
		WHERE m.case_id = serial));
END
$$;

-- {mentions: {n, items}}: cases in whose notes the session's user is mentioned and that they
-- read and have not opened since, the latest first.
CREATE FUNCTION synpunkt_desk.my_mentions(session text, most integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN (
	WITH mine AS MATERIALIZED (
		SELECT l.*, row_number() OVER (ORDER BY l.at DESC, l.case_id) AS place
		FROM (SELECT DISTINCT ON (m.case_id) m.case_id, c.year, e.at,
				substr(e.actor, 6)::bigint AS by_user
			FROM synpunkt.case_mention m
			JOIN synpunkt.case c ON c.id = m.case_id
			JOIN synpunkt.case_event e ON e.case_id = m.case_id AND e.seq = m.seq
			WHERE m.user_id = synpunkt.my_user() AND m.opened_at IS NULL
			ORDER BY m.case_id, m.seq DESC) l
	)
	SELECT jsonb_build_object('mentions', jsonb_build_object(
		'n', (SELECT count(*) FROM mine),
		'items', coalesce((SELECT jsonb_agg(jsonb_build_object(
			'number', m.year || '-' || m.case_id, 'byName', u.name,
			'at', synpunkt_desk.stamp(m.at)) ORDER BY m.place)
			FROM mine m JOIN synpunkt.staff_user u ON u.id = m.by_user
			WHERE m.place <= most), '[]'))));
END
$$;

-- ---- the daily letter ----

-- What 0061_follow_up.sql says waits; and where one is mentioned, without who wrote or what.
ALTER FUNCTION synpunkt_desk.digest_body RENAME TO digest_waiting;
CREATE FUNCTION synpunkt_desk.digest_body(in_user bigint, today date, near_days integer,
	most integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	told jsonb := synpunkt_desk.digest_waiting(in_user, today, near_days, most);
	mentioned jsonb;
BEGIN
	-- From the few mentions to their cases, not through all cases for each colleague.
	WITH said AS MATERIALIZED (
		SELECT m.case_id, array_agg(m.seq) AS seqs
		FROM synpunkt.case_mention m
		WHERE m.user_id = in_user AND m.opened_at IS NULL
		GROUP BY m.case_id
	), near AS MATERIALIZED (
		SELECT c.id, c.year, c.answer_by, c.sensitivity, c.category
		FROM said s
		JOIN synpunkt.case c ON c.id = s.case_id
		WHERE EXISTS (SELECT FROM unnest(s.seqs) q
			WHERE NOT synpunkt.is_withheld(c.withheld, 'note', q))
	), mine AS MATERIALIZED (
		SELECT c.id, c.year, c.answer_by, c.sensitivity, c.category,
			row_number() OVER (ORDER BY c.answer_by, c.id) AS place
		FROM near c
		WHERE synpunkt_desk.user_reads(in_user, c.id)
	)
	SELECT jsonb_build_object('n', count(*),
		'items', jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
			'number', m.year || '-' || m.id,
			'category', CASE WHEN m.sensitivity < 3 THEN k.name END,
			'answerBy', CASE WHEN m.sensitivity < 3
				THEN to_char(m.answer_by, 'YYYY-MM-DD') END))
			ORDER BY m.place) FILTER (WHERE m.place <= most))
	INTO mentioned
	FROM mine m
	LEFT JOIN synpunkt.category k ON k.code = m.category
	HAVING count(*) > 0;
	RETURN CASE WHEN mentioned IS NULL THEN told
		ELSE coalesce(told, '{}') || jsonb_build_object('mine',
			coalesce(told -> 'mine', '{}') || jsonb_build_object('mentioned', mentioned)) END;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.digest_body FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.digest_body OWNER TO synpunkt_digest;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('user_reads', 'synpunkt_act'), ('mentionable_of', 'synpunkt_act'),
		('mentionable', 'synpunkt_act'), ('act_note', 'synpunkt_act'),
		('mentions_shown', 'synpunkt_owner'), ('my_mentions', 'synpunkt_owner'))
		AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.mentionable, synpunkt_desk.act_note,
	synpunkt_desk.mentions_shown, synpunkt_desk.my_mentions TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.colleagues TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt_desk.user_reads TO synpunkt_digest;
GRANT EXECUTE ON FUNCTION synpunkt.is_withheld TO synpunkt_digest;
GRANT SELECT (withheld) ON synpunkt.case TO synpunkt_digest;
