-- A file that went with a reply or an order, and in whose bytes something was found since,
-- because somebody sent the same with a case: nobody gets it any more, by no way.

-- STABLE in plain SQL, so that it is an index scan where it is used.
CREATE FUNCTION synpunkt.is_infected(in_sha256 text)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.case_attachment a
		WHERE a.sha256 = in_sha256 AND a.state = 'infected')
$$;
REVOKE ALL ON FUNCTION synpunkt.is_infected FROM PUBLIC;
ALTER FUNCTION synpunkt.is_infected OWNER TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt.is_infected TO synpunkt_desk, synpunkt_past,
	synpunkt_follow, synpunkt_mail;

-- As in 0065_reply_file.sql.
CREATE OR REPLACE FUNCTION synpunkt_desk.reply_file_earlier(in_year smallint, serial bigint,
	number smallint)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	hit record;
BEGIN
	SELECT f.* INTO hit FROM synpunkt_desk.past_find(in_year, serial) f;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT f.name, f.type, f.size, f.sha256, f.thumbnail
	FROM synpunkt.case_content t
	CROSS JOIN LATERAL jsonb_to_recordset(t.body::jsonb) AS f (n smallint, name text,
		type text, size bigint, sha256 text, thumbnail text)
	WHERE t.case_id = serial AND t.kind = 'reply-files' AND f.n = number
	  AND t.seq <= ((hit.p).leg).ended_seq AND synpunkt_desk.past_saw(hit.p, t.kind, t.seq)
	  AND NOT synpunkt.is_infected(f.sha256);
	IF FOUND THEN
		PERFORM synpunkt_audit.note_earlier(hit.c, ((hit.p).leg).board, (hit.p).class,
			'replyfile-' || number);
	END IF;
END
$$;
CREATE OR REPLACE FUNCTION synpunkt_desk.reply_file(session text, in_year smallint,
	serial bigint, number smallint)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT f.name, f.type, f.size, f.sha256, f.thumbnail
	FROM synpunkt.case c
	JOIN synpunkt.case_content t ON t.case_id = c.id
	CROSS JOIN LATERAL jsonb_to_recordset(t.body::jsonb) AS f (n smallint, name text,
		type text, size bigint, sha256 text, thumbnail text)
	WHERE c.id = serial AND c.year = in_year AND t.kind IN ('reply-files', 'draft-files')
	  AND f.n = number AND NOT synpunkt.is_infected(f.sha256);
	IF FOUND THEN
		PERFORM synpunkt_audit.note_if_sensitive(in_year, serial, 'replyfile-' || number);
	ELSE
		RETURN QUERY SELECT e.* FROM synpunkt_desk.reply_file_earlier(in_year, serial,
			number) e;
	END IF;
END
$$;
CREATE OR REPLACE FUNCTION synpunkt_follow.reply_file(serial bigint, in_year smallint,
	code_hash bytea, number smallint)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT f.name, f.type, f.size, f.sha256, f.thumbnail
	FROM synpunkt.case c
	JOIN synpunkt.case_content t ON t.case_id = c.id AND t.kind = 'reply-files'
	CROSS JOIN LATERAL jsonb_to_recordset(t.body::jsonb) AS f (n smallint, name text,
		type text, size bigint, sha256 text, thumbnail text)
	WHERE c.id = serial AND c.year = in_year AND c.follow_hash = code_hash AND f.n = number
	  AND NOT synpunkt.is_infected(f.sha256)
$$;

-- As in 0122_disclosure_mail.sql; a disclosure goes whole or not at all.
CREATE OR REPLACE FUNCTION synpunkt_mail.files_of(letter bigint)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT (jsonb_agg(f.file ORDER BY f.place) FILTER (WHERE NOT f.is_infected))::text
	FROM (SELECT t.body, false AS is_whole
		FROM synpunkt.outbox o
		JOIN synpunkt.case c ON c.id = o.case_id AND c.sensitivity < 3
		JOIN synpunkt.case_content t ON t.case_id = o.case_id AND t.seq = o.seq
			AND t.kind = 'reply-files'
		WHERE o.id = letter
		UNION ALL
		SELECT synpunkt_order.pictures_of(o.order_id), false
		FROM synpunkt.outbox o
		WHERE o.id = letter AND o.kind = 'order'
		UNION ALL
		SELECT synpunkt_disclosure.mail_files(o.id), true
		FROM synpunkt.outbox o
		WHERE o.id = letter AND o.kind = 'disclosure') a
	CROSS JOIN LATERAL (SELECT e.file, e.place, synpunkt.is_infected(e.file ->> 'sha256')
			AS is_infected
		FROM jsonb_array_elements(a.body::jsonb) WITH ORDINALITY AS e (file, place)) f
	HAVING NOT bool_or(a.is_whole AND f.is_infected)
$$;

-- As in 0088_order.sql.
CREATE OR REPLACE FUNCTION synpunkt_order.find(in_hash bytea)
RETURNS TABLE (state text, number text, board_name text, subject text, words text,
	address text, lat float8, lon float8, pictures jsonb, ordered_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT CASE WHEN e.ended OR o.state = 'accepted' THEN o.state ELSE 'sent' END,
		c.year || '-' || c.id,
		(SELECT b.name FROM synpunkt.organisation b WHERE b.code = o.board), o.subject,
		CASE WHEN NOT e.ended THEN o.words END, CASE WHEN NOT e.ended THEN o.address END,
		CASE WHEN NOT e.ended THEN public.st_y(o.position) END,
		CASE WHEN NOT e.ended THEN public.st_x(o.position) END,
		(SELECT coalesce(jsonb_agg(p.file ORDER BY p.place), '[]')
			FROM jsonb_array_elements(o.pictures) WITH ORDINALITY AS p (file, place)
			WHERE NOT e.ended AND NOT synpunkt.is_infected(p.file ->> 'sha256')),
		synpunkt.local_day(o.ordered_at)
	FROM synpunkt.work_order o
	JOIN synpunkt.case c ON c.id = o.case_id
	CROSS JOIN LATERAL (SELECT o.state IN ('done', 'refused', 'recalled') AS ended) e
	WHERE o.token_hash = in_hash
$$;
