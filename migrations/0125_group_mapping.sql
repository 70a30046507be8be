-- Which groups of a provider stand for which roles, changed at the desk by administrators. The
-- tool and the desk call the same functions; a trigger writes who did it, so that the tool's
-- and a reorganisation's work is in the history, too.

CREATE TABLE synpunkt.oidc_map_change (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT now(),
	map_id bigint NOT NULL REFERENCES synpunkt.oidc_map,
	by_id bigint REFERENCES synpunkt.staff_user, -- NULL: the tool
	what text NOT NULL CHECK (what IN ('added', 'changed', 'ended')),
	valid_from date NOT NULL,
	valid_to date NOT NULL,
	reason text
);
CREATE INDEX oidc_map_change_map ON synpunkt.oidc_map_change (map_id, id);
INSERT INTO synpunkt.oidc_map_change (at, map_id, by_id, what, valid_from, valid_to)
SELECT m.made_at, m.id, m.made_by, 'added', m.valid_from, m.valid_to
FROM synpunkt.oidc_map m
UNION ALL
SELECT m.ended_at, m.id, m.ended_by, 'ended', m.valid_from, m.valid_to
FROM synpunkt.oidc_map m
WHERE m.ended_at IS NOT NULL
ORDER BY 1;
ALTER TABLE synpunkt.oidc_map_change OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.oidc_map_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.oidc_map_change FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON synpunkt.oidc_map_change TO synpunkt_account;
CREATE POLICY account ON synpunkt.oidc_map_change TO synpunkt_account
	USING (true) WITH CHECK (true);
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON synpunkt.oidc_map_change
	FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_history();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON synpunkt.oidc_map_change
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_setting.on_history();

CREATE FUNCTION synpunkt_signin.on_oidc_map()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	INSERT INTO synpunkt.oidc_map_change (map_id, by_id, what, valid_from, valid_to, reason)
	VALUES (NEW.id, nullif(current_setting('synpunkt.setting_user', true), '')::bigint,
		CASE WHEN TG_OP = 'INSERT' THEN 'added' WHEN NEW.ended_at IS NOT NULL THEN 'ended'
			ELSE 'changed' END,
		NEW.valid_from, NEW.valid_to,
		nullif(current_setting('synpunkt.setting_reason', true), ''));
	RETURN NULL;
END
$$;
CREATE TRIGGER history AFTER INSERT OR UPDATE ON synpunkt.oidc_map
	FOR EACH ROW EXECUTE FUNCTION synpunkt_signin.on_oidc_map();

-- Other days; the roles that it gave follow. One that stands already from its new first day,
-- given by hand or by another group, is not had twice. No row when it has ended.
CREATE FUNCTION synpunkt_signin.oidc_map_days(in_id bigint, from_day date, to_day date)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	days CONSTANT date[] := ARRAY[coalesce(from_day, '-infinity'), coalesce(to_day, 'infinity')];
BEGIN
	UPDATE synpunkt.oidc_map m
	SET valid_from = days[1], valid_to = days[2]
	WHERE m.id = in_id AND m.ended_at IS NULL AND m.valid_to >= synpunkt.today();
	IF NOT FOUND THEN
		RETURN;
	END IF;
	DELETE FROM synpunkt.staff_role r
	USING synpunkt.staff_role o
	WHERE r.map_id = in_id AND r.valid_from <> days[1] AND o.valid_from = days[1]
	  AND o.user_id = r.user_id AND o.role = r.role AND o.board = r.board
	  AND o.unit IS NOT DISTINCT FROM r.unit;
	UPDATE synpunkt.staff_role r
	SET valid_from = days[1], valid_to = days[2]
	WHERE r.map_id = in_id AND (r.valid_from, r.valid_to) <> (days[1], days[2]);
	RETURN NEXT in_id;
END
$$;

-- ---- at the desk ----

CREATE FUNCTION synpunkt_people.is_all(session text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce('*' = ANY (synpunkt_people.leads(session)), false)
$$;

-- linked: who was given the role by it, at their last sign-in; holders: who has it today;
-- losers: those of them who have it in no other way.
CREATE FUNCTION synpunkt_people.group_map(m synpunkt.oidc_map)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('id', m.id::text, 'issuer', m.issuer, 'group', m.group_name,
		'role', m.role, 'board', m.board, 'unit', m.unit,
		'validFrom', nullif(m.valid_from, '-infinity'),
		'validTo', nullif(m.valid_to, 'infinity'),
		'isOver', m.ended_at IS NOT NULL OR m.valid_to < synpunkt.today(),
		'linked', count(r.user_id),
		'holders', count(r.user_id) FILTER (WHERE w.is_today),
		'losers', count(r.user_id) FILTER (WHERE w.is_today AND NOT EXISTS (
			SELECT FROM synpunkt.staff_role o
			WHERE o.user_id = r.user_id AND o.role = r.role AND o.board = r.board
			  AND o.unit IS NOT DISTINCT FROM r.unit AND o.map_id IS DISTINCT FROM m.id
			  AND synpunkt.today() BETWEEN o.valid_from AND o.valid_to)),
		'changes', (SELECT jsonb_agg(jsonb_build_object('at', synpunkt_desk.stamp(c.at), 'what', c.what,
				'byName', u.name, 'validFrom', nullif(c.valid_from, '-infinity'),
				'validTo', nullif(c.valid_to, 'infinity'), 'reason', c.reason)
				ORDER BY c.id DESC)
			FROM synpunkt.oidc_map_change c
			LEFT JOIN synpunkt.staff_user u ON u.id = c.by_id
			WHERE c.map_id = m.id))
	FROM (VALUES (m.id)) AS i (id)
	LEFT JOIN synpunkt.staff_role r
		JOIN synpunkt.staff_user p ON p.id = r.user_id AND p.disabled_at IS NULL
		ON r.map_id = i.id
	CROSS JOIN LATERAL (SELECT synpunkt.today() BETWEEN r.valid_from AND r.valid_to)
		AS w (is_today)
$$;

-- Those of now and to come, and the hundred that were over last. NULL: not the caller's to see.
CREATE FUNCTION synpunkt_people.group_maps(session text)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT CASE WHEN synpunkt_people.is_all(session) THEN
		coalesce((SELECT jsonb_agg(l.whole ORDER BY l.issuer, l.group_name, l.id) FROM (
			SELECT m.issuer, m.group_name, m.id, synpunkt_people.group_map(m) AS whole
			FROM synpunkt.oidc_map m
			WHERE m.ended_at IS NULL AND m.valid_to >= synpunkt.today()
			UNION ALL
			(SELECT m.issuer, m.group_name, m.id, synpunkt_people.group_map(m)
			FROM synpunkt.oidc_map m
			WHERE m.ended_at IS NOT NULL OR m.valid_to < synpunkt.today()
			ORDER BY m.id DESC LIMIT 100)) l), '[]') END
$$;

-- given: {issuer, group, role, board, unit, validFrom, validTo}. The id, or a word: forbidden,
-- unknown.
CREATE FUNCTION synpunkt_people.group_map_add(session text, given jsonb, in_reason text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_people.is_all(session) THEN
		RETURN 'forbidden';
	END IF;
	PERFORM synpunkt_people.begin_as(session, in_reason);
	RETURN (SELECT a::text FROM synpunkt_signin.oidc_map_add(given ->> 'issuer',
		given ->> 'group', given ->> 'role', given ->> 'board', given ->> 'unit',
		(given ->> 'validFrom')::date, (given ->> 'validTo')::date) a);
EXCEPTION
	WHEN no_data_found OR invalid_parameter_value THEN
		RETURN 'unknown';
END
$$;

-- given: {validFrom, validTo}, or NULL to end it at once. done, forbidden, missing,
-- last-administrator.
CREATE FUNCTION synpunkt_people.group_map_change(session text, in_id bigint, given jsonb,
	in_reason text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	had boolean;
BEGIN
	IF NOT synpunkt_people.is_all(session) THEN
		RETURN 'forbidden';
	END IF;
	had := synpunkt_people.begin_as(session, in_reason);
	IF given IS NULL THEN
		PERFORM synpunkt_signin.oidc_map_end(in_id);
	ELSE
		PERFORM synpunkt_signin.oidc_map_days(in_id, (given ->> 'validFrom')::date,
			(given ->> 'validTo')::date);
	END IF;
	IF NOT FOUND THEN
		RETURN 'missing';
	END IF;
	RETURN synpunkt_people.judge(had);
EXCEPTION
	WHEN SQLSTATE 'SP060' THEN
		RETURN 'last-administrator';
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['on_oidc_map', 'oidc_map_days'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_signin.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_signin.%I OWNER TO synpunkt_account', name);
	END LOOP;
	FOREACH name IN ARRAY ARRAY['is_all', 'group_map', 'group_maps', 'group_map_add',
		'group_map_change'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_people.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_people.%I OWNER TO synpunkt_account', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_signin.oidc_map_days TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_people.group_maps, synpunkt_people.group_map_add,
	synpunkt_people.group_map_change TO synpunkt_desk;
GRANT USAGE ON SCHEMA synpunkt_desk TO synpunkt_account;
GRANT EXECUTE ON FUNCTION synpunkt_desk.stamp TO synpunkt_account;
