-- What else there is about a case: of the same person, at the same place, and what may be the
-- same thing told twice.
--
-- A person is found by the words of 0055_search.sql; a place by squares of some 160 metres
-- that lie in the same row, since intake would pay for an index on positions (as in
-- 0025_person.sql for one on addresses). Both are looked up by the role of the search, of
-- what the session's roles reach and read, and what is said of a case is read under the
-- caller's own policies.

-- NULL where the place is withheld from the board or a protected person's.
ALTER TABLE synpunkt.case_search ADD COLUMN lat float8, ADD COLUMN lon float8,
	ADD COLUMN cell bigint;
CREATE INDEX case_search_cell ON synpunkt.case_search (cell, received_at)
	WHERE cell IS NOT NULL;

CREATE FUNCTION synpunkt_desk.cell(lat float8, lon float8)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT floor(lat / 0.0015)::bigint * 1000000 + floor(lon / 0.003)::bigint
$$;

CREATE FUNCTION synpunkt_desk.on_search_row()
RETURNS trigger LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	SELECT public.st_y(c.position), public.st_x(c.position) INTO NEW.lat, NEW.lon
	FROM synpunkt.case c
	WHERE c.id = NEW.case_id AND c.protected_by IS NULL
	  AND NOT synpunkt.is_withheld(c.withheld, 'place', 1);
	NEW.cell := synpunkt_desk.cell(NEW.lat, NEW.lon);
	RETURN NEW;
END
$$;
CREATE TRIGGER cell BEFORE INSERT OR UPDATE ON synpunkt.case_search
	FOR EACH ROW EXECUTE FUNCTION synpunkt_desk.on_search_row();

-- A place that is corrected, or gone with a disposal. Every other change that matters here
-- renews the row already: see on_case_moved().
CREATE FUNCTION synpunkt_desk.on_position()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1937337959);
	UPDATE synpunkt.case_search s SET cell = NULL WHERE s.case_id = NEW.id;
	RETURN NULL;
END
$$;
CREATE TRIGGER search_position AFTER UPDATE OF position ON synpunkt.case
	FOR EACH ROW WHEN (public.st_asbinary(OLD.position)
		IS DISTINCT FROM public.st_asbinary(NEW.position))
	EXECUTE FUNCTION synpunkt_desk.on_position();

-- The rows that are there get their place with their words: see renew_words().

-- ---- finding ----

-- The newest of the session's readable cases whose words have that address or number.
CREATE FUNCTION synpunkt_desk.search_person(email text, phone text, most integer)
RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
	keys text[] := synpunkt_desk.search_keys(NULL);
	boards text[] := ARRAY(SELECT DISTINCT split_part(k, '/', 1) FROM unnest(keys) k);
	number text := nullif(synpunkt_person.phone_key(phone), '');
	who tsquery := coalesce(phraseto_tsquery('pg_catalog.swedish',
		synpunkt_desk.search_plain(email)), '');
BEGIN
	IF number IS NOT NULL THEN
		who := who || format('''tel:%s''', number)::tsquery;
	END IF;
	IF numnode(who) = 0 THEN
		RETURN '{}';
	END IF;
	RETURN ARRAY(
		SELECT h.case_id
		FROM unnest(boards) AS b (code)
		CROSS JOIN LATERAL (
			SELECT s.case_id, s.received_at
			FROM synpunkt.case_search s
			WHERE s.board = b.code
			  AND (b.code = ANY (keys) OR (b.code || '/' || s.unit) = ANY (keys))
			  AND s.vector @@ who
			ORDER BY s.received_at DESC
			LIMIT most
		) h
		ORDER BY h.received_at DESC
		LIMIT most);
END
$$;

-- The newest of the session's readable cases of some time around a place, and how many
-- metres from it: at these distances the earth is flat.
CREATE FUNCTION synpunkt_desk.search_near(at_lat float8, at_lon float8, within float8,
	since timestamptz, until timestamptz, most integer)
RETURNS TABLE (case_id bigint, metres float8)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
	keys text[] := synpunkt_desk.search_keys(NULL);
	a_lat float8 := within / 111320;
	a_lon float8 := within / (111320 * cosd(at_lat));
BEGIN
	RETURN QUERY
	SELECT h.case_id, h.metres
	FROM generate_series(floor((at_lat - a_lat) / 0.0015)::bigint,
		floor((at_lat + a_lat) / 0.0015)::bigint) AS y
	CROSS JOIN generate_series(floor((at_lon - a_lon) / 0.003)::bigint,
		floor((at_lon + a_lon) / 0.003)::bigint) AS x
	CROSS JOIN LATERAL (
		SELECT s.case_id, s.received_at, d.metres
		FROM synpunkt.case_search s
		CROSS JOIN LATERAL (SELECT 111320 * sqrt((s.lat - at_lat) ^ 2
			+ ((s.lon - at_lon) * cosd(at_lat)) ^ 2) AS metres) d
		WHERE s.cell = y * 1000000 + x AND s.received_at BETWEEN since AND until
		  AND d.metres <= within
		  AND ARRAY[s.board, s.board || '/' || s.unit] && keys
		ORDER BY s.received_at DESC
		LIMIT most
	) h
	ORDER BY h.received_at DESC
	LIMIT most;
END
$$;

-- ---- what is said of it ----

-- How much of the words of the shorter one two texts share.
CREATE FUNCTION synpunkt_desk.shared_words(a text, b text)
RETURNS float8 LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	mine text[] := tsvector_to_array(to_tsvector('pg_catalog.swedish', left(a, 2000)));
	theirs text[] := tsvector_to_array(to_tsvector('pg_catalog.swedish', left(b, 2000)));
BEGIN
	RETURN (SELECT count(*) FROM unnest(mine) w WHERE w = ANY (theirs))
		/ greatest(least(cardinality(mine), cardinality(theirs)), 1)::float8;
END
$$;

-- One case as a row of what is related, for whoever the session is; NULL: they do not read
-- it. metres: from the other one's place, or NULL.
CREATE FUNCTION synpunkt_desk.related_item(serial bigint, metres float8)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	RETURN (
		SELECT jsonb_build_object('number', c.year || '-' || c.id, 'type', c.type,
			'category', c.category, 'board', c.board, 'status', c.status,
			'closureReason', c.closure_reason,
			'receivedAt', synpunkt_desk.stamp(c.received_at),
			'daysAgo', synpunkt.today() - c.received_on, 'metres', round(metres::numeric),
			'handlerName', u.name, 'snippet', CASE WHEN c.threat OR t.body IS NULL THEN ''
				ELSE left(regexp_replace(left(t.body, 400), '\s+', ' ', 'g'), 160) END)
		FROM synpunkt.case c
		JOIN synpunkt.case_readable r ON r.id = c.id
		LEFT JOIN synpunkt.staff_user u ON u.id = c.handler
		LEFT JOIN synpunkt.case_content t ON t.case_id = c.id AND t.seq = 1
			AND t.kind = 'text'
		WHERE c.id = serial AND c.protected_by IS NULL);
END
$$;

-- Ten of each, as {person, place, duplicates}; NULL: no such case at the session's boards.
-- Of one that is not read, or of a protected person, nothing. What is shown of a sensitive
-- case is logged as read.
CREATE FUNCTION synpunkt_desk.related(session text, in_year smallint, serial bigint)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	about record;
	who jsonb;
	words text;
	lat float8;
	lon float8;
	person jsonb := '[]';
	twins jsonb := '[]';
	place jsonb := '[]';
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT c.id, c.received_at, c.position, c.withheld, k.area,
		c.protected_by IS NULL AND EXISTS (SELECT FROM synpunkt.case_readable r
			WHERE r.id = c.id) AS is_read INTO about
	FROM synpunkt.case c
	LEFT JOIN synpunkt.category k ON k.code = c.category
	WHERE c.id = serial AND c.year = in_year;
	IF NOT FOUND THEN
		RETURN NULL;
	ELSIF about.is_read THEN
		SELECT t.body::jsonb INTO who
		FROM synpunkt.case_content t
		WHERE t.case_id = serial AND t.seq = 1 AND t.kind = 'contact';
		SELECT t.body INTO words
		FROM synpunkt.case_content t
		WHERE t.case_id = serial AND t.seq = 1 AND t.kind = 'text';
		SELECT coalesce(jsonb_agg(f.item), '[]') INTO person
		FROM (
			SELECT synpunkt_desk.related_item(i.id, NULL) AS item
			FROM unnest(synpunkt_desk.search_person(who ->> 'email', who ->> 'phone', 60))
				WITH ORDINALITY i (id, n)
			JOIN synpunkt.case_content t ON t.case_id = i.id AND t.seq = 1
				AND t.kind = 'contact'
			WHERE i.id <> serial
			  AND (synpunkt_person.key_of('email', t.body::jsonb ->> 'email')
					= synpunkt_person.key_of('email', who ->> 'email')
				OR synpunkt_person.key_of('phone', t.body::jsonb ->> 'phone')
					= nullif(synpunkt_person.key_of('phone', who ->> 'phone'), ''))
			ORDER BY i.n
			LIMIT 10
		) f
		WHERE f.item IS NOT NULL;
		IF NOT synpunkt.is_withheld(about.withheld, 'place', 1) THEN
			lat := public.st_y(about.position);
			lon := public.st_x(about.position);
		END IF;
	END IF;
	IF lat IS NOT NULL THEN
		SELECT coalesce(jsonb_agg(f.item), '[]') INTO twins
		FROM (
			SELECT synpunkt_desk.related_item(n.case_id, n.metres) AS item
			FROM synpunkt_desk.search_near(lat, lon, 150,
				about.received_at - interval '30 days',
				about.received_at + interval '30 days', 100) n
			JOIN synpunkt.case c ON c.id = n.case_id
			JOIN synpunkt.category k ON k.code = c.category AND k.area = about.area
			JOIN synpunkt.case_content t ON t.case_id = c.id AND t.seq = 1 AND t.kind = 'text'
			CROSS JOIN LATERAL (SELECT synpunkt_desk.shared_words(words, t.body) AS share
				OFFSET 0) s
			WHERE n.case_id <> serial AND s.share >= 0.25
			ORDER BY s.share DESC, n.metres, n.case_id
			LIMIT 10
		) f
		WHERE f.item IS NOT NULL;
		SELECT coalesce(jsonb_agg(f.item), '[]') INTO place
		FROM (
			SELECT synpunkt_desk.related_item(n.case_id, n.metres) AS item
			FROM synpunkt_desk.search_near(lat, lon, 100, about.received_at - interval '1 year',
				about.received_at + interval '1 year', 30) n
			WHERE n.case_id <> serial
			  AND NOT twins @> jsonb_build_array(jsonb_build_object('number',
				(SELECT c.year || '-' || c.id FROM synpunkt.case c WHERE c.id = n.case_id)))
			LIMIT 10
		) f
		WHERE f.item IS NOT NULL;
	END IF;
	PERFORM synpunkt_audit.note_if_sensitive(split_part(n.number, '-', 1)::smallint,
		split_part(n.number, '-', 2)::bigint, 'related')
	FROM (
		SELECT DISTINCT i ->> 'number' AS number
		FROM jsonb_array_elements(person || twins || place) i
	) n;
	RETURN jsonb_build_object('person', person, 'duplicates', twins, 'place', place);
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('cell', 'synpunkt_owner'), ('on_search_row', 'synpunkt_owner'),
		('on_position', 'synpunkt_index'), ('search_person', 'synpunkt_search'),
		('search_near', 'synpunkt_search'), ('shared_words', 'synpunkt_owner'),
		('related_item', 'synpunkt_owner'), ('related', 'synpunkt_owner'))
		AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT USAGE ON SCHEMA public TO synpunkt_index;
GRANT EXECUTE ON FUNCTION synpunkt_desk.cell TO synpunkt_index;
GRANT EXECUTE ON FUNCTION synpunkt_person.key_of TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.search_person, synpunkt_desk.search_near,
	synpunkt_desk.shared_words, synpunkt_desk.related_item, synpunkt_desk.related TO synpunkt_desk;
