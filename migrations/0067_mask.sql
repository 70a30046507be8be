-- Pictures masked: a copy of a picture with parts of it covered, a file of its own beside the
-- original, which stays. Of several the last counts: it is what the public is shown, and what
-- goes along with a transfer unless the sender says "originals".

CREATE TABLE synpunkt.case_mask (
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	attachment smallint NOT NULL, -- of what it is a copy; no key, so that disposal can tell
	n smallint NOT NULL,          -- of several the highest counts
	seq integer NOT NULL,         -- of the event that tells of it
	areas jsonb NOT NULL,         -- [{left, top, width, height}], pixels of the upright original
	name text NOT NULL,
	type text NOT NULL,
	size bigint NOT NULL,
	sha256 text NOT NULL,
	thumbnail_sha256 text NOT NULL,
	PRIMARY KEY (case_id, attachment, n),
	FOREIGN KEY (case_id, seq) REFERENCES synpunkt.case_event
);
CREATE INDEX case_mask_sha256 ON synpunkt.case_mask (sha256);
CREATE INDEX case_mask_thumbnail ON synpunkt.case_mask (thumbnail_sha256);
ALTER TABLE synpunkt.case_mask ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE synpunkt.case_mask OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.case_mask ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.case_mask FORCE ROW LEVEL SECURITY;

-- Where the original was not sent along, nothing that holds it is there: neither it nor a
-- letter that it came with. "original" counts attachments, not events.
ALTER POLICY desk ON synpunkt.case_attachment
	USING (EXISTS (SELECT FROM synpunkt.case_readable c WHERE c.id = case_attachment.case_id
		AND NOT synpunkt.is_withheld(c.withheld, 'attachment', 1)
		AND NOT synpunkt.is_withheld(c.withheld, 'original', case_attachment.seq)));
ALTER POLICY desk ON synpunkt.mail_delivery
	USING (EXISTS (SELECT FROM synpunkt.case_readable c WHERE c.id = mail_delivery.case_id
		AND NOT coalesce(c.withheld ?| ARRAY['text', 'contact', 'attachment', 'original',
			'message', 'reply'], false)));
GRANT SELECT ON synpunkt.case_mask TO synpunkt_desk, synpunkt_past;
CREATE POLICY desk ON synpunkt.case_mask FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case_readable c WHERE c.id = case_mask.case_id
		AND NOT synpunkt.is_withheld(c.withheld, 'attachment', 1)));
CREATE POLICY past ON synpunkt.case_mask FOR SELECT TO synpunkt_past USING (true);
GRANT SELECT, INSERT ON synpunkt.case_mask TO synpunkt_act;
CREATE POLICY act ON synpunkt.case_mask TO synpunkt_act USING (true) WITH CHECK (true);
GRANT SELECT (name, type, sha256, thumbnail_sha256) ON synpunkt.case_attachment TO synpunkt_act;
GRANT SELECT (sha256, thumbnail_sha256) ON synpunkt.case_mask TO synpunkt_follow;
CREATE POLICY follow ON synpunkt.case_mask FOR SELECT TO synpunkt_follow USING (true);
GRANT SELECT (case_id, attachment, n, thumbnail_sha256) ON synpunkt.case_mask
	TO synpunkt_support;
CREATE POLICY support ON synpunkt.case_mask FOR SELECT TO synpunkt_support USING (true);

-- The complainant keeps seeing the picture that they sent, and is not told of the copy.
ALTER FUNCTION synpunkt_follow.internal RENAME TO internal_but_masks;
CREATE FUNCTION synpunkt_follow.internal()
RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_follow.internal_but_masks() || '{picture-masked}'::text[]
$$;
ALTER FUNCTION synpunkt_follow.internal OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.internal TO synpunkt_person;

-- ---- masking ----

-- The copy that counts, up to an event.
CREATE FUNCTION synpunkt_desk.mask_of(in_case bigint, in_attachment smallint, until_seq integer)
RETURNS SETOF synpunkt.case_mask LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT m.*
	FROM synpunkt.case_mask m
	WHERE m.case_id = in_case AND m.attachment = in_attachment AND m.seq <= until_seq
	ORDER BY m.n DESC
	LIMIT 1
$$;

-- May the session mask that picture, and which file is it made from: the original, or for a
-- board that has not got it the copy that it has? The case is locked. rule and known are as
-- in act(), and so are the outcomes; full: there are as many copies as may be.
CREATE FUNCTION synpunkt_desk.mask_judge(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, number smallint, most integer, OUT outcome text,
	OUT c synpunkt.case, OUT file_name text, OUT file_type text, OUT file_sha256 text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF me IS NULL THEN
		outcome := 'gone';
		RETURN;
	END IF;
	SELECT k.* INTO c
	FROM synpunkt_desk.case_to_link(me, in_year, serial, rule -> 'roles') k;
	IF c.id IS NULL THEN
		outcome := CASE WHEN EXISTS (SELECT FROM synpunkt.case x
				WHERE x.id = serial AND x.year = in_year
				  AND ARRAY[x.board, x.board || '/' || x.unit] && synpunkt.my_keys(1))
			THEN 'forbidden'
			WHEN synpunkt_desk.has_passed_on(in_year, serial) THEN 'passed'
			ELSE 'missing' END;
		RETURN;
	END IF;
	IF synpunkt.is_withheld(c.withheld, 'attachment', 1) THEN
		NULL; -- there is no file for them
	ELSIF synpunkt.is_withheld(c.withheld, 'original', number) THEN
		SELECT m.name, m.type, m.sha256 INTO file_name, file_type, file_sha256
		FROM synpunkt_desk.mask_of(serial, number, 2147483647) m;
	ELSE
		SELECT a.name, a.type, a.sha256 INTO file_name, file_type, file_sha256
		FROM synpunkt.case_attachment a
		WHERE a.case_id = serial AND a.seq = number AND a.state = 'stored'
		  AND a.thumbnail_sha256 IS NOT NULL;
	END IF;
	outcome := CASE WHEN c.disposed_on IS NOT NULL THEN 'disposed'
		WHEN c.version <> ALL (known) THEN 'stale'
		WHEN NOT rule -> 'from' ? c.status THEN 'status'
		WHEN file_sha256 IS NULL THEN 'attachment'
		WHEN (SELECT count(*) FROM synpunkt.case_mask m
			WHERE m.case_id = serial AND m.attachment = number) >= most THEN 'full'
		ELSE 'done' END;
END
$$;

-- Asked before the work: its outcome and the case's version; of "done" the file to cover.
CREATE FUNCTION synpunkt_desk.mask_begin(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, number smallint, most integer)
RETURNS TABLE (outcome text, version integer, type text, sha256 text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT j.outcome, (j.c).version, j.file_type, j.file_sha256
	FROM synpunkt_desk.mask_judge(session, in_year, serial, known, rule, number, most) j
$$;

-- Keeps the copy that was made: {type, size, sha256, thumbnail}. Outcome and version as
-- above: whoever changed the case in the meantime was first.
CREATE FUNCTION synpunkt_desk.mask(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, number smallint, most integer, areas jsonb, made jsonb)
RETURNS TABLE (outcome text, version integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	j record;
	at_seq integer;
BEGIN
	SELECT * INTO j
	FROM synpunkt_desk.mask_judge(session, in_year, serial, known, rule, number, most);
	version := (j.c).version;
	outcome := j.outcome;
	IF outcome = 'done' THEN
		at_seq := synpunkt_desk.put_event(serial, rule ->> 'what',
			'user:' || synpunkt.user_of(session), (j.c).board,
			jsonb_build_object('attachment', number, 'areas', jsonb_array_length(areas)),
			NULL, NULL);
		INSERT INTO synpunkt.case_mask (case_id, attachment, n, seq, areas, name, type, size,
			sha256, thumbnail_sha256)
		SELECT serial, number, 1 + coalesce(max(m.n), 0), at_seq, mask.areas,
			regexp_replace(j.file_name, '^(maskad-)?', 'maskad-'), made ->> 'type',
			(made ->> 'size')::bigint, made ->> 'sha256', made ->> 'thumbnail'
		FROM synpunkt.case_mask m
		WHERE m.case_id = serial AND m.attachment = number;
		version := version + 1;
		UPDATE synpunkt.case c SET version = mask.version WHERE c.id = serial;
		PERFORM synpunkt_desk.tell(serial, in_year, version, (j.c).board, (j.c).unit);
	END IF;
	RETURN NEXT;
END
$$;

-- ---- what is seen of it ----

-- One attachment as the desk shows it. original: the reader has it. mask: the copy.
CREATE FUNCTION synpunkt_desk.picture_shown(a synpunkt.case_attachment, m synpunkt.case_mask)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('n', coalesce(a.seq, m.attachment),
		'name', coalesce(a.name, m.name), 'type', coalesce(a.type, m.type),
		'size', coalesce(a.size, m.size), 'state', coalesce(a.state, 'stored'),
		'original', a.seq IS NOT NULL,
		'mask', CASE WHEN m.n IS NOT NULL THEN (SELECT jsonb_build_object('version', m.n,
			'at', synpunkt_desk.stamp(e.at), 'byName', u.name, 'areas', m.areas,
			'type', m.type, 'size', m.size)
			FROM synpunkt.case_event e
			LEFT JOIN synpunkt.staff_user u ON u.id = CASE WHEN e.actor LIKE 'user:%'
				THEN substr(e.actor, 6)::bigint END
			WHERE e.case_id = m.case_id AND e.seq = m.seq) END)
$$;

-- The attachments of a case that the session reads, in the place of read()'s.
CREATE FUNCTION synpunkt_desk.pictures(session text, in_case bigint)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN (
		SELECT jsonb_build_object('attachments', coalesce(jsonb_agg(
			synpunkt_desk.picture_shown(a.file, m.copy) ORDER BY coalesce(a.n, m.n)), '[]'))
		FROM (SELECT t.seq AS n, t AS file FROM synpunkt.case_attachment t
			WHERE t.case_id = in_case) a
		FULL JOIN (SELECT DISTINCT ON (k.attachment) k.attachment AS n, k AS copy
			FROM synpunkt.case_mask k
			WHERE k.case_id = in_case
			ORDER BY k.attachment, k.n DESC) m ON m.n = a.n);
END
$$;

-- Had the board of that part the original of a picture, in any of its legs?
CREATE FUNCTION synpunkt_desk.past_original(p synpunkt_desk.past, number smallint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (
		SELECT
		FROM synpunkt.case_leg l
		WHERE l.case_id = (p.leg).case_id AND l.board = (p.leg).board
		  AND l.ended_seq IS NOT NULL
		  AND NOT synpunkt.is_withheld(l.withheld, 'attachment', 1)
		  AND NOT synpunkt.is_withheld(l.withheld, 'original', number))
$$;

-- The same of a part that a board has passed on, as it was then; no row as read_earlier().
CREATE FUNCTION synpunkt_desk.pictures_earlier(session text, in_year smallint, serial bigint)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	hit record;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT f.* INTO hit FROM synpunkt_desk.past_find(in_year, serial) f;
	IF NOT FOUND OR NOT synpunkt_desk.past_saw(hit.p, 'attachment', 1) THEN
		RETURN '{"attachments": []}';
	END IF;
	RETURN (
		SELECT jsonb_build_object('attachments', coalesce(jsonb_agg(
			synpunkt_desk.picture_shown(CASE WHEN o.had THEN a END, m) ORDER BY a.seq), '[]'))
		FROM synpunkt.case_attachment a
		CROSS JOIN LATERAL (SELECT synpunkt_desk.past_original(hit.p, a.seq) AS had) o
		LEFT JOIN LATERAL synpunkt_desk.mask_of(serial, a.seq,
			((hit.p).leg).ended_seq) m ON true
		WHERE a.case_id = serial AND (o.had OR m.n IS NOT NULL));
END
$$;

-- As in 0019_transfer.sql, with the copy if it is asked for, or all that the board had.
DROP FUNCTION synpunkt_desk.attachment_earlier;
CREATE FUNCTION synpunkt_desk.attachment_earlier(in_year smallint, serial bigint,
	number smallint, masked boolean)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	hit record;
BEGIN
	SELECT f.* INTO hit FROM synpunkt_desk.past_find(in_year, serial) f;
	IF NOT FOUND OR NOT synpunkt_desk.past_saw(hit.p, 'attachment', 1) THEN
		RETURN;
	END IF;
	IF masked OR NOT synpunkt_desk.past_original(hit.p, number) THEN
		RETURN QUERY
		SELECT m.name, m.type, m.size, m.sha256, m.thumbnail_sha256
		FROM synpunkt_desk.mask_of(serial, number, ((hit.p).leg).ended_seq) m;
	ELSE
		RETURN QUERY
		SELECT a.name, a.type, a.size, a.sha256, a.thumbnail_sha256
		FROM synpunkt.case_attachment a
		WHERE a.case_id = serial AND a.seq = number AND a.state = 'stored';
	END IF;
	IF FOUND THEN
		PERFORM synpunkt_audit.note_earlier(hit.c, ((hit.p).leg).board, (hit.p).class,
			'attachment-' || number);
	END IF;
END
$$;

-- As in 0007_desk.sql, with the copy if it is asked for, or all that there is for the board.
DROP FUNCTION synpunkt_desk.attachment;
CREATE FUNCTION synpunkt_desk.attachment(session text, in_year smallint, serial bigint,
	number smallint, masked boolean)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT f.name, f.type, f.size, f.sha256, f.thumbnail_sha256
	FROM synpunkt.case c
	CROSS JOIN LATERAL (
		SELECT a.name, a.type, a.size, a.sha256, a.thumbnail_sha256, 1 AS place
		FROM synpunkt.case_attachment a
		WHERE a.case_id = c.id AND a.seq = number AND a.state = 'stored' AND NOT masked
		UNION ALL
		SELECT m.name, m.type, m.size, m.sha256, m.thumbnail_sha256, 2
		FROM synpunkt_desk.mask_of(c.id, number, 2147483647) m
		ORDER BY 6
		LIMIT 1) f
	WHERE c.id = serial AND c.year = in_year;
	IF FOUND THEN
		PERFORM synpunkt_audit.note_if_sensitive(in_year, serial, 'attachment-' || number);
	ELSE
		RETURN QUERY SELECT e.* FROM synpunkt_desk.attachment_earlier(in_year, serial,
			number, masked) e;
	END IF;
END
$$;

-- As in 0038_support.sql, of the copy where there is one.
CREATE OR REPLACE FUNCTION synpunkt_support.photo(in_key text)
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce((SELECT m.thumbnail_sha256
			FROM synpunkt.case_mask m
			WHERE m.case_id = a.case_id AND m.attachment = a.seq
			ORDER BY m.n DESC
			LIMIT 1), a.thumbnail_sha256)
	FROM synpunkt.public_case p
	JOIN synpunkt.case_photo_shown f ON f.case_id = p.case_id
	JOIN synpunkt.case_attachment a ON a.case_id = f.case_id AND a.seq = f.seq
	WHERE p.key = in_key AND a.state = 'stored' AND a.thumbnail_sha256 IS NOT NULL
	ORDER BY a.seq
	LIMIT 1
$$;

-- As in 0065_reply_file.sql.
CREATE OR REPLACE FUNCTION synpunkt.attachments_unknown(hashes text[])
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT h
	FROM unnest(hashes) h
	WHERE NOT EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.thumbnail_sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.reply_file r WHERE r.sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.reply_file r WHERE r.thumbnail_sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.case_mask m WHERE m.sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.case_mask m WHERE m.thumbnail_sha256 = h)
$$;

-- ---- transfers ----

-- As in 0065_reply_file.sql, with the originals of what was masked as a part of its own.
CREATE OR REPLACE FUNCTION synpunkt_desk.part_kinds()
RETURNS TABLE (part text, kind text) LANGUAGE sql IMMUTABLE AS $$
	VALUES ('text', 'text'), ('contact', 'contact'), ('place', 'place'),
		('contact', 'earlier-contact'), ('place', 'earlier-place'),
		('place', 'earlier-position'),
		('attachments', 'attachment'), ('originals', 'original'),
		('messages', 'message'), ('messages', 'reply'), ('messages', 'reply-files'),
		('notes', 'note'), ('notes', 'draft'), ('notes', 'draft-files')
$$;

-- The part of withheld_from() for the originals of what was masked, by the number of the
-- attachment: not those that the sender has not got either, and unless they are sent none of
-- which there is a copy; but what the board had when it held the case it has again.
CREATE FUNCTION synpunkt_desk.originals_withheld(leg synpunkt.case_leg, to_board text,
	is_sent boolean)
RETURNS int4multirange LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(range_agg(int4range(m.attachment, m.attachment, '[]')), '{}')
	FROM (SELECT DISTINCT k.attachment FROM synpunkt.case_mask k
		WHERE k.case_id = leg.case_id) m
	WHERE (NOT is_sent OR synpunkt.is_withheld(leg.withheld, 'original', m.attachment))
	  AND NOT EXISTS (
		SELECT
		FROM synpunkt.case_leg l
		WHERE l.case_id = leg.case_id AND l.board = to_board AND l.ended_seq IS NOT NULL
		  AND NOT synpunkt.is_withheld(l.withheld, 'attachment', 1)
		  AND NOT synpunkt.is_withheld(l.withheld, 'original', m.attachment))
$$;

ALTER FUNCTION synpunkt_desk.withheld_from RENAME TO content_withheld_from;
CREATE FUNCTION synpunkt_desk.withheld_from(leg synpunkt.case_leg, to_board text,
	parts text[], seq integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	originals int4multirange := synpunkt_desk.originals_withheld(leg, to_board,
		'originals' = ANY (parts));
BEGIN
	RETURN nullif((coalesce(synpunkt_desk.content_withheld_from(leg, to_board, parts, seq),
			'{}') - 'original')
		|| CASE WHEN isempty(originals) THEN '{}'::jsonb
			ELSE jsonb_build_object('original', originals::text) END, '{}');
END
$$;

-- ---- disposal, and what is held on a person ----

GRANT SELECT (case_id, sha256, thumbnail_sha256), DELETE ON synpunkt.case_mask
	TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.case_mask TO synpunkt_dispose USING (true);

-- In the transaction of take(), which has their files seen to with the others.
CREATE FUNCTION synpunkt_dispose.on_masks()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	gone integer;
BEGIN
	INSERT INTO synpunkt.disposal_file (sha256, disposal_id)
	SELECT DISTINCT f.sha256, NEW.disposal_id
	FROM synpunkt.case_mask m
	CROSS JOIN LATERAL (VALUES (m.sha256), (m.thumbnail_sha256)) AS f (sha256)
	WHERE m.case_id = NEW.id
	ON CONFLICT (sha256) DO UPDATE SET disposal_id = excluded.disposal_id;
	DELETE FROM synpunkt.case_mask m WHERE m.case_id = NEW.id;
	GET DIAGNOSTICS gone = ROW_COUNT;
	UPDATE synpunkt.disposal d
	SET counts = synpunkt_dispose.added(d.counts, jsonb_build_object('masks', gone))
	WHERE d.id = NEW.disposal_id AND gone > 0;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_dispose.on_masks FROM PUBLIC;
ALTER FUNCTION synpunkt_dispose.on_masks OWNER TO synpunkt_dispose;
CREATE TRIGGER masks AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (NEW.disposed_on IS NOT NULL AND OLD.disposed_on IS NULL)
	EXECUTE FUNCTION synpunkt_dispose.on_masks();

GRANT SELECT (case_id, attachment, n, seq, name, type, size) ON synpunkt.case_mask
	TO synpunkt_person;
CREATE POLICY person ON synpunkt.case_mask FOR SELECT TO synpunkt_person USING (true);

-- As in 0025_person.sql, with the copies beside the pictures, of the boards that had them.
ALTER FUNCTION synpunkt_person.of_case RENAME TO of_case_but_masks;
CREATE FUNCTION synpunkt_person.of_case(in_case bigint, present boolean, until timestamptz,
	in_kind text, value text, in_boards text[])
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_person.of_case_but_masks(in_case, present, until, in_kind, value, in_boards)
		|| CASE WHEN present THEN jsonb_build_object('masked', (
			SELECT coalesce(jsonb_agg(jsonb_build_object('name', m.name, 'type', m.type,
				'size', m.size, 'at', synpunkt_desk.stamp(e.at)) ORDER BY m.attachment, m.n), '[]')
			FROM synpunkt.case_mask m
			JOIN synpunkt.case_event e ON e.case_id = m.case_id AND e.seq = m.seq
			WHERE m.case_id = in_case AND e.at <= until
			  AND synpunkt_person.any_had(in_case, in_boards, 'attachment', 1)))
		ELSE '{}' END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('synpunkt_desk', 'mask_of', 'synpunkt_owner'),
		('synpunkt_desk', 'mask_judge', 'synpunkt_act'),
		('synpunkt_desk', 'mask_begin', 'synpunkt_act'),
		('synpunkt_desk', 'mask', 'synpunkt_act'),
		('synpunkt_desk', 'picture_shown', 'synpunkt_owner'),
		('synpunkt_desk', 'pictures', 'synpunkt_owner'),
		('synpunkt_desk', 'past_original', 'synpunkt_past'),
		('synpunkt_desk', 'pictures_earlier', 'synpunkt_past'),
		('synpunkt_desk', 'attachment_earlier', 'synpunkt_past'),
		('synpunkt_desk', 'attachment', 'synpunkt_owner'),
		('synpunkt_desk', 'originals_withheld', 'synpunkt_act'),
		('synpunkt_desk', 'withheld_from', 'synpunkt_act'),
		('synpunkt_person', 'of_case', 'synpunkt_person'))
		AS v (schema, name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %I.%I FROM PUBLIC', row.schema, row.name);
		EXECUTE format('ALTER FUNCTION %I.%I OWNER TO %I', row.schema, row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.mask_begin, synpunkt_desk.mask, synpunkt_desk.pictures,
	synpunkt_desk.pictures_earlier, synpunkt_desk.attachment,
	synpunkt_desk.attachment_earlier TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.mask_of, synpunkt_desk.picture_shown
	TO synpunkt_desk, synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt_desk.mask_of, synpunkt.is_withheld TO synpunkt_act;
