-- Care: a reply that a manager approves before it goes, and who may not have a case.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_care') THEN
		CREATE ROLE synpunkt_care NOLOGIN;
	END IF;
END
$$;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_desk TO synpunkt_care;

-- ---- approval ----

-- Where a board wants it: a reply by anybody but a manager of the board waits for one.
CREATE TABLE synpunkt.approval_rule (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	board text NOT NULL,
	category text,                -- NULL: whatever it is about
	sensitivity smallint CHECK (sensitivity BETWEEN 1 AND 4), -- from this class; NULL: any
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	UNIQUE NULLS NOT DISTINCT (board, category, sensitivity, valid_from)
);
ALTER TABLE synpunkt.approval_rule OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.approval_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.approval_rule FORCE ROW LEVEL SECURITY;
CREATE POLICY import ON synpunkt.approval_rule TO synpunkt_owner USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.approval_rule TO synpunkt_act;
CREATE POLICY act ON synpunkt.approval_rule FOR SELECT TO synpunkt_act USING (true);

-- What waits is read again when it goes: exactly what was written.
CREATE POLICY act_draft ON synpunkt.case_content FOR SELECT TO synpunkt_act
	USING (kind = 'draft');
CREATE POLICY act_adds_draft ON synpunkt.case_content FOR INSERT TO synpunkt_act
	WITH CHECK (kind = 'draft');

CREATE FUNCTION synpunkt_desk.is_manager(in_user bigint, in_board text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.roles_of(in_user, synpunkt.today()) r
		WHERE r.board = in_board AND r.unit IS NULL AND r.role = 'manager')
$$;

CREATE FUNCTION synpunkt_desk.needs_approval(in_board text, in_category text,
	in_sensitivity smallint, me bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.approval_rule a
			WHERE a.board = in_board
			  AND (a.category IS NULL OR a.category = in_category)
			  AND (a.sensitivity IS NULL OR a.sensitivity <= in_sensitivity)
			  AND synpunkt.today() BETWEEN a.valid_from AND a.valid_to)
		AND NOT synpunkt_desk.is_manager(me, in_board)
$$;

-- The same for whoever the session is, so that the desk says so before one writes.
CREATE FUNCTION synpunkt_desk.reply_waits(in_board text, in_category text,
	in_sensitivity smallint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT m.me IS NOT NULL
		AND synpunkt_desk.needs_approval(in_board, in_category, in_sensitivity, m.me)
	FROM (SELECT synpunkt.my_user() AS me) m
$$;

-- The draft that waits, or waited last.
CREATE FUNCTION synpunkt_desk.draft_of(in_case bigint)
RETURNS TABLE (seq integer, at timestamptz, author bigint, closes text, body text)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT e.seq, e.at, substr(e.actor, 6)::bigint, e.codes ->> 'close', t.body
	FROM synpunkt.case_event e
	LEFT JOIN synpunkt.case_content t ON t.case_id = e.case_id AND t.seq = e.seq
		AND t.kind = 'draft'
	WHERE e.case_id = in_case AND e.what = 'approval-asked'
	ORDER BY e.seq DESC
	LIMIT 1
$$;

-- Names of those who can let it go: the board's managers and who stands in for them
-- today, but for whoever wrote it.
CREATE FUNCTION synpunkt_desk.approvers(in_board text, author bigint)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(DISTINCT u.name ORDER BY u.name), '[]')
	FROM synpunkt.staff_user u
	WHERE u.disabled_at IS NULL AND u.id <> author
	  AND in_board = ANY (synpunkt.my_boards())
	  AND synpunkt_desk.is_manager(u.id, in_board)
$$;

-- What the desk is told of a case that waits.
CREATE FUNCTION synpunkt_desk.approval_of(in_case bigint, in_board text)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('by', u.username, 'byName', u.name,
		'at', synpunkt_desk.stamp(d.at), 'text', d.body, 'close', d.closes,
		'approvers', synpunkt_desk.approvers(in_board, d.author))
	FROM synpunkt_desk.draft_of(in_case) d
	LEFT JOIN synpunkt.staff_user u ON u.id = d.author
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('is_manager', 'synpunkt_act'), ('needs_approval', 'synpunkt_act'), ('reply_waits', 'synpunkt_act'),
		('draft_of', 'synpunkt_owner'), ('approvers', 'synpunkt_gate'),
		('approval_of', 'synpunkt_owner')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT USAGE ON SCHEMA synpunkt_desk TO synpunkt_gate;
GRANT EXECUTE ON FUNCTION synpunkt_desk.is_manager TO synpunkt_gate;
GRANT EXECUTE ON FUNCTION synpunkt_desk.reply_waits, synpunkt_desk.approvers,
	synpunkt_desk.approval_of TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.draft_of TO synpunkt_desk, synpunkt_act;

-- ---- conflict of interest ----

-- A name as a pattern of whole words: small and capital letters alike, and with or
-- without accents, but å, ä and ö are letters of their own in Swedish; æ and ø count as
-- ä and ö. Also in the genitive: "Anna Eks".
CREATE FUNCTION synpunkt.name_pattern(word text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	WITH alike (letters) AS (VALUES ('aàáâãāăą'), ('äæ'), ('cçćč'), ('dďđ'), ('eèéêëēėęě'),
		('gğģ'), ('iìíîïīįı'), ('kķ'), ('lłļľ'), ('nñńňņ'), ('oòóôõōő'), ('öø'),
		('rřŕ'), ('sśšşș'), ('tťţț'), ('uùúûüūůűų'), ('yýÿ'), ('zźżž'))
	SELECT '(?i)(^|[^[:alnum:]])'
		|| string_agg(coalesce('[' || a.letters || ']', l.letter), '' ORDER BY l.n)
		|| 's?([^[:alnum:]]|$)'
	FROM regexp_split_to_table(lower(word COLLATE "und-x-icu"), '') WITH ORDINALITY
		AS l (letter, n)
	LEFT JOIN alike a ON strpos(a.letters, l.letter) > 0
$$;

-- Is somebody named: first name and surname, both as words, in any order and anywhere in
-- the text; or the whole e-mail address. Names between are not asked for. One name alone
-- is nobody's. The text is looked through a few times, whatever is in it.
CREATE FUNCTION synpunkt.names_person(body text, name text, email text)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	WITH given AS MATERIALIZED (
		SELECT normalize(body, NFC) COLLATE "und-x-icu" AS body,
			regexp_split_to_array(btrim(normalize(name, NFC)), '\s+') AS names
	), part AS (
		SELECT p.part
		FROM given g
		CROSS JOIN LATERAL unnest(ARRAY[g.names[1], g.names[cardinality(g.names)]]) AS n (name)
		CROSS JOIN LATERAL regexp_split_to_table(n.name COLLATE "und-x-icu",
			'[^[:alnum:]]+') AS p (part)
		WHERE cardinality(g.names) > 1 AND p.part <> ''
	)
	SELECT coalesce((SELECT bool_and(g.body ~ synpunkt.name_pattern(p.part))
			FROM given g CROSS JOIN part p), false)
		OR coalesce((SELECT email LIKE '_%@_%' AND g.body ~ ('(?i)(^|[^[:alnum:]._%+-])'
				|| regexp_replace(btrim(email) COLLATE "und-x-icu",
					'([^[:alnum:]@])', '\\\1', 'g') || '([^[:alnum:]_%+-]|$)')
			FROM given g), false)
$$;

-- Whom the case concerns among staff, as colleagues have said.
CREATE TABLE synpunkt.case_concern (
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	PRIMARY KEY (case_id, user_id)
);
ALTER TABLE synpunkt.case_concern OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.case_concern ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.case_concern FORCE ROW LEVEL SECURITY;
GRANT SELECT ON synpunkt.case_concern TO synpunkt_desk, synpunkt_care;
GRANT SELECT, INSERT, DELETE ON synpunkt.case_concern TO synpunkt_act;
CREATE POLICY desk ON synpunkt.case_concern FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_id));
CREATE POLICY act ON synpunkt.case_concern TO synpunkt_act USING (true) WITH CHECK (true);
CREATE POLICY care ON synpunkt.case_concern FOR SELECT TO synpunkt_care USING (true);

-- It reads what a complainant said, and answers no more than yes or no.
GRANT SELECT (case_id, seq, kind, body) ON synpunkt.case_content TO synpunkt_care;
GRANT SELECT (id, name, email) ON synpunkt.staff_user TO synpunkt_care;
CREATE POLICY care ON synpunkt.case_content FOR SELECT TO synpunkt_care
	USING (kind IN ('text', 'contact', 'message'));
CREATE POLICY care ON synpunkt.staff_user FOR SELECT TO synpunkt_care USING (true);

CREATE FUNCTION synpunkt_desk.conflict_of(in_case bigint, in_user bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.case_concern k
			WHERE k.case_id = in_case AND k.user_id = in_user)
		OR EXISTS (SELECT FROM synpunkt.case_content t
			JOIN synpunkt.staff_user u ON u.id = in_user
			WHERE t.case_id = in_case AND t.kind IN ('text', 'contact', 'message')
			  AND synpunkt.names_person(CASE t.kind WHEN 'contact' THEN concat_ws(' ',
				t.body::jsonb ->> 'name', t.body::jsonb ->> 'email')
				ELSE t.body END, u.name, u.email))
$$;

-- May the case be given to somebody? NULL, or why not: "conflict", and where a manager
-- says that it may: "forbidden" for who is none. In one's own matter nobody decides.
CREATE FUNCTION synpunkt_desk.assignment_refused(in_case bigint, in_board text, me bigint,
	target bigint, overrule boolean)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE
		WHEN overrule AND NOT synpunkt_desk.is_manager(me, in_board) THEN 'forbidden'
		WHEN overrule AND me <> target THEN NULL
		WHEN synpunkt_desk.conflict_of(in_case, target) THEN 'conflict' END
$$;

-- The part of act() that marks a colleague as concerned, or takes the mark away, which is
-- a manager's to do, and not whom it is about. NULL when it is done; else the outcome.
CREATE FUNCTION synpunkt_desk.mark_concern(c synpunkt.case, me bigint, target bigint,
	lift boolean)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	IF target IS NULL THEN
		RETURN 'user';
	ELSIF lift AND (me = target OR NOT synpunkt_desk.is_manager(me, c.board)) THEN
		RETURN 'forbidden';
	ELSIF lift THEN
		DELETE FROM synpunkt.case_concern k WHERE k.case_id = c.id AND k.user_id = target;
	ELSE
		INSERT INTO synpunkt.case_concern (case_id, user_id) VALUES (c.id, target)
		ON CONFLICT DO NOTHING;
	END IF;
	RETURN CASE WHEN NOT FOUND THEN 'unchanged' END;
END
$$;

CREATE FUNCTION synpunkt_desk.concerns_of(in_case bigint)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('user', u.username, 'name', u.name)
		ORDER BY u.name, u.username), '[]')
	FROM synpunkt.case_concern k
	JOIN synpunkt.staff_user u ON u.id = k.user_id
	WHERE k.case_id = in_case
$$;

-- Of an event's codes as the desk is shown them, what is of care: colleagues by name.
CREATE FUNCTION synpunkt_desk.care_codes(codes jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT codes - 'author'
		|| CASE WHEN codes ? 'concerned' THEN jsonb_build_object('concerned',
			(SELECT u.name FROM synpunkt.staff_user u
				WHERE u.id = (codes ->> 'concerned')::bigint))
			ELSE '{}'::jsonb END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('conflict_of', 'synpunkt_care'), ('assignment_refused', 'synpunkt_act'), ('mark_concern', 'synpunkt_act'),
		('concerns_of', 'synpunkt_owner'), ('care_codes', 'synpunkt_owner'))
		AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.conflict_of TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt_desk.concerns_of, synpunkt_desk.care_codes TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.care_codes TO synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt.names_person, synpunkt.name_pattern TO synpunkt_care;

-- ---- threats, and protected identity ----

-- Words that may be a threat: somebody reads, and decides.
CREATE TABLE synpunkt.threat_word (
	words text NOT NULL CHECK (words ~ '\S'),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	PRIMARY KEY (words, valid_from)
);
ALTER TABLE synpunkt.threat_word OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.threat_word ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.threat_word FORCE ROW LEVEL SECURITY;
CREATE POLICY import ON synpunkt.threat_word TO synpunkt_owner USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.threat_word TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.threat_word FOR SELECT TO synpunkt_desk USING (true);

-- Does a text hold the words, whole and after each other, in small or capital letters?
CREATE FUNCTION synpunkt.holds_words(body text, words text)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT normalize(body, NFC) ~ ('(?i)(^|[^[:alnum:]])' || regexp_replace(
		regexp_replace(btrim(normalize(words, NFC)) COLLATE "und-x-icu",
			'([^[:alnum:]\s])', '\\\1', 'g'), '\s+', '\\s+', 'g') || '([^[:alnum:]]|$)')
$$;

-- May it be a threat? Only asked until somebody has said that it is, or is not.
CREATE FUNCTION synpunkt_desk.threat_suggested(in_case bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT NOT EXISTS (SELECT FROM synpunkt.case_event e
			WHERE e.case_id = in_case AND e.what IN ('threat-set', 'threat-lifted'))
		AND EXISTS (SELECT FROM synpunkt.case_content t
			JOIN synpunkt.threat_word w ON synpunkt.holds_words(t.body, w.words)
				AND synpunkt.today() BETWEEN w.valid_from AND w.valid_to
			WHERE t.case_id = in_case AND t.kind IN ('text', 'message'))
$$;

-- Is one of the colleagues named in what is written to the complainant?
CREATE FUNCTION synpunkt_desk.signs(body text, users bigint[])
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.staff_user u
		WHERE u.id = ANY (users) AND synpunkt.names_person(body, u.name, u.email))
$$;

-- The part of act() that sets or lifts a flag; NULL, or why not. Who is protected is
-- read about by few, and the protection is lifted by whoever said so, or by a manager.
CREATE FUNCTION synpunkt_desk.flag(INOUT c synpunkt.case, action text, me bigint, lift boolean,
	OUT refused text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	IF action = 'flag-threat' THEN
		refused := CASE WHEN c.threat <> lift THEN 'unchanged' END;
		c.threat := NOT lift;
	ELSIF (c.protected_by IS NULL) = lift THEN
		refused := 'unchanged';
	ELSIF NOT lift THEN
		c.protected_by := me;
		c.sensitivity := 4;
	ELSIF c.protected_by <> me AND NOT synpunkt_desk.is_manager(me, c.board) THEN
		refused := 'forbidden';
	ELSE
		c.protected_by := NULL;
	END IF;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('threat_suggested', 'synpunkt_owner'), ('signs', 'synpunkt_act'),
		('flag', 'synpunkt_act')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.threat_suggested, synpunkt.holds_words TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt.names_person, synpunkt.name_pattern TO synpunkt_act;
GRANT SELECT (email) ON synpunkt.staff_user TO synpunkt_act;
