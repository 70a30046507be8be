-- A letter about several things: one case for each (one submission_id for all of them).
-- The first keeps the letter whole; each further one has the words that are about its matter,
-- and comes in by the one way there is, submit() in 0009_mail.sql. Where the rules give it to
-- another board than the one that has the letter, that is a disclosure, as a transfer is
-- (8 kap. 1 § offentlighets- och sekretesslagen): it has a ground, and what went is written
-- down on both sides.

CREATE INDEX case_of_submission ON synpunkt.case (submission_id) WHERE submission_id <> id;

-- A letter of its own: the complainant has written once, and has a number more.
ALTER TABLE synpunkt.outbox
	DROP CONSTRAINT outbox_kind_check,
	ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('receipt', 'split', 'acknowledgement',
		'question', 'consent', 'reply', 'interim', 'notice', 'merged', 'unmerged', 'digest', 'follower-confirm',
		'follower-reply', 'follower-closed'));
GRANT UPDATE (kind) ON synpunkt.outbox TO synpunkt_act;
GRANT USAGE ON SCHEMA synpunkt_intake TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt_intake.prepare, synpunkt_intake.submit, synpunkt.is_withheld
	TO synpunkt_act;

-- The case for whoever may split it, locked, or why not. rule is a row of the server's tables,
-- as act() reads it; known are the versions that the caller has seen, NULL for any.
--   done
--   gone       no live session
--   missing    no such case at the user's boards
--   passed     they have had it; it has gone on to another board
--   forbidden  none of the roles for it, or it is not theirs to read
--   disposed   there is nothing left to split
--   stale      the version is not among known
--   status     not from this status
CREATE FUNCTION synpunkt_desk.split_case(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb)
RETURNS TABLE (c synpunkt.case, outcome text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF me IS NOT NULL THEN
		SELECT k.* INTO c
		FROM synpunkt_desk.case_to_link(me, in_year, serial, rule -> 'roles') k;
	END IF;
	outcome := CASE
		WHEN me IS NULL THEN 'gone'
		WHEN c.id IS NULL AND EXISTS (SELECT FROM synpunkt.case k
			WHERE k.id = serial AND k.year = in_year
			  AND ARRAY[k.board, k.board || '/' || k.unit] && synpunkt.my_keys(1))
			THEN 'forbidden'
		WHEN c.id IS NULL AND synpunkt_desk.has_passed_on(in_year, serial) THEN 'passed'
		WHEN c.id IS NULL THEN 'missing'
		WHEN c.disposed_on IS NOT NULL THEN 'disposed'
		WHEN c.version <> ALL (known) THEN 'stale'
		WHEN NOT rule -> 'from' ? c.status THEN 'status'
		ELSE 'done' END;
	RETURN NEXT;
END
$$;

-- The first of the two steps: whether it may be, and so many serials.
CREATE FUNCTION synpunkt_desk.split_begin(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, n integer)
RETURNS TABLE (outcome text, serials bigint[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	SELECT s.outcome INTO outcome
	FROM synpunkt_desk.split_case(session, in_year, serial, known, rule) s;
	IF outcome = 'done' THEN
		serials := ARRAY(SELECT p.serial FROM synpunkt_intake.prepare(
			array_fill(NULL::float8, ARRAY[least(n, 9)]),
			array_fill(NULL::float8, ARRAY[least(n, 9)]),
			array_fill(NULL::bytea, ARRAY[least(n, 9)])) p);
	END IF;
	RETURN NEXT;
END
$$;

-- What the new cases have of it, as the session reads it: what was withheld from the board
-- is not its to give on. received is in microseconds since 1970; without contact nobody is written to.
CREATE FUNCTION synpunkt_desk.split_source(in_year smallint, serial bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT jsonb_build_object('board', c.board, 'type', c.type,
			'received', (extract(epoch FROM c.received_at) * 1000000)::bigint,
			'language', c.language, 'channel', c.channel, 'onBehalfOf', c.on_behalf_of,
			'fromChild', c.from_child, 'wantsReply', c.wants_reply,
			'sensitivity', c.sensitivity, 'place', CASE WHEN p.shown THEN jsonb_build_object(
				'lat', public.st_y(c.position), 'lon', public.st_x(c.position),
				'address', p.body ->> 'address', 'unit', p.body ->> 'unit',
				'district', coalesce(synpunkt.district_at(public.st_y(c.position),
					public.st_x(c.position)), c.district)) END,
			'contact', (SELECT t.body::jsonb FROM synpunkt.case_content t
				WHERE t.case_id = c.id AND t.seq = 1 AND t.kind = 'contact'),
			'attachments', (SELECT coalesce(jsonb_agg(jsonb_build_object('n', a.seq,
					'name', a.name, 'type', a.type, 'size', a.size,
					'sha256', a.sha256, 'thumbnail', a.thumbnail_sha256)
					ORDER BY a.seq), '[]')
				FROM synpunkt.case_attachment a
				WHERE a.case_id = c.id AND a.state = 'stored'))
		FROM synpunkt.case c
		JOIN synpunkt.case_readable r ON r.id = c.id
		CROSS JOIN LATERAL (SELECT NOT synpunkt.is_withheld(c.withheld, 'place', 1) AS shown,
			(SELECT t.body::jsonb FROM synpunkt.case_content t
				WHERE t.case_id = c.id AND t.seq = 1 AND t.kind = 'place') AS body) p
		WHERE c.id = serial AND c.year = in_year);
END
$$;

-- The second: all of it or nothing. parts has for each new case {"ground", "contact"}: on what
-- ground it goes where another board gets it, and whether that board sees who wrote. The
-- rest is what submit() takes, in its order. More outcomes:
--   ground     another board gets one, and none is given
CREATE FUNCTION synpunkt_desk.split(in_session text, in_year smallint, in_serial bigint,
	known integer[], rule jsonb, parts jsonb, routed_by bigint, serials bigint[],
	ats timestamptz[], days date[], types text[], categories text[], boards text[],
	units text[], districts text[], channels text[], sensitivities smallint[],
	languages text[], behalves text[], children boolean[], wants boolean[], lats float8[],
	lons float8[], acknowledge_bys date[], acknowledge_becauses text[], answer_bys date[],
	answer_becauses text[], rules text[], becauses text[], follow_hashes bytea[],
	texts text[], contacts text[], places text[], sealed_codes bytea[],
	attachment_lists jsonb[], key_hashes bytea[], fingerprints bytea[], answers text[],
	received_ats timestamptz[], sessions text[])
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	found record;
	old synpunkt.case;
	actor text := 'user:' || synpunkt.user_of(in_session);
	stored bigint[];
	ground text;
	sent text[];
BEGIN
	SELECT s.c, s.outcome INTO found
	FROM synpunkt_desk.split_case(in_session, in_year, in_serial, known, rule) s;
	IF found.outcome <> 'done' THEN
		RETURN found.outcome;
	END IF;
	old := found.c;
	FOR i IN 1 .. cardinality(serials) LOOP
		IF boards[i] <> old.board AND parts -> i - 1 ->> 'ground' IS NULL THEN
			RETURN 'ground';
		ELSIF old.sensitivity > 2 AND sensitivities[i] < old.sensitivity THEN
			RAISE EXCEPTION 'a part is less sensitive than the letter';
		END IF;
	END LOOP;
	stored := ARRAY(SELECT s FROM synpunkt_intake.submit(routed_by, serials, ats, days, types,
		categories, boards, units, districts, channels, sensitivities, languages, behalves,
		children, wants, lats, lons, acknowledge_bys, acknowledge_becauses, answer_bys,
		answer_becauses, rules, becauses, follow_hashes, texts, contacts, places,
		sealed_codes, attachment_lists, key_hashes, fingerprints, answers, received_ats,
		sessions) s);
	IF cardinality(stored) <> cardinality(serials) THEN
		RAISE EXCEPTION 'not every part was stored';
	END IF;
	PERFORM synpunkt_desk.split_accept(old, actor);
	FOR i IN 1 .. cardinality(serials) LOOP
		ground := NULL;
		sent := NULL;
		IF boards[i] <> old.board THEN
			ground := parts -> i - 1 ->> 'ground';
			sent := '{text}'::text[]
				|| CASE WHEN contacts[i] IS NOT NULL
					AND (parts -> i - 1 -> 'contact')::boolean THEN '{contact}'::text[] END
				|| CASE WHEN coalesce(places[i], lats[i]::text) IS NOT NULL
					THEN '{place}'::text[] END
				|| CASE WHEN attachment_lists[i] IS NOT NULL THEN '{attachments}'::text[] END;
		END IF;
		PERFORM synpunkt_desk.split_put(old, serials[i], actor, ground, sent);
	END LOOP;
	UPDATE synpunkt.case c SET version = old.version + 1 WHERE c.id = old.id;
	PERFORM synpunkt_desk.tell(old.id, old.year, old.version + 1, old.board, old.unit);
	RETURN 'done';
END
$$;

-- A board has taken a case by splitting it, as by anything else that it does with it.
CREATE FUNCTION synpunkt_desk.split_accept(old synpunkt.case, actor text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	seq smallint;
BEGIN
	UPDATE synpunkt.case_leg l SET state = 'accepted'
	WHERE l.case_id = old.id AND l.ended_at IS NULL AND l.state = 'offered'
	RETURNING l.seq INTO seq;
	IF seq > 1 THEN
		PERFORM synpunkt_desk.put_event(old.id, 'leg-accepted', actor, old.board, '{}', NULL, NULL);
	END IF;
END
$$;

-- One of the new cases gets what it has of the old one that submit() does not know: which
-- letter it was, the warnings, and an event of each. sent is NULL where it stays at the board.
CREATE FUNCTION synpunkt_desk.split_put(old synpunkt.case, in_new bigint, actor text, ground text,
	sent text[])
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	new synpunkt.case;
	hidden jsonb;
	disclosed jsonb := jsonb_strip_nulls(jsonb_build_object('ground', ground, 'sent', sent));
BEGIN
	IF synpunkt.is_withheld(old.withheld, 'contact', 1)
		OR (sent IS NOT NULL AND NOT 'contact' = ANY (sent) AND EXISTS (
			SELECT FROM synpunkt.case_content t
			WHERE t.case_id = in_new AND t.kind = 'contact')) THEN
		hidden := jsonb_build_object('contact', int4multirange(int4range(1, 1, '[]'))::text);
	END IF;
	UPDATE synpunkt.case c
	SET submission_id = old.submission_id, threat = old.threat,
		protected_by = old.protected_by, withheld = hidden
	WHERE c.id = in_new
	RETURNING c.* INTO new;
	UPDATE synpunkt.case_leg l
	SET ground = split_put.ground, sent = split_put.sent, withheld = hidden
	WHERE l.case_id = in_new;
	UPDATE synpunkt.outbox o SET kind = 'split' WHERE o.case_id = in_new;

	PERFORM synpunkt_desk.put_event(new.id, 'split-from', actor, new.board,
		jsonb_build_object('other', old.year || '-' || old.id) || disclosed, NULL, NULL);
	IF old.threat THEN
		PERFORM synpunkt_desk.put_event(new.id, 'threat-set', actor, new.board,
			synpunkt_desk.moved('threat', 'false', 'true'), NULL, NULL);
	END IF;
	IF old.protected_by IS NOT NULL THEN
		PERFORM synpunkt_desk.put_event(new.id, 'protected', actor, new.board,
			synpunkt_desk.moved('protectedIdentity', 'false', 'true'), NULL, NULL);
	END IF;
	PERFORM synpunkt_desk.split_mark(old, new, actor);
	PERFORM synpunkt_desk.put_event(old.id, 'split-off', actor, old.board,
		jsonb_build_object('other', new.year || '-' || new.id)
		|| CASE WHEN sent IS NULL THEN '{}'::jsonb
			ELSE jsonb_build_object('toBoard', new.board) END || disclosed, NULL, NULL);
END
$$;

-- Marked as perhaps secret, the case, the letter or a file of it where files go along: so is
-- what was written in it.
CREATE FUNCTION synpunkt_desk.split_mark(old synpunkt.case, new synpunkt.case, actor text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	mark jsonb;
BEGIN
	SELECT jsonb_build_object('section', m.section) INTO mark
	FROM synpunkt.case_marking m
	WHERE m.case_id = old.id AND m.removed_at IS NULL
	  AND (m.document IS NULL OR m.document = 'text' OR (m.document LIKE 'attachment-%'
		AND EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.case_id = new.id)))
	ORDER BY m.document NULLS FIRST
	LIMIT 1;
	IF FOUND THEN
		PERFORM synpunkt_desk.marking_put(new.id, synpunkt_desk.put_event(new.id, 'marked',
			actor, new.board, mark, NULL, NULL), substr(actor, 6)::bigint, 'mark', mark);
	END IF;
END
$$;

-- The other cases of the same letter, to who reads them and this one.
CREATE FUNCTION synpunkt_desk.same_letter(in_year smallint, serial bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	first_id bigint;
BEGIN
	SELECT c.submission_id INTO first_id
	FROM synpunkt.case c
	JOIN synpunkt.case_readable r ON r.id = c.id
	WHERE c.id = serial AND c.year = in_year;
	RETURN jsonb_build_object('sameLetter', (
		SELECT coalesce(jsonb_agg(jsonb_build_object('number', c.year || '-' || c.id,
			'category', c.category, 'board', c.board, 'status', c.status) ORDER BY c.id), '[]')
		FROM synpunkt.case c
		JOIN synpunkt.case_readable r ON r.id = c.id
		WHERE (c.id = first_id OR (c.submission_id = first_id AND c.submission_id <> c.id))
		  AND c.id <> serial));
END
$$;

-- As in 0056_interim_presence.sql, with what is typed of a split.
CREATE OR REPLACE FUNCTION synpunkt_desk.on_sent()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.reply_draft d
	USING (VALUES ('replied', 'reply'), ('approval-asked', 'reply'),
		('interim-reply', 'interim-reply'), ('question', 'ask'), ('note', 'note'),
		('acknowledged', 'acknowledge'), ('delay-notice', 'notify-delay'),
		('transferred', 'transfer'), ('consent-requested', 'askConsent'),
		('leg-returned', 'return'), ('waiting', 'wait'), ('resumed', 'resume'),
		('reopened', 'reopen'), ('corrected', 'correct'), ('split-off', 'split'),
		('approval-rejected', 'reject-approval'),
		('approval-withdrawn', 'withdraw-approval')) AS v (what, action)
	WHERE d.case_id = NEW.case_id AND d.user_id = substr(NEW.actor, 6)::bigint
	  AND v.what = NEW.what AND d.action = v.action;
	RETURN NULL;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('split_case', 'synpunkt_act'), ('split_begin', 'synpunkt_act'),
		('split', 'synpunkt_act'), ('split_accept', 'synpunkt_act'),
		('split_put', 'synpunkt_act'), ('split_mark', 'synpunkt_act'),
		('split_source', 'synpunkt_owner'), ('same_letter', 'synpunkt_owner'))
		AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.split_begin, synpunkt_desk.split_source,
	synpunkt_desk.split, synpunkt_desk.same_letter TO synpunkt_desk;
