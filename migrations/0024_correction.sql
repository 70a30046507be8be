-- What of a case was wrong is corrected (art. 16 of the General Data Protection
-- Regulation): how to reach the complainant, and where it was.

-- The part of act() for a case that is locked. change: {contact: {name, email, phone},
-- place: {address, unit, lat, lon}, text: why}; a member that is null is taken away.
-- What is right stands where the wrong stood, so that all who read it read the right;
-- the earlier value, with its salt, becomes content of the event, which refers to both.
-- Gives {outcome} of act(), or {kinds: {contact|place: the new body}, moved, fields}.
CREATE FUNCTION synpunkt_desk.correction(in_case bigint, change jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	part text;
	old jsonb;
	new jsonb;
	kinds jsonb := '{}';
	fields jsonb := '[]';
	point public.geometry := (SELECT c.position FROM synpunkt.case c WHERE c.id = in_case);
	asked jsonb := change -> 'place';
	moves boolean := false;
BEGIN
	FOREACH part IN ARRAY ARRAY['contact', 'place'] LOOP
		CONTINUE WHEN coalesce((change -> part) - '{lat,lon}'::text[], '{}') = '{}';
		SELECT t.body::jsonb INTO old
		FROM synpunkt.case_content t
		WHERE t.case_id = in_case AND t.seq = 1 AND t.kind = part;
		IF NOT FOUND THEN
			RETURN jsonb_build_object('outcome', part);
		END IF;
		old := jsonb_strip_nulls(old);
		new := jsonb_strip_nulls(old || ((change -> part) - '{lat,lon}'::text[]));
		IF new <> old THEN
			kinds := kinds || jsonb_build_object(part, new::text);
			fields := fields || (SELECT jsonb_agg(part || '.' || k.key ORDER BY k.key)
				FROM jsonb_object_keys(old || new) AS k (key)
				WHERE old -> k.key IS DISTINCT FROM new -> k.key);
		END IF;
	END LOOP;
	IF asked ? 'lat' THEN
		moves := (public.st_y(point), public.st_x(point)) IS DISTINCT FROM
			((asked ->> 'lat')::float8, (asked ->> 'lon')::float8);
	END IF;
	IF moves THEN
		fields := fields || '["place.position"]';
	END IF;
	RETURN CASE WHEN fields = '[]' THEN '{"outcome": "unchanged"}'::jsonb
		ELSE jsonb_build_object('kinds', kinds, 'moves', moves, 'fields', fields) END;
END
$$;

-- Writes it; returns the event's number.
CREATE FUNCTION synpunkt_desk.put_correction(in_case bigint, in_actor text, in_board text,
	in_codes jsonb, right_now jsonb, change jsonb)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	last record;
	part record;
	refers jsonb := '{}';
	salts jsonb := '{}';          -- of what is new, hexadecimal
	fresh bytea;
	earlier jsonb;
	codes jsonb := in_codes || jsonb_build_object('fields', right_now -> 'fields');
	district text;
BEGIN
	FOR part IN
		SELECT k.key AS kind, k.value AS body, t.salt AS old_salt, t.body AS old_body
		FROM jsonb_each_text(right_now -> 'kinds') k
		JOIN synpunkt.case_content t ON t.case_id = in_case AND t.seq = 1 AND t.kind = k.key
	LOOP
		fresh := uuid_send(gen_random_uuid());
		salts := salts || jsonb_build_object(part.kind, encode(fresh, 'hex'));
		refers := refers || jsonb_build_object(part.kind,
			synpunkt.content_hash(fresh, part.body), 'earlier-' || part.kind,
			synpunkt.content_hash(part.old_salt, part.old_body));
	END LOOP;
	IF (right_now ->> 'moves')::boolean THEN
		SELECT jsonb_build_object('lat', public.st_y(c.position),
			'lon', public.st_x(c.position)), c.district INTO earlier, district
		FROM synpunkt.case c
		WHERE c.id = in_case;
		fresh := uuid_send(gen_random_uuid());
		salts := salts || jsonb_build_object('earlier-position', encode(fresh, 'hex'));
		refers := refers || jsonb_build_object('earlier-position',
			synpunkt.content_hash(fresh, earlier::text));
		codes := codes || synpunkt_desk.moved('district', to_jsonb(district),
			to_jsonb(coalesce(synpunkt.district_at((change #>> '{place,lat}')::float8,
				(change #>> '{place,lon}')::float8), district)));
	END IF;
	fresh := uuid_send(gen_random_uuid());
	salts := salts || jsonb_build_object('note', encode(fresh, 'hex'));
	refers := refers || jsonb_build_object('note',
		synpunkt.content_hash(fresh, change ->> 'text'));

	SELECT e.seq, e.hash INTO last
	FROM synpunkt.case_event e
	WHERE e.case_id = in_case
	ORDER BY e.seq DESC
	LIMIT 1;
	INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
	VALUES (in_case, last.seq + 1, now(), 'corrected', in_actor, in_board, codes, refers,
		synpunkt.event_hash(last.hash, in_case, last.seq + 1, now(), 'corrected', in_actor,
			in_board, codes, refers));
	INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
	SELECT in_case, last.seq + 1, 'earlier-' || t.kind, t.salt, t.body
	FROM synpunkt.case_content t
	WHERE t.case_id = in_case AND t.seq = 1 AND (right_now -> 'kinds') ? t.kind
	UNION ALL
	SELECT in_case, last.seq + 1, 'earlier-position',
		decode(salts ->> 'earlier-position', 'hex'), earlier::text
	WHERE earlier IS NOT NULL
	UNION ALL
	SELECT in_case, last.seq + 1, 'note', decode(salts ->> 'note', 'hex'), change ->> 'text';
	UPDATE synpunkt.case_content t
	SET salt = decode(salts ->> t.kind, 'hex'), body = right_now -> 'kinds' ->> t.kind
	WHERE t.case_id = in_case AND t.seq = 1 AND (right_now -> 'kinds') ? t.kind;
	IF earlier IS NOT NULL THEN
		UPDATE synpunkt.case c
		SET position = public.st_setsrid(public.st_makepoint(
				(change #>> '{place,lon}')::float8,
				(change #>> '{place,lat}')::float8), 4326),
			district = coalesce(codes #>> '{district,to}', c.district)
		WHERE c.id = in_case;
	END IF;
	RETURN last.seq + 1;
END
$$;

-- What stood there before, as the desk is shown it: [{at, byName, earlier}]. Why is among
-- the notes.
CREATE FUNCTION synpunkt_desk.corrections_of(in_case bigint)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('at', synpunkt_desk.stamp(e.at),
		'byName', u.name, 'earlier', t.earlier) ORDER BY e.seq), '[]')
	FROM synpunkt.case_event e
	JOIN (
		SELECT k.seq, jsonb_object_agg(substr(k.kind, 9), k.body::jsonb) AS earlier
		FROM synpunkt.case_content k
		WHERE k.case_id = in_case AND k.kind LIKE 'earlier-%'
		GROUP BY k.seq
	) t ON t.seq = e.seq
	LEFT JOIN synpunkt.staff_user u ON u.id = CASE WHEN e.actor LIKE 'user:%'
		THEN substr(e.actor, 6)::bigint END
	WHERE e.case_id = in_case AND e.what = 'corrected'
$$;

-- Of what is there act() reads how to reach the complainant and where it was, and puts
-- the right in its place.
CREATE POLICY act_places ON synpunkt.case_content FOR SELECT TO synpunkt_act
	USING (kind = 'place');
CREATE POLICY act_corrects ON synpunkt.case_content FOR UPDATE TO synpunkt_act
	USING (kind IN ('contact', 'place') AND seq = 1);
CREATE POLICY act_keeps ON synpunkt.case_content FOR INSERT TO synpunkt_act
	WITH CHECK (kind LIKE 'earlier-%');
GRANT USAGE ON SCHEMA public TO synpunkt_act;
GRANT UPDATE (salt, body) ON synpunkt.case_content TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt.district_at(float8, float8),
	synpunkt.district_at(float8, float8, date) TO synpunkt_act;
GRANT SELECT ON synpunkt.area, synpunkt.area_part TO synpunkt_act;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('correction', 'synpunkt_act'), ('put_correction', 'synpunkt_act'),
		('corrections_of', 'synpunkt_owner')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.corrections_of TO synpunkt_desk;

-- Disposal takes who is concerned by a case, too.
GRANT SELECT (case_id), DELETE ON synpunkt.case_concern TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.case_concern TO synpunkt_dispose USING (true);
