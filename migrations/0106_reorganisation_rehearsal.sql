-- A reorganisation rehearsed: what it would do today, nothing of it done. And what the desk
-- reads of them, which is for administrators: numbers, and nothing of what is in a case.

-- At most so many of a list are named; how many there are is always told.
CREATE FUNCTION synpunkt_reorganise.named_most()
RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 100 $$;

-- The rules that name a board or a unit that ends, of the version in force today and of those
-- that come later: their codes.
CREATE FUNCTION synpunkt_reorganise.rules_of(boards text[], units text[])
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(array_agg(DISTINCT e.rule ->> 'code'), '{}')
	FROM synpunkt.rule_activation a
	JOIN synpunkt.rule_version v ON v.version = a.version
	CROSS JOIN LATERAL jsonb_array_elements(v.rules) AS e (rule)
	WHERE a.taken_back_at IS NULL
	  AND (a.from_day > synpunkt.today() OR a.id = (
		SELECT b.id
		FROM synpunkt.rule_activation b
		WHERE b.taken_back_at IS NULL AND b.from_day <= synpunkt.today()
		ORDER BY b.from_day DESC, b.id DESC
		LIMIT 1))
	  AND (e.rule ->> 'outcome' = ANY (boards) OR e.rule ->> 'unit' = ANY (units)
		OR e.rule -> 'units' ?| units)
$$;

-- Everything else that names what ends, and stays as it is unless somebody changes it.
CREATE FUNCTION synpunkt_reorganise.named_rows(plan jsonb)
RETURNS TABLE (kind text, name text) LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH ended AS MATERIALIZED (
		SELECT ARRAY(SELECT b ->> 'board' FROM jsonb_array_elements(plan -> 'boards') b)
			AS boards,
			ARRAY(SELECT u ->> 'unit' FROM jsonb_array_elements(plan -> 'units') u) AS units
	), found (kind, name) AS (
		SELECT 'mailboxes', m.address
		FROM synpunkt.mailbox m, ended e
		WHERE (m.board = ANY (e.boards) OR m.unit = ANY (e.units))
		  AND m.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'rules', r.code
		FROM ended e, unnest(synpunkt_reorganise.rules_of(e.boards, e.units)) AS r (code)
		UNION ALL
		SELECT 'categories', c.name
		FROM synpunkt.category c, ended e
		WHERE c.owner = ANY (e.boards) AND c.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'units', u.name
		FROM synpunkt.unit u, ended e
		WHERE u.board = ANY (e.boards) AND u.code <> ALL (e.units)
		  AND u.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'deadlines', coalesce(c.name, p.type, o.name)
		FROM ended e
		JOIN synpunkt.deadline_policy p ON p.board = ANY (e.boards)
		JOIN synpunkt.organisation o ON o.code = p.board
		LEFT JOIN synpunkt.category c ON c.code = p.category
		WHERE p.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'approvals', coalesce(a.category, 'S' || a.sensitivity, a.board)
		FROM synpunkt.approval_rule a, ended e
		WHERE a.board = ANY (e.boards) AND a.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'escalations', x.board
		FROM synpunkt.escalation_rule x, ended e
		WHERE x.board = ANY (e.boards) AND x.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'templates', t.name
		FROM synpunkt.reply_template t, ended e
		WHERE t.board = ANY (e.boards) AND t.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'views', v.name
		FROM synpunkt.saved_view v, ended e
		WHERE v.board = ANY (e.boards)
		UNION ALL
		-- Somebody's own: how many, and not what they are called.
		SELECT 'own-views', NULL
		FROM synpunkt.saved_view v, ended e
		WHERE v.board IS NULL AND v.filters ->> 'board' = ANY (e.boards)
		UNION ALL
		SELECT 'contractors', k.name
		FROM synpunkt.contractor k, ended e
		WHERE k.board = ANY (e.boards) AND k.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'contractor-shares', s.contractor
		FROM synpunkt.contractor_share s, ended e
		WHERE (s.board = ANY (e.boards) OR s.unit = ANY (e.units))
		  AND s.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'disposal-rules', d.code
		FROM synpunkt.disposal_rule d, ended e
		WHERE d.board = ANY (e.boards) AND d.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'disposal-holds', h.board
		FROM synpunkt.disposal_hold h, ended e
		WHERE h.board = ANY (e.boards) AND h.released_at IS NULL
		UNION ALL
		SELECT 'goals', g.name
		FROM synpunkt.goal g, ended e
		WHERE g.board = ANY (e.boards) AND g.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'report-targets', t.measure || ' ' || t.year
		FROM synpunkt.report_target t, ended e
		WHERE t.board = ANY (e.boards) AND t.valid_to >= synpunkt.today()
		UNION ALL
		SELECT 'improvements', i.title
		FROM synpunkt.improvement i, ended e
		WHERE (i.board = ANY (e.boards) OR i.unit = ANY (e.units))
		  AND i.state IN ('planned', 'ongoing')
		UNION ALL
		SELECT 'webhooks', NULL
		FROM synpunkt.webhook w, ended e
		WHERE w.boards && e.boards AND w.ended_at IS NULL
		UNION ALL
		SELECT 'subscriptions', NULL
		FROM synpunkt.statistic_subscription s, ended e
		WHERE s.board = ANY (e.boards)
	)
	SELECT f.kind, f.name FROM found f
$$;

-- [{kind, n, names}].
CREATE FUNCTION synpunkt_reorganise.named(plan jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH numbered AS (
		SELECT f.kind, f.name, row_number() OVER (PARTITION BY f.kind ORDER BY f.name) AS i
		FROM synpunkt_reorganise.named_rows(plan) f
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

-- Will somebody handle cases at a board on the plan's day, by a role there or one of the plan?
CREATE FUNCTION synpunkt_reorganise.will_handle(plan jsonb, in_user bigint, in_board text,
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
			WHERE g ->> 'from' = r.board AND g ->> 'to' = in_board
			  AND (g -> 'persons' = '"all"' OR g -> 'persons' ? u.username))))
$$;

-- The roles of today at boards and units that end, and whether the plan gives them at the
-- successor (or they are held there already).
CREATE FUNCTION synpunkt_reorganise.roles_at(plan jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH at AS (
		SELECT u.username, u.name, r.role, r.board, r.unit, o.name AS "boardName",
			EXISTS (SELECT FROM jsonb_array_elements(plan -> 'roles') g
				WHERE g ->> 'from' = r.board
				  AND (g -> 'persons' = '"all"' OR g -> 'persons' ? u.username))
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

-- {code, name, decision, from, faults, cases, moves, statuses, overdue, handlers, unassigned,
-- drafts, mentions, followUps, workOrders, roles, named}: as it would be if it were today.
CREATE FUNCTION synpunkt_reorganise.rehearse(plan jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	faults CONSTANT jsonb := synpunkt_reorganise.faults(plan);
	head CONSTANT jsonb := jsonb_build_object('code', plan -> 'code', 'name', plan -> 'name',
		'decision', plan -> 'decision', 'from', plan -> 'from', 'faults', faults);
	s record;
	body jsonb;
BEGIN
	IF synpunkt_reorganise.is_wrong(faults) THEN
		RETURN head;
	END IF;
	s := synpunkt_reorganise.sources(plan, false);
	WITH moved AS MATERIALIZED (
		SELECT c.id, c.board, c.unit, c.status, c.handler, t.to_board, t.to_unit,
			c.answered_at IS NULL AND c.answer_by < synpunkt.today() AS overdue,
			c.handler IS NOT NULL AND NOT synpunkt_reorganise.will_handle(plan, c.handler,
				t.to_board, t.to_unit) AS loses
		FROM synpunkt_reorganise.targets(plan, s.boards, s.units) t
		JOIN synpunkt.case c ON c.id = t.id
	), ways AS (
		SELECT m.board, m.to_board, CASE WHEN m.unit IS DISTINCT FROM m.to_unit THEN m.unit END
				AS unit,
			CASE WHEN m.unit IS DISTINCT FROM m.to_unit THEN m.to_unit END AS to_unit,
			count(*) AS n, count(*) FILTER (WHERE m.overdue) AS overdue,
			count(*) FILTER (WHERE m.handler IS NOT NULL AND NOT m.loses) AS kept,
			count(*) FILTER (WHERE m.loses) AS unassigned,
			count(*) FILTER (WHERE m.status = 'received') AS received,
			count(*) FILTER (WHERE m.status = 'assigned') AS assigned,
			count(*) FILTER (WHERE m.status LIKE 'waiting-%') AS waiting,
			count(*) FILTER (WHERE m.status = 'awaiting-approval') AS approval,
			count(*) FILTER (WHERE m.status = 'answered') AS answered
		FROM moved m
		GROUP BY 1, 2, 3, 4
	), losers AS (
		SELECT m.handler, m.to_board, count(*) AS n
		FROM moved m
		WHERE m.loses
		GROUP BY m.handler, m.to_board
	)
	SELECT jsonb_build_object(
		'cases', (SELECT count(*) FROM moved),
		'overdue', (SELECT count(*) FROM moved m WHERE m.overdue),
		'unassigned', (SELECT count(*) FROM moved m WHERE m.loses),
		'moves', coalesce((SELECT jsonb_agg(jsonb_build_object('from', w.board,
				'fromName', f.name, 'to', w.to_board, 'toName', o.name, 'fromUnit', w.unit,
				'fromUnitName', fu.name, 'toUnit', w.to_unit, 'toUnitName', tu.name,
				'cases', w.n, 'overdue', w.overdue, 'keepHandler', w.kept,
				'unassigned', w.unassigned, 'byStatus', jsonb_build_object(
				'received', w.received, 'assigned', w.assigned, 'waiting', w.waiting,
				'awaiting-approval', w.approval, 'answered', w.answered))
				ORDER BY f.name, o.name, fu.name)
			FROM ways w
			LEFT JOIN synpunkt.organisation f ON f.code = w.board
			LEFT JOIN synpunkt.organisation o ON o.code = w.to_board
			LEFT JOIN synpunkt.unit fu ON fu.code = w.unit
			LEFT JOIN synpunkt.unit tu ON tu.code = w.to_unit), '[]'),
		'handlers', coalesce((SELECT jsonb_agg(jsonb_build_object('username', u.username,
				'name', u.name, 'to', l.to_board, 'toName', o.name, 'cases', l.n)
				ORDER BY l.n DESC, u.username)
			FROM (SELECT k.* FROM losers k ORDER BY k.n DESC, k.handler
				LIMIT synpunkt_reorganise.named_most()) l
			JOIN synpunkt.staff_user u ON u.id = l.handler
			LEFT JOIN synpunkt.organisation o ON o.code = l.to_board), '[]'),
		'drafts', (SELECT count(*) FROM synpunkt.reply_draft d
			JOIN moved m ON m.id = d.case_id),
		'mentions', (SELECT count(*) FROM synpunkt.case_mention d
			JOIN moved m ON m.id = d.case_id WHERE d.opened_at IS NULL),
		'followUps', (SELECT count(*) FROM synpunkt.case_follow_up d
			JOIN moved m ON m.id = d.case_id WHERE d.done_at IS NULL),
		'workOrders', (SELECT count(*) FROM synpunkt.work_order d
			JOIN moved m ON m.id = d.case_id
			WHERE d.state IN ('waiting', 'sent', 'accepted', 'stuck')))
	INTO body;
	RETURN head || body || jsonb_build_object('roles', synpunkt_reorganise.roles_at(plan),
		'named', synpunkt_reorganise.named(plan));
END
$$;

-- ---- the desk ----

-- An administrator, and not whoever stands in for one: it moves all that a board has.
CREATE FUNCTION synpunkt_reorganise.is_administrator(session text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce('*' = ANY (synpunkt.led_boards(synpunkt.user_of(session), true)), false)
$$;

CREATE FUNCTION synpunkt_reorganise.shown(r synpunkt.reorganisation)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('code', r.code, 'name', r.name, 'decision', r.decision,
		'from', to_char(r.day, 'YYYY-MM-DD'), 'state', r.state,
		'madeAt', synpunkt_desk.stamp(r.made_at),
		'madeByName', (SELECT u.name FROM synpunkt.staff_user u WHERE u.id = r.made_by),
		'begunAt', synpunkt_desk.stamp(r.begun_at),
		'begunByName', (SELECT u.name FROM synpunkt.staff_user u WHERE u.id = r.begun_by),
		'doneAt', synpunkt_desk.stamp(r.done_at), 'carried', r.carried,
		'left', (SELECT count(*) FROM synpunkt_reorganise.left_to_carry(r, NULL)
			WHERE r.state = 'carrying'),
		'mayCarryOut', r.state = 'planned' AND r.day <= synpunkt.today())
$$;

-- The latest day first, at most a hundred. NULL: not for the caller.
CREATE FUNCTION synpunkt_reorganise.list(session text)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_reorganise.is_administrator(session) THEN
		RETURN NULL;
	END IF;
	RETURN (SELECT coalesce(jsonb_agg(synpunkt_reorganise.shown(r) ORDER BY r.day DESC,
			r.id DESC), '[]')
		FROM (SELECT k.* FROM synpunkt.reorganisation k WHERE k.state <> 'withdrawn'
			ORDER BY k.day DESC, k.id DESC LIMIT 100) r);
END
$$;

-- With what it would do today; of one that has begun, what is left. NULL: not for the caller,
-- or there is none.
CREATE FUNCTION synpunkt_reorganise.one(session text, in_code text)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	r synpunkt.reorganisation;
BEGIN
	IF NOT synpunkt_reorganise.is_administrator(session) THEN
		RETURN NULL;
	END IF;
	SELECT k.* INTO r FROM synpunkt.reorganisation k
	WHERE k.code = in_code AND k.state <> 'withdrawn';
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN synpunkt_reorganise.shown(r) || jsonb_build_object('rehearsal',
		CASE WHEN r.state = 'planned' THEN synpunkt_reorganise.rehearse(r.plan) END);
END
$$;

-- start() for an administrator; outcome is its, or forbidden.
CREATE FUNCTION synpunkt_reorganise.start_as(session text, in_code text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN CASE WHEN synpunkt_reorganise.is_administrator(session)
		THEN synpunkt_reorganise.start(in_code, synpunkt.user_of(session))
		ELSE 'forbidden' END;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['named_most', 'rules_of', 'named_rows', 'named', 'will_handle',
		'roles_at', 'rehearse', 'is_administrator', 'shown', 'list', 'one', 'start_as'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_reorganise.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_reorganise.%I OWNER TO synpunkt_reorganise',
			name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_reorganise.rehearse TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_reorganise.list, synpunkt_reorganise.one,
	synpunkt_reorganise.start_as TO synpunkt_desk;
