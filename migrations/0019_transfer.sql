-- A transfer is a disclosure (8 kap. 1 § offentlighets- och sekretesslagen: every nämnd
-- is an authority of its own). The sender says which parts go along; the rest of what the
-- case holds by then is withheld from the receiver, stays with the sender's part, and is
-- there again if the case comes back. A board keeps its own part of what it passed on, and
-- the complainant can be asked first.

CREATE INDEX case_leg_earlier ON synpunkt.case_leg (board, ended_at, case_id)
	WHERE ended_seq IS NOT NULL;

-- The parts that a sender chooses among, and the kinds of content that they are.
CREATE FUNCTION synpunkt_desk.part_kinds()
RETURNS TABLE (part text, kind text) LANGUAGE sql IMMUTABLE AS $$
	VALUES ('text', 'text'), ('contact', 'contact'), ('place', 'place'),
		('contact', 'earlier-contact'), ('place', 'earlier-place'),
		('place', 'earlier-position'),
		('attachments', 'attachment'), ('messages', 'message'), ('messages', 'reply'),
		('notes', 'note'), ('notes', 'draft')
$$;

-- What goes along when the sender does not say. Category and type always do. Of a
-- sensitive case said not to be secret only the place does, which is a thing's; notes are
-- the sender's own.
CREATE FUNCTION synpunkt_desk.parts_to_send(action text, sensitivity smallint, ground text,
	chosen jsonb)
RETURNS text[] LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN CASE
		WHEN action = 'return'
			THEN '{text,contact,place,attachments,messages,notes}'::text[]
		WHEN chosen IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(chosen))
		WHEN sensitivity > 2 AND ground = 'no-secrecy' THEN '{place}'
		ELSE '{text,contact,place,attachments,messages}' END;
END
$$;

-- What a board is not to see of a case that event number seq gives it: what the sender
-- could not see either, and what was not sent; but not what it saw when it held the case.
CREATE FUNCTION synpunkt_desk.withheld_from(leg synpunkt.case_leg, to_board text,
	parts text[], seq integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	about record;
	before record;
	hidden int4multirange;
	result jsonb := '{}';
BEGIN
	FOR about IN SELECT k.part, k.kind FROM synpunkt_desk.part_kinds() k LOOP
		hidden := coalesce((leg.withheld ->> about.kind)::int4multirange, '{}');
		IF about.part <> ALL (parts) THEN
			hidden := hidden + int4multirange(int4range(1, seq));
		END IF;
		FOR before IN
			SELECT l.ended_seq, l.withheld
			FROM synpunkt.case_leg l
			WHERE l.case_id = leg.case_id AND l.board = to_board
			  AND l.ended_seq IS NOT NULL
		LOOP
			hidden := hidden - (int4multirange(int4range(1, before.ended_seq, '[]'))
				- coalesce((before.withheld ->> about.kind)::int4multirange, '{}'));
		END LOOP;
		IF about.kind IN ('text', 'contact', 'place', 'attachment') THEN
			hidden := hidden * int4multirange(int4range(1, 1, '[]')); -- they came first
		END IF;
		IF NOT isempty(hidden) THEN
			result := result || jsonb_build_object(about.kind, hidden::text);
		END IF;
	END LOOP;
	RETURN nullif(result, '{}');
END
$$;

-- The part of act() that ends a leg and opens the next one. Returns what is withheld.
CREATE FUNCTION synpunkt_desk.pass_on(leg synpunkt.case_leg, action text, to_board text,
	ground text, parts text[], actor text, at_seq integer)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	hidden jsonb := synpunkt_desk.withheld_from(leg, to_board, parts, at_seq);
BEGIN
	UPDATE synpunkt.case_leg l
	SET ended_at = now(), ended_seq = at_seq,
		state = CASE action WHEN 'transfer' THEN 'passed-on' ELSE 'returned' END
	WHERE l.case_id = leg.case_id AND l.seq = leg.seq;
	INSERT INTO synpunkt.case_leg (case_id, seq, board, opened_at, opened_on, state, ground,
		opened_by, sent, withheld)
	VALUES (leg.case_id, leg.seq + 1, to_board, now(), synpunkt.today(), 'offered', ground,
		actor, parts, hidden);
	-- Who was named to read it was named by the board that has passed it on.
	DELETE FROM synpunkt.case_access a WHERE a.case_id = leg.case_id;
	RETURN hidden;
END
$$;

-- The parts of which something is withheld from the board that holds the case.
CREATE FUNCTION synpunkt_desk.parts_withheld(withheld jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(DISTINCT k.part ORDER BY k.part), '[]')
		FROM synpunkt_desk.part_kinds() k
		WHERE withheld ? k.kind AND k.kind NOT LIKE 'earlier-%');
END
$$;

-- ---- earlier legs ----
--
-- A board that passed a case on keeps its own part, read only: its leg, what had happened
-- by then, and the content that it saw. Never by the policy on the cases, which would
-- cost the queue its index.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_past') THEN
		CREATE ROLE synpunkt_past NOLOGIN;
	END IF;
END
$$;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_desk, public TO synpunkt_past;
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['case', 'case_leg', 'case_event', 'case_content',
		'case_attachment'] LOOP
		EXECUTE format('GRANT SELECT ON synpunkt.%I TO synpunkt_past', name);
		EXECUTE format('CREATE POLICY past ON synpunkt.%I FOR SELECT TO synpunkt_past '
			'USING (true)', name);
	END LOOP;
END
$$;
GRANT SELECT (id, name) ON synpunkt.staff_user TO synpunkt_past;
CREATE POLICY past ON synpunkt.staff_user FOR SELECT TO synpunkt_past USING (true);
GRANT SELECT ON synpunkt.organisation, synpunkt.category, synpunkt.unit, synpunkt.area,
	synpunkt.calendar_day TO synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt.my_keys, synpunkt.my_selves, synpunkt.my_user, synpunkt.is_withheld,
	synpunkt.reads TO synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt.working_days_between TO synpunkt_past;

-- What the events up to one said last of a code.
CREATE FUNCTION synpunkt_desk.said(in_case bigint, until_seq integer, code text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT CASE WHEN jsonb_typeof(e.codes -> code) = 'object'
			THEN e.codes -> code ->> 'to' ELSE e.codes ->> code END
		FROM synpunkt.case_event e
		WHERE e.case_id = in_case AND e.seq <= until_seq AND e.codes ? code
		ORDER BY e.seq DESC
		LIMIT 1);
END
$$;

-- Of a board's part of a case: its last leg that was passed on, how the case stood then,
-- and whether the session reads what is in it, by the higher of the classes then and now.
CREATE TYPE synpunkt_desk.past AS (
	leg synpunkt.case_leg,
	next_board text,
	status text,
	category text,
	type text,
	class integer, -- the higher of the two
	restricted boolean
);

CREATE FUNCTION synpunkt_desk.past_of(c synpunkt.case, l synpunkt.case_leg)
RETURNS synpunkt_desk.past LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	p synpunkt_desk.past;
	class integer := greatest(c.sensitivity,
		synpunkt_desk.said(c.id, l.ended_seq, 'sensitivity')::integer);
	ended jsonb;
BEGIN
	p.leg := l;
	p.class := class;
	SELECT n.board INTO p.next_board
	FROM synpunkt.case_leg n
	WHERE n.case_id = c.id AND n.seq = l.seq + 1;
	SELECT e.codes INTO ended
	FROM synpunkt.case_event e
	WHERE e.case_id = c.id AND e.seq = l.ended_seq;
	p.status := coalesce(ended #>> '{status,from}',
		synpunkt_desk.said(c.id, l.ended_seq - 1, 'status'), 'received');
	p.category := synpunkt_desk.said(c.id, l.ended_seq, 'category');
	p.type := coalesce(synpunkt_desk.said(c.id, l.ended_seq, 'type'), c.type_given);
	p.restricted := NOT synpunkt.reads(class, ARRAY[l.board, l.board || '/' || c.unit],
		c.protected_by, (ended #>> '{handler,from}')::bigint, synpunkt.my_keys(3),
		synpunkt.my_keys(4), synpunkt.my_user(), synpunkt.my_selves(), false);
	RETURN p;
END
$$;

-- Of a case that the session does not see now: the last leg at one of its boards.
CREATE FUNCTION synpunkt_desk.past_find(in_year smallint, serial bigint)
RETURNS TABLE (c synpunkt.case, p synpunkt_desk.past)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	mine text[] := synpunkt.my_keys(1);
	l synpunkt.case_leg;
BEGIN
	SELECT k.* INTO c FROM synpunkt.case k WHERE k.id = serial AND k.year = in_year;
	SELECT g.* INTO l
	FROM synpunkt.case_leg g
	WHERE g.case_id = serial AND g.ended_seq IS NOT NULL
	  AND ARRAY[g.board, g.board || '/' || c.unit] && mine
	ORDER BY g.seq DESC
	LIMIT 1;
	IF l.case_id IS NULL OR c.id IS NULL
		OR ARRAY[c.board, c.board || '/' || c.unit] && mine THEN
		RETURN;
	END IF;
	p := synpunkt_desk.past_of(c, l);
	RETURN NEXT;
END
$$;

-- Did that board see the content of that kind that event seq brought, in any of its legs?
CREATE FUNCTION synpunkt_desk.past_saw(p synpunkt_desk.past, kind text, seq integer)
RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN NOT p.restricted AND EXISTS (
		SELECT
		FROM synpunkt.case_leg l
		WHERE l.case_id = (p.leg).case_id AND l.board = (p.leg).board
		  AND past_saw.seq <= l.ended_seq
		  AND NOT synpunkt.is_withheld(l.withheld, past_saw.kind, past_saw.seq));
END
$$;

-- The words of some kinds that the board saw, as read() gives them.
CREATE FUNCTION synpunkt_desk.past_words(p synpunkt_desk.past, kinds text[])
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_build_object('from',
			CASE m.kind WHEN 'message' THEN 'resident' ELSE 'city' END,
			'at', synpunkt_desk.stamp(e.at), 'kind', e.what, 'byName', u.name,
			'text', m.body) ORDER BY m.seq), '[]')
		FROM synpunkt.case_content m
		JOIN synpunkt.case_event e ON e.case_id = m.case_id AND e.seq = m.seq
		LEFT JOIN synpunkt.staff_user u ON u.id = CASE WHEN e.actor LIKE 'user:%'
			THEN substr(e.actor, 6)::bigint END
		WHERE m.case_id = (p.leg).case_id AND m.kind = ANY (kinds)
		  AND m.seq <= (p.leg).ended_seq AND synpunkt_desk.past_saw(p, m.kind, m.seq));
END
$$;

-- One thing that it saw and that came with the case.
CREATE FUNCTION synpunkt_desk.past_given(p synpunkt_desk.past, kind text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT t.body
		FROM synpunkt.case_content t
		WHERE t.case_id = (p.leg).case_id AND t.seq = 1 AND t.kind = past_given.kind
		  AND synpunkt_desk.past_saw(p, t.kind, 1));
END
$$;

-- Its events and legs: those of its own time, and where the case went.
CREATE FUNCTION synpunkt_desk.past_story(p synpunkt_desk.past)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN jsonb_build_object(
		'events', (SELECT coalesce(jsonb_agg(jsonb_build_object('seq', e.seq,
				'at', synpunkt_desk.stamp(e.at), 'what', e.what, 'actor',
				CASE WHEN e.actor LIKE 'user:%' THEN 'staff' ELSE e.actor END,
				'byName', u.name, 'board', e.board,
				'codes', synpunkt_desk.care_codes(synpunkt_desk.codes_shown(e.codes)))
				ORDER BY e.seq), '[]')
			FROM synpunkt.case_event e
			LEFT JOIN synpunkt.staff_user u ON u.id = CASE WHEN e.actor LIKE 'user:%'
				THEN substr(e.actor, 6)::bigint END
			WHERE e.case_id = (p.leg).case_id AND e.seq <= (p.leg).ended_seq),
		-- Of where it went only that it went there.
		'legs', (SELECT jsonb_agg(synpunkt_desk.leg_shown(l) || CASE
				WHEN l.seq <= (p.leg).seq THEN '{}'::jsonb
				ELSE '{"endedAt": null, "state": "offered", "workingDays": 0,
					"registrationNumber": null}' END ORDER BY l.seq)
			FROM synpunkt.case_leg l
			WHERE l.case_id = (p.leg).case_id AND l.seq <= (p.leg).seq + 1));
END
$$;

-- A leg as it is shown, with the working days that it took or has taken by now.
CREATE FUNCTION synpunkt_desk.leg_shown(l synpunkt.case_leg)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN jsonb_build_object('seq', l.seq, 'board', l.board,
		'boardName', coalesce((SELECT b.name FROM synpunkt.organisation b
			WHERE b.code = l.board), l.board),
		'openedAt', synpunkt_desk.stamp(l.opened_at),
		'endedAt', synpunkt_desk.stamp(l.ended_at), 'state', l.state,
		'ground', l.ground, 'registrationNumber', l.registration_number,
		'sent', to_jsonb(l.sent),
		'workingDays', coalesce(synpunkt.working_days_between(l.opened_on,
			coalesce(synpunkt.local_day(l.ended_at),
				synpunkt.today())), 0));
END
$$;

-- The part as read() gives a case, with part "earlier": as it was when it left. No row:
-- the session sees the case as it is now, or none of its boards ever held it.
CREATE FUNCTION synpunkt_desk.read_earlier(session text, in_year smallint, serial bigint)
RETURNS TABLE (version integer, whole text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	hit record;
	c synpunkt.case;
	p synpunkt_desk.past;
	body text;
	place text;
	district text;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT f.* INTO hit FROM synpunkt_desk.past_find(in_year, serial) f;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	c := hit.c;
	p := hit.p;
	body := synpunkt_desk.past_given(p, 'text');
	place := synpunkt_desk.past_given(p, 'place');
	district := CASE WHEN NOT p.restricted OR c.protected_by IS NULL THEN c.district END;
	version := (p.leg).ended_seq;
	whole := (jsonb_build_object('part', 'earlier',
		'number', c.year || '-' || c.id, 'type', p.type, 'category', p.category,
		'board', (p.leg).board, 'status', p.status, 'version', version,
		'receivedAt', synpunkt_desk.stamp(c.received_at),
		'receivedOn', to_char(c.received_on, 'YYYY-MM-DD'),
		'registeredAt', synpunkt_desk.stamp(c.registered_at),
		'acknowledgeBy', to_char(c.acknowledge_by, 'YYYY-MM-DD'),
		'answerBy', to_char(c.answer_by, 'YYYY-MM-DD'), 'overdue', false,
		'handler', NULL, 'handlerName', NULL, 'daysLeft', NULL, 'attention', '[]'::jsonb,
		'snippet', left(regexp_replace(left(CASE WHEN c.threat OR c.protected_by IS NOT NULL
			THEN '' ELSE coalesce(body, '') END, 400), '\s+', ' ', 'g'), 160),
		'restricted', p.restricted, 'readers', '[]'::jsonb, 'actions', '[]'::jsonb,
		'boardName', (SELECT o.name FROM synpunkt.organisation o
			WHERE o.code = (p.leg).board),
		'categoryName', (SELECT k.name FROM synpunkt.category k WHERE k.code = p.category),
		'typeGiven', c.type_given, 'categoryGiven', c.category_given,
		'channel', c.channel, 'sensitivity', c.sensitivity)
		|| jsonb_build_object(
		'unit', CASE WHEN NOT p.restricted THEN c.unit END,
		'unitName', CASE WHEN NOT p.restricted THEN (SELECT n.name FROM synpunkt.unit n
			WHERE n.code = c.unit) END,
		'district', district, 'districtName', (SELECT a.name FROM synpunkt.area a
			WHERE a.kind = 'district' AND a.code = district
			ORDER BY a.valid_from DESC LIMIT 1),
		'qualityDimension', synpunkt_desk.said(c.id, version, 'qualityDimension'),
		'language', c.language, 'onBehalfOf', c.on_behalf_of, 'wantsReply', c.wants_reply,
		'acknowledgedAt', NULL, 'answeredAt', NULL, 'closedAt', NULL,
		'closureReason', NULL, 'acknowledgeBecause', c.acknowledge_because,
		'answerBecause', '',
		'routing', jsonb_build_object('rule', c.rule, 'because', c.because),
		'text', body, 'contact', synpunkt_desk.past_given(p, 'contact')::jsonb,
		'place', CASE WHEN synpunkt_desk.past_saw(p, 'place', 1)
			AND (c.position IS NOT NULL OR place IS NOT NULL)
			THEN coalesce(place::jsonb, '{}') || jsonb_build_object(
				'lat', public.st_y(c.position), 'lon', public.st_x(c.position)) END,
		'attachments', (SELECT coalesce(jsonb_agg(jsonb_build_object('n', a.seq, 'name',
				a.name, 'type', a.type, 'size', a.size, 'state', a.state)
				ORDER BY a.seq), '[]')
			FROM synpunkt.case_attachment a
			WHERE a.case_id = c.id AND synpunkt_desk.past_saw(p, 'attachment', 1)),
		'messages', synpunkt_desk.past_words(p, '{message,reply}'),
		'notes', synpunkt_desk.past_words(p, '{note}'), 'mail', '[]'::jsonb,
		'marked', false, 'markings', '[]'::jsonb, 'concerns', '[]'::jsonb,
		'replyNeedsApproval', false, 'approval', NULL, 'holds', '[]'::jsonb, 'corrections', '[]'::jsonb,
		'disposedOn', to_char(c.disposed_on, 'YYYY-MM-DD'), 'fromChild', c.from_child,
		'threat', c.threat, 'protectedIdentity', c.protected_by IS NOT NULL,
		'threatSuggested', false,
		'withheld', synpunkt_desk.parts_withheld((p.leg).withheld))
		|| synpunkt_desk.past_story(p))::text;
	IF NOT p.restricted THEN
		PERFORM synpunkt_audit.note_earlier(c, (p.leg).board, p.class, 'case');
	END IF;
	RETURN NEXT;
END
$$;

-- Did a board of the session pass the case on? Then it is told so instead of nothing.
CREATE FUNCTION synpunkt_desk.has_passed_on(in_year smallint, serial bigint)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN EXISTS (SELECT FROM synpunkt_desk.past_find(in_year, serial));
END
$$;

-- An attachment of the board's part.
CREATE FUNCTION synpunkt_desk.attachment_earlier(in_year smallint, serial bigint,
	number smallint)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	hit record;
BEGIN
	SELECT f.* INTO hit FROM synpunkt_desk.past_find(in_year, serial) f;
	IF NOT FOUND OR NOT synpunkt_desk.past_saw(hit.p, 'attachment', 1) THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT a.name, a.type, a.size, a.sha256, a.thumbnail_sha256
	FROM synpunkt.case_attachment a
	WHERE a.case_id = serial AND a.seq = number AND a.state = 'stored';
	IF FOUND THEN
		PERFORM synpunkt_audit.note_earlier(hit.c, ((hit.p).leg).board, (hit.p).class,
			'attachment-' || number);
	END IF;
END
$$;

-- A page of what the session's boards have passed on, the latest first; the key is the
-- last row's time and id.
CREATE FUNCTION synpunkt_desk.list_earlier(session text, in_board text, after_at timestamptz,
	after_id bigint, most integer)
RETURNS TABLE (id bigint, year smallint, type text, category text, board text, status text,
	received_at timestamptz, acknowledge_by date, answer_by date, snippet text,
	version integer, ended_at timestamptz, next_board text, restricted boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	mine text[];
	boards text[];
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	mine := synpunkt.my_keys(1);
	boards := ARRAY(SELECT DISTINCT split_part(m, '/', 1) FROM unnest(mine) m
		WHERE in_board IS NULL OR split_part(m, '/', 1) = in_board);
	RETURN QUERY
	SELECT (f.c).id, (f.c).year, (f.p).type, (f.p).category, (f.leg).board, (f.p).status,
		(f.c).received_at, (f.c).acknowledge_by, (f.c).answer_by,
		left(regexp_replace(left(CASE WHEN (f.c).threat OR (f.c).protected_by IS NOT NULL
			THEN '' ELSE coalesce(synpunkt_desk.past_given(f.p, 'text'), '') END, 400),
			'\s+', ' ', 'g'), 160),
		(f.leg).ended_seq, (f.leg).ended_at, (f.p).next_board, (f.p).restricted
	FROM (
		SELECT g.leg, g.c, synpunkt_desk.past_of(g.c, g.leg) AS p
		FROM (
			SELECT l.*
			FROM unnest(boards) AS b (code)
			CROSS JOIN LATERAL (
				SELECT e AS leg, n AS c, e.ended_at, e.case_id
				FROM synpunkt.case_leg e
				JOIN synpunkt.case n ON n.id = e.case_id
				WHERE e.board = b.code AND e.ended_seq IS NOT NULL
				  AND ARRAY[e.board, e.board || '/' || n.unit] && mine
				  AND NOT ARRAY[n.board, n.board || '/' || n.unit] && mine
				  AND (after_id IS NULL
					OR (e.ended_at, e.case_id) < (after_at, after_id))
				  AND NOT EXISTS (SELECT FROM synpunkt.case_leg o
					WHERE o.case_id = e.case_id AND o.seq > e.seq
					  AND o.ended_seq IS NOT NULL AND o.board = ANY (boards))
				ORDER BY e.ended_at DESC, e.case_id DESC
				LIMIT most
			) l
			ORDER BY l.ended_at DESC, l.case_id DESC
			LIMIT most
		) g
		OFFSET 0 -- what stood in it is made out once a row
	) f
	ORDER BY (f.leg).ended_at DESC, (f.leg).case_id DESC;
END
$$;

-- ---- consent ----

-- The complainant says yes or no to the question that stands: whether the case may go to
-- a board. The answer is an event with the board in its codes, and sets a waiting case
-- going as other words do. "added"; "disposed"; "closed"; "late" when nothing is asked
-- (any more); no row as for add_message(). The same answer again is the second tap on the
-- button.
CREATE FUNCTION synpunkt_follow.answer_consent(serial bigint, in_year smallint,
	code_hash bytea, given boolean)
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	found_case record;
	asked record;
	last record;
	what text := CASE WHEN given THEN 'consent-given' ELSE 'consent-refused' END;
	codes jsonb;
BEGIN
	SELECT c.id, c.board, c.closed_at, c.disposed_on INTO found_case
	FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year
	  AND c.follow_hash = CASE WHEN c.disposed_on IS NULL THEN code_hash
		ELSE synpunkt.disposed_follow_hash(code_hash) END
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN;
	ELSIF found_case.disposed_on IS NOT NULL THEN
		RETURN NEXT 'disposed';
		RETURN;
	END IF;
	SELECT e.what, e.codes ->> 'consentBoard' AS board INTO asked
	FROM synpunkt.case_event e
	WHERE e.case_id = serial AND e.what IN ('consent-requested', 'consent-given',
		'consent-refused', 'transferred', 'leg-returned', 'closed')
	ORDER BY e.seq DESC
	LIMIT 1;
	IF asked.what IS DISTINCT FROM 'consent-requested' THEN
		RETURN NEXT CASE WHEN asked.what = what THEN 'added'
			WHEN found_case.closed_at IS NOT NULL THEN 'closed' ELSE 'late' END;
		RETURN;
	END IF;
	codes := jsonb_build_object('consentBoard', asked.board);
	SELECT e.seq, e.hash INTO last
	FROM synpunkt.case_event e
	WHERE e.case_id = serial
	ORDER BY e.seq DESC
	LIMIT 1;
	INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
	VALUES (serial, last.seq + 1, now(), what, 'resident', found_case.board, codes, '{}',
		synpunkt.event_hash(last.hash, serial, last.seq + 1, now(), what, 'resident',
			found_case.board, codes, '{}'::jsonb));
	UPDATE synpunkt.case SET version = version + 1 WHERE id = serial;
	RETURN NEXT 'added';
END
$$;
REVOKE ALL ON FUNCTION synpunkt_follow.answer_consent FROM PUBLIC;
ALTER FUNCTION synpunkt_follow.answer_consent OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.answer_consent TO synpunkt_resident;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('part_kinds', 'synpunkt_owner'), ('parts_to_send', 'synpunkt_owner'),
		('parts_withheld', 'synpunkt_owner'), ('withheld_from', 'synpunkt_act'),
		('pass_on', 'synpunkt_act'), ('said', 'synpunkt_past'),
		('past_of', 'synpunkt_past'), ('past_find', 'synpunkt_past'),
		('past_saw', 'synpunkt_past'), ('past_words', 'synpunkt_past'),
		('past_given', 'synpunkt_past'), ('past_story', 'synpunkt_past'),
		('leg_shown', 'synpunkt_owner'), ('read_earlier', 'synpunkt_past'),
		('has_passed_on', 'synpunkt_past'), ('attachment_earlier', 'synpunkt_past'),
		('list_earlier', 'synpunkt_past')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.part_kinds, synpunkt_desk.parts_withheld,
	synpunkt_desk.leg_shown TO synpunkt_desk, synpunkt_act, synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt_desk.parts_to_send, synpunkt_desk.has_passed_on
	TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt_desk.stamp, synpunkt_desk.codes_shown TO synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt_desk.read_earlier, synpunkt_desk.list_earlier,
	synpunkt_desk.attachment_earlier TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt.working_days_between TO synpunkt_desk;
