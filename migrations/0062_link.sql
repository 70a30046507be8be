-- Two cases that belong together, said by somebody who reads both: an event of each.

-- Both ways, so that either case is asked by its own number.
CREATE TABLE synpunkt.case_link (
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	other_id bigint NOT NULL REFERENCES synpunkt.case,
	kind text NOT NULL CHECK (kind = 'related'),
	PRIMARY KEY (case_id, other_id),
	CHECK (case_id <> other_id)
);
ALTER TABLE synpunkt.case_link OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.case_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.case_link FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON synpunkt.case_link TO synpunkt_act;
CREATE POLICY act ON synpunkt.case_link TO synpunkt_act USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.case_link TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.case_link FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_id)
		AND EXISTS (SELECT FROM synpunkt.case c WHERE c.id = other_id));

-- As in 0005_follow.sql; which other cases the city sees is not the complainant's.
CREATE OR REPLACE FUNCTION synpunkt_follow.internal()
RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT '{note,mail-noted,mail-hint,approval-asked,approved,approval-rejected,approval-withdrawn,
		concern-marked,concern-lifted,marked,unmarked,threat-set,threat-lifted,protected,
		protection-lifted,hold-set,hold-released,reader-named,reader-removed,linked,
		unlinked}'::text[]
$$;

-- A case for somebody who has one of the roles for it and reads it, locked; no row else.
CREATE FUNCTION synpunkt_desk.case_to_link(me bigint, in_year smallint, serial bigint, roles jsonb)
RETURNS SETOF synpunkt.case LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	-- Before it is looked for: see act().
	keys text[] := synpunkt.my_keys(1);
	one synpunkt.case;
BEGIN
	SELECT c.* INTO one
	FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year
	  AND ARRAY[c.board, c.board || '/' || c.unit] && keys
	FOR NO KEY UPDATE;
	IF FOUND AND synpunkt_desk.has_role(me, roles, one) AND synpunkt.may_read(serial) THEN
		RETURN NEXT one;
	END IF;
END
$$;

-- Links two cases or (gone) ends that, for whoever the session is. roles: who may. Returns
--   done, unchanged
--   missing    no such case at the user's boards
--   forbidden  none of the roles for it, or it is not theirs to read
--   disposed   there is nothing left to act on
--   other      the other one is none that they could do the same with
CREATE FUNCTION synpunkt_desk.link(session text, in_year smallint, serial bigint,
	other_year smallint, other_serial bigint, roles jsonb, gone boolean)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
	a synpunkt.case;
	b synpunkt.case;
	one record;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	-- In one order, whichever of the two is asked: nobody waits for whoever waits for them.
	IF serial < other_serial THEN
		SELECT k.* INTO a FROM synpunkt_desk.case_to_link(me, in_year, serial, roles) k;
	END IF;
	SELECT k.* INTO b
	FROM synpunkt_desk.case_to_link(me, other_year, other_serial, roles) k;
	IF serial >= other_serial THEN
		SELECT k.* INTO a FROM synpunkt_desk.case_to_link(me, in_year, serial, roles) k;
	END IF;
	IF a.id IS NULL THEN
		RETURN CASE WHEN EXISTS (SELECT FROM synpunkt.case c
			WHERE c.id = serial AND c.year = in_year
			  AND ARRAY[c.board, c.board || '/' || c.unit] && synpunkt.my_keys(1))
			THEN 'forbidden' ELSE 'missing' END;
	ELSIF a.disposed_on IS NOT NULL THEN
		RETURN 'disposed';
	-- That a protected person's case is there at all would stand in the other's chain.
	ELSIF b.id IS NULL OR a.id = b.id OR (NOT gone AND (b.disposed_on IS NOT NULL
		OR a.protected_by IS NOT NULL OR b.protected_by IS NOT NULL)) THEN
		RETURN 'other';
	END IF;
	IF gone THEN
		DELETE FROM synpunkt.case_link l
		WHERE (l.case_id, l.other_id) IN ((a.id, b.id), (b.id, a.id));
	ELSE
		INSERT INTO synpunkt.case_link (case_id, other_id, kind)
		VALUES (a.id, b.id, 'related'), (b.id, a.id, 'related')
		ON CONFLICT DO NOTHING;
	END IF;
	IF NOT FOUND THEN
		RETURN 'unchanged';
	END IF;
	FOR one IN
		SELECT v.*
		FROM (VALUES (a.id, a.year, a.version, a.board, a.unit, b.year || '-' || b.id),
			(b.id, b.year, b.version, b.board, b.unit, a.year || '-' || a.id))
			AS v (id, year, version, board, unit, other)
		ORDER BY v.id
	LOOP
		PERFORM synpunkt_desk.put_event(one.id, CASE WHEN gone THEN 'unlinked' ELSE 'linked' END,
			'user:' || me, one.board, jsonb_build_object('other', one.other), NULL, NULL);
		UPDATE synpunkt.case c SET version = one.version + 1 WHERE c.id = one.id;
		PERFORM synpunkt_desk.tell(one.id, one.year, one.version + 1, one.board, one.unit);
	END LOOP;
	RETURN 'done';
END
$$;

-- As in 0015_wall.sql; which case an event links to is told by linked(), to who reads it, and
-- not by the event, which goes to every board that the case comes to.
ALTER FUNCTION synpunkt_desk.codes_shown RENAME TO people_shown;
CREATE FUNCTION synpunkt_desk.codes_shown(codes jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_desk.people_shown(codes) - 'other'
$$;

-- Those linked to a case that the session reads; each that is sensitive is logged as read.
CREATE FUNCTION synpunkt_desk.linked(session text, in_year smallint, serial bigint)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	items jsonb;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT coalesce(jsonb_agg(f.item ORDER BY f.other_id), '[]') INTO items
	FROM (
		SELECT l.other_id, synpunkt_desk.related_item(l.other_id, NULL) AS item
		FROM synpunkt.case_link l
		JOIN synpunkt.case_readable r ON r.id = l.case_id
		JOIN synpunkt.case c ON c.id = l.case_id AND c.year = in_year
		WHERE l.case_id = serial
	) f
	WHERE f.item IS NOT NULL;
	PERFORM synpunkt_audit.note_if_sensitive(split_part(i ->> 'number', '-', 1)::smallint,
		split_part(i ->> 'number', '-', 2)::bigint, 'related')
	FROM jsonb_array_elements(items) i;
	RETURN items;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('case_to_link', 'synpunkt_act'), ('link', 'synpunkt_act'),
		('codes_shown', 'synpunkt_owner'), ('linked', 'synpunkt_owner'))
		AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.link, synpunkt_desk.linked TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.codes_shown TO synpunkt_desk, synpunkt_past;
