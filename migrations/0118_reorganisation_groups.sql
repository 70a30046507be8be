-- A reorganisation and what came after it: roles that groups give (0110_oidc.sql), which go
-- along as groups' roles, and disclosures under way (0112_disclosure.sql), which do not.

GRANT SELECT (board, reference, state) ON synpunkt.disclosure TO synpunkt_reorganise;
CREATE POLICY reorganise ON synpunkt.disclosure FOR SELECT TO synpunkt_reorganise USING (true);
GRANT SELECT (group_name, role, board, unit, valid_to, ended_at) ON synpunkt.oidc_map
	TO synpunkt_reorganise;
CREATE POLICY reorganise ON synpunkt.oidc_map FOR SELECT TO synpunkt_reorganise USING (true);

-- Where the plan gives everybody's roles, whoever is in the group has the role at the successor
-- from the day on, too. Those who have it today have it at once, and lose it as they would at
-- the next sign-in without the group. A plan that names persons says nothing about a group.
CREATE FUNCTION synpunkt_reorganise.give_groups(plan jsonb, in_user bigint)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	given record;
	new_id bigint;
BEGIN
	FOR given IN
		SELECT m.id, m.issuer, m.group_name, m.role, g ->> 'to' AS board,
			coalesce(n.item ->> 'successor', m.unit) AS unit,
			greatest(m.valid_from, (plan ->> 'from')::date) AS valid_from, m.valid_to
		FROM jsonb_array_elements(plan -> 'roles') g
		JOIN synpunkt.oidc_map m ON m.board = g ->> 'from' AND m.ended_at IS NULL
			AND m.valid_to >= (plan ->> 'from')::date
		LEFT JOIN jsonb_array_elements(plan -> 'units') AS n (item)
			ON n.item ->> 'unit' = m.unit
		WHERE g -> 'persons' = '"all"'
	LOOP
		CONTINUE WHEN EXISTS (SELECT FROM synpunkt.oidc_map h
			WHERE h.issuer = given.issuer AND h.group_name = given.group_name
			  AND h.role = given.role AND h.board = given.board
			  AND h.unit IS NOT DISTINCT FROM given.unit AND h.ended_at IS NULL
			  AND h.valid_to >= given.valid_from);
		INSERT INTO synpunkt.oidc_map (issuer, group_name, role, board, unit, valid_from,
			valid_to, made_by)
		VALUES (given.issuer, given.group_name, given.role, given.board, given.unit,
			given.valid_from, given.valid_to, in_user)
		RETURNING id INTO new_id;
		INSERT INTO synpunkt.staff_role (user_id, role, board, unit, valid_from, valid_to,
			map_id)
		SELECT r.user_id, given.role, given.board, given.unit, given.valid_from,
			given.valid_to, new_id
		FROM synpunkt.staff_role r
		JOIN synpunkt.staff_user u ON u.id = r.user_id AND u.disabled_at IS NULL
		WHERE r.map_id = given.id
		ON CONFLICT (user_id, role, board, unit, valid_from) DO NOTHING;
	END LOOP;
END
$$;

-- As in 0105_reorganisation.sql, but of what was given by hand: the copy of a group's role
-- would stay when its holder leaves the group.
CREATE OR REPLACE FUNCTION synpunkt_reorganise.give_roles(plan jsonb, in_user bigint)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	given record;
BEGIN
	PERFORM set_config('synpunkt.setting_user', coalesce(in_user::text, ''), true),
		set_config('synpunkt.setting_reason', 'Omorganisation: ' || (plan ->> 'name'), true);
	FOR given IN
		SELECT DISTINCT r.user_id, r.role, g ->> 'to' AS board,
			coalesce(n.item ->> 'successor', r.unit) AS unit, r.valid_to
		FROM jsonb_array_elements(plan -> 'roles') g
		JOIN synpunkt.staff_role r ON r.board = g ->> 'from' AND r.map_id IS NULL
			AND r.valid_to >= (plan ->> 'from')::date
		JOIN synpunkt.staff_user u ON u.id = r.user_id AND u.disabled_at IS NULL
		LEFT JOIN jsonb_array_elements(plan -> 'units') AS n (item)
			ON n.item ->> 'unit' = r.unit
		WHERE (g -> 'persons' = '"all"' OR g -> 'persons' ? u.username)
		  AND NOT EXISTS (SELECT FROM synpunkt.staff_role h
			WHERE h.user_id = r.user_id AND h.role = r.role AND h.board = g ->> 'to'
			  AND h.unit IS NOT DISTINCT FROM coalesce(n.item ->> 'successor', r.unit)
			  AND h.valid_to >= (plan ->> 'from')::date)
	LOOP
		PERFORM synpunkt_people.put_role(given.user_id, jsonb_build_object(
			'role', given.role, 'board', given.board, 'unit', given.unit,
			'validFrom', plan ->> 'from', 'validTo', nullif(given.valid_to, 'infinity')));
	END LOOP;
	PERFORM synpunkt_reorganise.give_groups(plan, in_user);
END
$$;

-- ---- rehearsed ----

-- Does the plan give a role on, by whom it names or by everybody's?
CREATE FUNCTION synpunkt_reorganise.gives_on(given jsonb, r synpunkt.staff_role, username text)
RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT given ->> 'from' = r.board AND (given -> 'persons' = '"all"'
		OR (r.map_id IS NULL AND given -> 'persons' ? username))
$$;

-- The rest of named_rows() (0106_reorganisation_rehearsal.sql).
CREATE FUNCTION synpunkt_reorganise.named_later(plan jsonb)
RETURNS TABLE (kind text, name text) LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH ended AS MATERIALIZED (
		SELECT ARRAY(SELECT b ->> 'board' FROM jsonb_array_elements(plan -> 'boards') b)
			AS boards,
			ARRAY(SELECT u ->> 'unit' FROM jsonb_array_elements(plan -> 'units') u) AS units
	)
	SELECT 'groups', m.group_name || ': ' || m.role
	FROM synpunkt.oidc_map m, ended e
	WHERE (m.board = ANY (e.boards) OR m.unit = ANY (e.units)) AND m.ended_at IS NULL
	  AND m.valid_to >= synpunkt.today()
	UNION ALL
	SELECT 'disclosures', d.reference
	FROM synpunkt.disclosure d, ended e
	WHERE d.board = ANY (e.boards) AND d.state <> 'handed-out'
$$;

CREATE OR REPLACE FUNCTION synpunkt_reorganise.named(plan jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH numbered AS (
		SELECT f.kind, f.name, row_number() OVER (PARTITION BY f.kind ORDER BY f.name) AS i
		FROM (SELECT * FROM synpunkt_reorganise.named_rows(plan)
			UNION ALL SELECT * FROM synpunkt_reorganise.named_later(plan)) f
	)
	SELECT coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'n', k.n, 'names', k.names)
		ORDER BY k.kind), '[]')
	FROM (
		SELECT n.kind, count(*) AS n, coalesce(jsonb_agg(n.name ORDER BY n.i)
			FILTER (WHERE n.name IS NOT NULL AND n.i <= synpunkt_reorganise.named_most()),
			'[]') AS names
		FROM numbered n
		GROUP BY n.kind
	) k
$$;

-- As in 0106_reorganisation_rehearsal.sql, but for groups.
CREATE OR REPLACE FUNCTION synpunkt_reorganise.will_handle(plan jsonb, in_user bigint, in_board text,
	in_unit text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (
		SELECT
		FROM synpunkt.staff_role r
		JOIN synpunkt.staff_user u ON u.id = r.user_id AND u.disabled_at IS NULL
		WHERE r.user_id = in_user
		  AND greatest((plan ->> 'from')::date, synpunkt.today())
			BETWEEN r.valid_from AND r.valid_to
		  AND (r.unit IS NULL OR r.unit = in_unit OR in_unit = (SELECT n ->> 'successor'
			FROM jsonb_array_elements(plan -> 'units') n WHERE n ->> 'unit' = r.unit))
		  AND r.role IN ('registrar', 'coordinator', 'case-handler', 'manager',
			'board-secretary', 'dispatcher')
		  AND (r.board = in_board OR EXISTS (SELECT
			FROM jsonb_array_elements(plan -> 'roles') g
			WHERE g ->> 'to' = in_board
			  AND synpunkt_reorganise.gives_on(g, r, u.username))))
$$;

-- As in 0106_reorganisation_rehearsal.sql, but for groups.
CREATE OR REPLACE FUNCTION synpunkt_reorganise.roles_at(plan jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH at AS (
		SELECT u.username, u.name, r.role, r.board, r.unit, o.name AS "boardName",
			EXISTS (SELECT FROM jsonb_array_elements(plan -> 'roles') g
				WHERE synpunkt_reorganise.gives_on(g, r, u.username))
			OR EXISTS (SELECT FROM synpunkt.staff_role h
				WHERE h.user_id = r.user_id AND h.role = r.role
				  AND h.board = synpunkt_reorganise.board_on(plan, r.board)
				  AND h.board <> r.board
				  AND h.unit IS NOT DISTINCT FROM r.unit
				  AND h.valid_to >= (plan ->> 'from')::date) AS keeps
		FROM synpunkt.staff_role r
		JOIN synpunkt.staff_user u ON u.id = r.user_id AND u.disabled_at IS NULL
		LEFT JOIN synpunkt.organisation o ON o.code = r.board
		WHERE r.valid_to >= greatest((plan ->> 'from')::date, synpunkt.today())
		  AND (r.board IN (SELECT b ->> 'board'
				FROM jsonb_array_elements(plan -> 'boards') b)
			OR r.unit IN (SELECT n ->> 'unit'
				FROM jsonb_array_elements(plan -> 'units') n))
	)
	SELECT jsonb_build_object('roles', (SELECT count(*) FROM at),
		'loses', (SELECT count(*) FROM at a WHERE NOT a.keeps),
		'who', coalesce((SELECT jsonb_agg(to_jsonb(k) ORDER BY k.board, k.username, k.role)
			FROM (SELECT a.username, a.name, a.role, a.board, a."boardName", a.unit
				FROM at a
				WHERE NOT a.keeps ORDER BY a.board, a.username, a.role
				LIMIT synpunkt_reorganise.named_most()) k), '[]'))
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['give_groups', 'gives_on', 'named_later'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_reorganise.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_reorganise.%I OWNER TO %I', name,
			CASE name WHEN 'give_groups' THEN 'synpunkt_account'
			ELSE 'synpunkt_reorganise' END);
	END LOOP;
END
$$;
