-- Who may report a deviation of their own operation: besides whoever takes down, those who lead
-- it and those who run it for the city, at the board that it belongs to.

-- As synpunkt.taker_of() of all else.
CREATE FUNCTION synpunkt.reporter_of(session text, in_type text, in_board text)
RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	reporter bigint := synpunkt.user_of(session);
BEGIN
	IF in_type = 'deviation' AND EXISTS (
			SELECT FROM synpunkt.roles_of(reporter, synpunkt.today()) r
			WHERE r.role IN ('manager', 'provider') AND r.board = in_board) THEN
		RETURN reporter;
	END IF;
	RETURN synpunkt.taker_of(session);
END
$$;
REVOKE ALL ON FUNCTION synpunkt.reporter_of FROM PUBLIC;
ALTER FUNCTION synpunkt.reporter_of OWNER TO synpunkt_gate;
GRANT EXECUTE ON FUNCTION synpunkt.reporter_of TO synpunkt_intake;

-- As in 0094_rules.sql, by whoever may report that.
CREATE OR REPLACE FUNCTION synpunkt_intake.submit(routed_by bigint, serials bigint[],
	ats timestamptz[], days date[], types text[], categories text[], boards text[],
	units text[], districts text[], channels text[], sensitivities smallint[],
	languages text[], behalves text[], children boolean[], wants boolean[], lats float8[], lons float8[],
	acknowledge_bys date[], acknowledge_becauses text[], answer_bys date[],
	answer_becauses text[], rules text[], becauses text[], follow_hashes bytea[],
	texts text[], contacts text[], places text[], sealed_codes bytea[],
	attachment_lists jsonb[], key_hashes bytea[], fingerprints bytea[], answers text[],
	received_ats timestamptz[], sessions text[], extras jsonb[] DEFAULT NULL)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF routed_by <> (SELECT v.version FROM synpunkt.city_version v) THEN
		RAISE EXCEPTION 'the city changed while the batch was on its way'
			USING ERRCODE = 'SY001';
	END IF;
	RETURN QUERY
	WITH given AS MATERIALIZED (
		SELECT *,
			extract(year FROM synpunkt.local_day(g.at))::smallint AS year,
			CASE WHEN g.session IS NULL THEN 'resident'
				ELSE 'user:' || synpunkt.reporter_of(g.session, g.type, g.board) END
				AS actor
		FROM unnest(serials, ats, days, types, categories, boards, units, districts,
			channels, sensitivities, languages, behalves, children, wants, lats, lons,
			acknowledge_bys, acknowledge_becauses, answer_bys, answer_becauses, rules,
			becauses, follow_hashes, texts, contacts, places, sealed_codes,
			attachment_lists, key_hashes, fingerprints, answers, received_ats, sessions,
			extras)
			AS g (serial, at, day, type, category, board, unit, district, channel,
			sensitivity, language, behalf, child, wants, lat, lon, acknowledge_by,
			acknowledge_because, answer_by, answer_because, rule, because, follow_hash,
			text, contact, place, sealed_code, attachments, key_hash, fingerprint, answer,
			received_at, session, extra)
	), won AS (
		INSERT INTO synpunkt.intake_key AS k
			(key_hash, fingerprint, case_id, year, answer, stored_at)
		-- Of several with one key in a batch the first wins, as among batches; and
		-- all batches go in one order, so that there is no deadlock.
		SELECT DISTINCT ON (g.key_hash) g.key_hash, g.fingerprint, g.serial, g.year,
			g.answer, CASE WHEN g.channel = 'mail' THEN 'infinity' ELSE g.at END
		FROM given g
		WHERE g.key_hash IS NOT NULL
		ORDER BY g.key_hash, g.serial
		ON CONFLICT (key_hash) DO UPDATE SET fingerprint = excluded.fingerprint,
			case_id = excluded.case_id, year = excluded.year, answer = excluded.answer,
			stored_at = excluded.stored_at
		WHERE k.stored_at <= now() - interval '30 days'
		RETURNING k.case_id
	), s AS MATERIALIZED (
		SELECT g.*
		FROM given g
		WHERE g.key_hash IS NULL OR g.serial IN (SELECT w.case_id FROM won w)
	), content AS MATERIALIZED (
		SELECT s.serial, v.kind, uuid_send(gen_random_uuid()) AS salt, v.body
		FROM s
		CROSS JOIN LATERAL (VALUES ('text', s.text), ('contact', s.contact),
			('place', s.place)) AS v (kind, body)
		WHERE v.body IS NOT NULL
	), hashed AS (
		SELECT c.serial, jsonb_object_agg(c.kind, synpunkt.content_hash(c.salt, c.body))
			AS content
		FROM content c
		GROUP BY c.serial
	), event AS MATERIALIZED (
		SELECT s.serial, s.at, s.actor, s.board, s.attachments, e.codes, h.content,
			synpunkt.event_hash('', s.serial, 1, s.at, 'received', s.actor, s.board,
				e.codes, h.content) AS hash
		FROM s
		JOIN hashed h ON h.serial = s.serial
		CROSS JOIN LATERAL (SELECT jsonb_strip_nulls(jsonb_build_object('type', s.type,
			'category', s.category, 'board', s.board, 'unit', s.unit, 'district',
			s.district, 'channel', s.channel, 'sensitivity', s.sensitivity, 'language',
			s.language, 'onBehalfOf', s.behalf, 'fromChild', nullif(s.child, false), 'wantsReply', s.wants, 'receivedOn',
			s.day, 'acknowledgeBy', s.acknowledge_by, 'answerBy', s.answer_by, 'rule',
			s.rule, 'cityVersion', routed_by)) || coalesce(s.extra - 'handler', '{}') AS codes) e
	), given_to AS MATERIALIZED (
		-- Whoever it is has a role there: the rows that it was routed by say so.
		SELECT s.serial, u.id AS handler
		FROM s
		JOIN synpunkt.staff_user u ON u.username = s.extra ->> 'handler'
		WHERE s.extra ? 'handler' AND u.disabled_at IS NULL
	), refused AS MATERIALIZED (
		SELECT e.serial, e.at, e.board, e.hash, jsonb_build_object('attachments',
			jsonb_path_query_array(e.attachments, '$[*] ? (@.state == "refused").seq'))
			AS codes
		FROM event e
		WHERE e.attachments @? '$[*] ? (@.state == "refused")'
	), second AS MATERIALIZED (
		SELECT r.serial, r.at, r.board, r.codes, synpunkt.event_hash(r.hash, r.serial, 2, r.at,
			'attachment-refused', 'system', r.board, r.codes, '{}'::jsonb) AS hash
		FROM refused r
	), assigned AS (
		SELECT e.serial, e.at, e.board, coalesce(r.hash, e.hash) AS before,
			CASE WHEN r.serial IS NULL THEN 2 ELSE 3 END AS seq,
			jsonb_build_object('handler', jsonb_build_object('from', NULL, 'to', h.handler),
				'status', jsonb_build_object('from', 'received', 'to', 'assigned')) AS codes
		FROM given_to h
		JOIN event e ON e.serial = h.serial
		LEFT JOIN second r ON r.serial = h.serial
	), put_case AS (
		INSERT INTO synpunkt.case (id, year, submission_id, type, type_given, category,
			category_given, board, unit, district, channel, sensitivity, language,
			on_behalf_of, from_child, wants_reply, position, received_at, received_on,
			registered_at, acknowledge_by, answer_by, acknowledge_because, answer_because, rule,
			because, city_version, follow_hash, priority, needs_human, handler, status)
		SELECT s.serial, s.year, s.serial, s.type, s.type, s.category,
			-- What the machine set was not chosen.
			CASE WHEN s.extra @> '{"suggested": {"set": true}}' THEN NULL ELSE s.category END,
			s.board, s.unit, s.district, s.channel, s.sensitivity, s.language,
			s.behalf, s.child, s.wants,
			CASE WHEN s.lat IS NOT NULL
				THEN public.st_setsrid(public.st_makepoint(s.lon, s.lat), 4326) END,
			s.received_at, s.day, s.at, s.acknowledge_by, s.answer_by, s.acknowledge_because,
			s.answer_because, s.rule, s.because, routed_by, s.follow_hash,
			CASE s.extra ->> 'priority' WHEN 'high' THEN 1 ELSE 0 END,
			coalesce((s.extra -> 'needsHuman')::boolean, false), h.handler,
			CASE WHEN h.handler IS NULL THEN 'received' ELSE 'assigned' END
		FROM s
		LEFT JOIN given_to h ON h.serial = s.serial
	), put_leg AS (
		INSERT INTO synpunkt.case_leg (case_id, seq, board, opened_at, opened_on, opened_by)
		SELECT s.serial, 1, s.board, s.at, s.day, 'routing'
		FROM s
	), put_event AS (
		INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes,
			content, hash)
		SELECT e.serial, 1, e.at, 'received', e.actor, e.board, e.codes, e.content,
			e.hash
		FROM event e
		UNION ALL
		SELECT r.serial, 2, r.at, 'attachment-refused', 'system', r.board, r.codes,
			'{}'::jsonb, r.hash
		FROM second r
		UNION ALL
		SELECT a.serial, a.seq, a.at, 'assigned', 'system', a.board, a.codes,
			'{}'::jsonb, synpunkt.event_hash(a.before, a.serial, a.seq, a.at,
			'assigned', 'system', a.board, a.codes, '{}'::jsonb)
		FROM assigned a
	), put_content AS (
		INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
		SELECT c.serial, 1, c.kind, c.salt, c.body
		FROM content c
	), put_attachment AS (
		INSERT INTO synpunkt.case_attachment (case_id, seq, name, type, size, state,
			sha256, thumbnail_sha256)
		SELECT s.serial, a.seq, a.name, a.type, a.size, a.state, a.sha256, a.thumbnail
		FROM s
		CROSS JOIN LATERAL jsonb_to_recordset(s.attachments) AS a (seq smallint,
			name text, type text, size bigint, state text, sha256 text, thumbnail text)
		WHERE s.attachments IS NOT NULL
	), put_outbox AS (
		INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at, sealed_code)
		SELECT s.serial, 1, 'receipt', s.at, s.sealed_code
		FROM s
		WHERE s.sealed_code IS NOT NULL
	)
	SELECT s.serial FROM s;
END
$$;
