-- The one way in, in two steps of one batch each: prepare looks up what routing needs,
-- submit stores what was decided. Both take arrays, one element a submission.

-- For each submission: a serial, the district of its position, and what an earlier
-- submission with the same key was answered. One plan for all: planned anew each time,
-- as SQL functions are and short arrays invite, one submission costs three times as much.
CREATE FUNCTION synpunkt_intake.prepare(lats float8[], lons float8[], key_hashes bytea[])
RETURNS TABLE (serial bigint, district text, fingerprint bytea, case_id bigint,
	year smallint, answer text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	RETURN QUERY
	SELECT nextval('synpunkt.case_serial'),
		CASE WHEN g.lat IS NOT NULL THEN synpunkt.district_at(g.lat, g.lon) END,
		k.fingerprint, k.case_id, k.year, k.answer
	FROM unnest(lats, lons, key_hashes) WITH ORDINALITY AS g (lat, lon, key_hash, i)
	LEFT JOIN synpunkt.intake_key k ON k.key_hash = g.key_hash
		AND k.stored_at > now() - interval '30 days'
	ORDER BY g.i;
END
$$;

ALTER FUNCTION synpunkt_intake.prepare OWNER TO synpunkt_intake;
GRANT EXECUTE ON FUNCTION synpunkt_intake.prepare TO synpunkt_resident;

-- Stores a batch; returns the serials stored. One that is missing lost the race for
-- its key to a submission that another batch stored: it is to be prepared again.
-- Raises SY001 when the city's rows are no longer those that the batch was routed by.
CREATE FUNCTION synpunkt_intake.submit(routed_by bigint, serials bigint[],
	ats timestamptz[], days date[], types text[], categories text[], boards text[],
	units text[], districts text[], channels text[], sensitivities smallint[],
	languages text[], behalves text[], wants boolean[], lats float8[], lons float8[],
	acknowledge_bys date[], acknowledge_becauses text[], answer_bys date[],
	answer_becauses text[], rules text[], becauses text[], follow_hashes bytea[],
	texts text[], contacts text[], places text[], receipts boolean[],
	attachment_lists jsonb[], key_hashes bytea[], fingerprints bytea[], answers text[])
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF routed_by <> (SELECT v.version FROM synpunkt.city_version v) THEN
		RAISE EXCEPTION 'the city changed while the batch was on its way'
			USING ERRCODE = 'SY001';
	END IF;
	RETURN QUERY
	WITH given AS MATERIALIZED (
		SELECT *, extract(year FROM g.day)::smallint AS year
		FROM unnest(serials, ats, days, types, categories, boards, units, districts,
			channels, sensitivities, languages, behalves, wants, lats, lons,
			acknowledge_bys, acknowledge_becauses, answer_bys, answer_becauses, rules,
			becauses, follow_hashes, texts, contacts, places, receipts,
			attachment_lists, key_hashes, fingerprints, answers)
			AS g (serial, at, day, type, category, board, unit, district, channel,
			sensitivity, language, behalf, wants, lat, lon, acknowledge_by,
			acknowledge_because, answer_by, answer_because, rule, because, follow_hash,
			text, contact, place, receipt, attachments, key_hash, fingerprint, answer)
	), won AS (
		INSERT INTO synpunkt.intake_key AS k
			(key_hash, fingerprint, case_id, year, answer, stored_at)
		-- Of several with one key in a batch the first wins, as among batches; and
		-- all batches go in one order, so that there is no deadlock.
		SELECT DISTINCT ON (g.key_hash) g.key_hash, g.fingerprint, g.serial, g.year,
			g.answer, g.at
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
		SELECT s.serial, s.at, s.board, s.attachments, e.codes, h.content,
			synpunkt.event_hash('', s.serial, 1, s.at, 'received', 'resident', s.board,
				e.codes, h.content) AS hash
		FROM s
		JOIN hashed h ON h.serial = s.serial
		CROSS JOIN LATERAL (SELECT jsonb_strip_nulls(jsonb_build_object('type', s.type,
			'category', s.category, 'board', s.board, 'unit', s.unit, 'district',
			s.district, 'channel', s.channel, 'sensitivity', s.sensitivity, 'language',
			s.language, 'onBehalfOf', s.behalf, 'wantsReply', s.wants, 'receivedOn',
			s.day, 'acknowledgeBy', s.acknowledge_by, 'answerBy', s.answer_by, 'rule',
			s.rule, 'cityVersion', routed_by)) AS codes) e
	), refused AS (
		SELECT e.serial, e.at, e.board, e.hash, jsonb_build_object('attachments',
			jsonb_path_query_array(e.attachments, '$[*] ? (@.state == "refused").seq'))
			AS codes
		FROM event e
		WHERE e.attachments @? '$[*] ? (@.state == "refused")'
	), put_case AS (
		INSERT INTO synpunkt.case (id, year, submission_id, type, type_given, category,
			category_given, board, unit, district, channel, sensitivity, language,
			on_behalf_of, wants_reply, position, received_at, received_on,
			acknowledge_by, answer_by, acknowledge_because, answer_because, rule,
			because, city_version, follow_hash)
		SELECT s.serial, s.year, s.serial, s.type, s.type, s.category, s.category,
			s.board, s.unit, s.district, s.channel, s.sensitivity, s.language,
			s.behalf, s.wants,
			CASE WHEN s.lat IS NOT NULL
				THEN public.st_setsrid(public.st_makepoint(s.lon, s.lat), 4326) END,
			s.at, s.day, s.acknowledge_by, s.answer_by, s.acknowledge_because,
			s.answer_because, s.rule, s.because, routed_by, s.follow_hash
		FROM s
	), put_leg AS (
		INSERT INTO synpunkt.case_leg (case_id, seq, board, opened_at, opened_on, opened_by)
		SELECT s.serial, 1, s.board, s.at, s.day, 'routing'
		FROM s
	), put_event AS (
		INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes,
			content, hash)
		SELECT e.serial, 1, e.at, 'received', 'resident', e.board, e.codes, e.content,
			e.hash
		FROM event e
		UNION ALL
		SELECT r.serial, 2, r.at, 'attachment-refused', 'system', r.board, r.codes,
			'{}'::jsonb, synpunkt.event_hash(r.hash, r.serial, 2, r.at,
			'attachment-refused', 'system', r.board, r.codes, '{}'::jsonb)
		FROM refused r
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
		INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at)
		SELECT s.serial, 1, 'receipt', s.at
		FROM s
		WHERE s.receipt
	)
	SELECT s.serial FROM s;
END
$$;
ALTER FUNCTION synpunkt_intake.submit OWNER TO synpunkt_intake;
GRANT EXECUTE ON FUNCTION synpunkt_intake.submit TO synpunkt_resident;
