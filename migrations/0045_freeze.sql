-- The month is frozen on the third working day of the next one: a pack as text with its
-- hash, chained to the board's row before, in statistic_frozen. What the cells say later
-- of that month is another matter: it becomes a correction of its own, with a reason and
-- with the figures counted, never typed, or it stays unsaid. Disposal, reorganisation and
-- recategorising change nothing that was frozen.

-- The next month to freeze by itself: those before the installation wait for an operator.
CREATE TABLE synpunkt.statistic_freeze (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	next_month date NOT NULL CHECK (extract(day FROM next_month) = 1)
);
INSERT INTO synpunkt.statistic_freeze (next_month)
VALUES (date_trunc('month', synpunkt.today())::date);
ALTER TABLE synpunkt.statistic_freeze OWNER TO synpunkt_owner;
GRANT SELECT, UPDATE ON synpunkt.statistic_freeze TO synpunkt_count;

-- Nobody changes what is frozen, not even who owns the table.
CREATE FUNCTION synpunkt_statistics.on_frozen()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	RAISE EXCEPTION 'a frozen month does not change';
END
$$;
ALTER FUNCTION synpunkt_statistics.on_frozen() OWNER TO synpunkt_owner;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON synpunkt.statistic_frozen
	FOR EACH ROW EXECUTE FUNCTION synpunkt_statistics.on_frozen();
CREATE TRIGGER frozen_whole BEFORE TRUNCATE ON synpunkt.statistic_frozen
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_statistics.on_frozen();

CREATE FUNCTION synpunkt_statistics.frozen_hash(before bytea, board text, month date,
	part integer, at timestamptz, actor text, reason text, body text)
RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT sha256(before || convert_to(concat_ws(E'\n', board, to_char(month, 'YYYY-MM'),
		part::text, (extract(epoch FROM at) * 1000000)::bigint::text, actor,
		coalesce(reason, ''), body), 'UTF8'))
$$;

CREATE FUNCTION synpunkt_statistics.put_frozen(in_board text, in_month date, in_actor text,
	in_reason text, in_body text)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.statistic_frozen (board, month, part, at, actor, reason, body, before,
		hash)
	SELECT in_board, in_month, p.part, now(), in_actor, in_reason, in_body, p.before,
		synpunkt_statistics.frozen_hash(p.before, in_board, in_month, p.part, now(), in_actor,
			in_reason, in_body)
	FROM (
		SELECT coalesce((SELECT max(f.part) + 1 FROM synpunkt.statistic_frozen f
				WHERE f.board = in_board AND f.month = in_month), 0) AS part,
			coalesce((SELECT f.hash FROM synpunkt.statistic_frozen f
				WHERE f.board = in_board ORDER BY f.seq DESC LIMIT 1), '') AS before
	) p
$$;

-- Holds the counting, and counts what is not: a month is frozen with all there is.
CREATE FUNCTION synpunkt_statistics.count_all()
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	batch record;
	after_id bigint;
BEGIN
	PERFORM pg_advisory_xact_lock(1937337961);
	LOOP
		SELECT c.n, c.last INTO batch FROM synpunkt_statistics.catch_up(1000, after_id) c;
		EXIT WHEN batch.n = 0;
		after_id := batch.last;
	END LOOP;
END
$$;

-- Freezes an ended month of every board that has had figures, and of the city; a board
-- whose month is frozen keeps it as it is. Returns how many it froze.
CREATE FUNCTION synpunkt_statistics.freeze_month(in_month date, in_actor text)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	in_board text;
	n integer := 0;
BEGIN
	PERFORM synpunkt_statistics.count_all();
	FOR in_board IN
		SELECT DISTINCT c.board
		FROM synpunkt.statistic_cell c
		WHERE c.month <= in_month AND c.axis = 'all'
		  AND NOT EXISTS (SELECT FROM synpunkt.statistic_frozen f
			WHERE f.board = c.board AND f.month = in_month)
		ORDER BY c.board
	LOOP
		PERFORM synpunkt_statistics.put_frozen(in_board, in_month, in_actor, NULL,
			synpunkt_statistics.pack_live(in_board, in_month)::text);
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;

CREATE FUNCTION synpunkt_statistics.freeze_on(in_month date)
RETURNS date LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt.working_day_after((in_month + interval '1 month')::date - 1, 3)
$$;

-- The job worker's part, every second: freezes the next month when its day has come.
-- Returns how many months it froze, at most most.
CREATE FUNCTION synpunkt_statistics.freeze_due(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	due date;
	n integer := 0;
BEGIN
	WHILE n < most LOOP
		SELECT f.next_month INTO due
		FROM synpunkt.statistic_freeze f
		WHERE synpunkt_statistics.freeze_on(f.next_month) <= synpunkt.today()
		FOR UPDATE SKIP LOCKED;
		EXIT WHEN NOT FOUND;
		PERFORM synpunkt_statistics.freeze_month(due, 'system');
		UPDATE synpunkt.statistic_freeze f
		SET next_month = (due + interval '1 month')::date;
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;

-- For operators: a month that is over, also one from before the installation. Returns how
-- many boards it froze; NULL when the month's third working day after has not come.
CREATE FUNCTION synpunkt_statistics.freeze(in_month date)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF synpunkt_statistics.freeze_on(in_month) > synpunkt.today() THEN
		RETURN NULL;
	END IF;
	RETURN synpunkt_statistics.freeze_month(in_month, 'operator');
END
$$;

-- ---- corrections ----

-- What one pack's rows say that another's do not: [part, item, column, before, now].
CREATE FUNCTION synpunkt_statistics.changes(before jsonb, now jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_array(k.part, k.item, k.col, coalesce(a.n, 0),
		coalesce(b.n, 0)) ORDER BY k.part COLLATE "C", k.item COLLATE "C",
		k.col COLLATE "C"), '[]')
	FROM (
		SELECT r ->> 0 AS part, r ->> 1 AS item, r ->> 2 AS col
		FROM jsonb_array_elements(before) AS r
		UNION
		SELECT r ->> 0, r ->> 1, r ->> 2
		FROM jsonb_array_elements(now) AS r
	) k
	LEFT JOIN (SELECT r ->> 0 AS part, r ->> 1 AS item, r ->> 2 AS col, (r ->> 3)::bigint AS n
		FROM jsonb_array_elements(before) AS r) a USING (part, item, col)
	LEFT JOIN (SELECT r ->> 0 AS part, r ->> 1 AS item, r ->> 2 AS col, (r ->> 3)::bigint AS n
		FROM jsonb_array_elements(now) AS r) b USING (part, item, col)
	WHERE a.n IS DISTINCT FROM b.n
$$;

-- The rows that hold of a frozen month: its own, or those of the latest correction.
CREATE FUNCTION synpunkt_statistics.corrected(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT f.body::jsonb -> 'rows'
	FROM synpunkt.statistic_frozen f
	WHERE f.board = in_board AND f.month = in_month
	ORDER BY f.part DESC
	LIMIT 1
$$;

-- Puts what the cells say now beside a frozen month. outcome: done; unchanged, they say
-- what holds already; not-frozen.
CREATE FUNCTION synpunkt_statistics.put_correction(in_board text, in_month date,
	in_actor text, in_reason text)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	held jsonb;
	body jsonb;
BEGIN
	PERFORM synpunkt_statistics.count_all();
	held := synpunkt_statistics.corrected(in_board, in_month);
	IF held IS NULL THEN
		RETURN 'not-frozen';
	END IF;
	body := synpunkt_statistics.pack_live(in_board, in_month);
	IF synpunkt_statistics.changes(held, body -> 'rows') = '[]' THEN
		RETURN 'unchanged';
	END IF;
	PERFORM synpunkt_statistics.put_frozen(in_board, in_month, in_actor, in_reason, body::text);
	RETURN 'done';
END
$$;

-- The same for a session of the board's secretary, coordinator or manager, or for the city
-- of an analyst. outcome too: forbidden.
CREATE FUNCTION synpunkt_statistics.correct_for(session text, in_board text, in_month date,
	in_reason text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt_statistics.may_correct(in_board) THEN
		RETURN 'forbidden';
	END IF;
	RETURN synpunkt_statistics.put_correction(in_board, in_month,
		synpunkt_audit.actor_of(session), in_reason);
END
$$;

CREATE FUNCTION synpunkt_statistics.may_correct(in_board text)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN EXISTS (
		SELECT FROM synpunkt.roles_of(synpunkt.my_user(), synpunkt.today()) r
		WHERE CASE WHEN in_board = '' THEN r.role = 'analyst'
			ELSE r.board = in_board AND r.unit IS NULL
				AND r.role IN ('board-secretary', 'coordinator', 'manager') END);
END
$$;
ALTER FUNCTION synpunkt_statistics.may_correct(text) OWNER TO synpunkt_gate;

CREATE FUNCTION synpunkt_statistics.correct(in_board text, in_month date, in_reason text)
RETURNS text LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_statistics.put_correction(in_board, in_month, 'operator', in_reason)
$$;

-- [{at, actor, reason, changes}] of a month, in order.
CREATE FUNCTION synpunkt_statistics.corrections(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object(
		'at', to_char(f.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		'reason', f.reason, 'hash', encode(f.hash, 'hex'),
		'changes', synpunkt_statistics.changes(f.held, f.body::jsonb -> 'rows'))
		ORDER BY f.part), '[]')
	FROM (
		SELECT k.*, lag(k.body::jsonb -> 'rows') OVER (ORDER BY k.part) AS held
		FROM synpunkt.statistic_frozen k
		WHERE k.board = in_board AND k.month = in_month
	) f
	WHERE f.part > 0
$$;

-- ---- reading ----

-- The API's month: as it was frozen, or as the cells say.
CREATE FUNCTION synpunkt_statistics.month_shown(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(
		(SELECT f.body -> 'figures' || jsonb_build_object('frozen', true, 'corrections',
			synpunkt_statistics.corrections(in_board, in_month))
		FROM (SELECT synpunkt_statistics.frozen(in_board, in_month) AS body) f
		WHERE f.body IS NOT NULL),
		synpunkt_statistics.month(in_board, in_month, false))
$$;

CREATE OR REPLACE FUNCTION synpunkt_statistics.month_for(session text, in_board text,
	in_month date)
RETURNS TABLE (outcome text, whole text, first_month date, last_month date)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt_statistics.my_boards() && ARRAY[nullif(in_board, ''), '*'] THEN
		RETURN QUERY SELECT 'forbidden', NULL::text, NULL::date, NULL::date;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT 'done', synpunkt_statistics.month_shown(in_board, in_month)::text, min(c.month),
		max(c.month)
	FROM synpunkt.statistic_cell c
	WHERE c.board = in_board AND c.axis = 'all';
END
$$;

-- For operators: as it was frozen, or live.
CREATE FUNCTION synpunkt_statistics.month_shown_of(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_statistics.month_shown(in_board, in_month)
$$;

-- The pack: the frozen body, or the live one, with when it was frozen and its hash, and
-- the corrections; if asked for, how many rows of it the cells say otherwise now, which
-- takes as long as a live one.
CREATE FUNCTION synpunkt_statistics.pack(in_board text, in_month date, and_differs boolean)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(
		(SELECT f.body::jsonb || jsonb_build_object('frozen', true,
			'frozenAt', to_char(f.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
			'hash', encode(f.hash, 'hex'),
			'corrections', synpunkt_statistics.corrections(in_board, in_month),
			'differs', CASE WHEN and_differs THEN jsonb_array_length(
				synpunkt_statistics.changes(
					synpunkt_statistics.corrected(in_board, in_month),
					synpunkt_statistics.rows_json(in_board, in_month))) ELSE 0 END)
		FROM synpunkt.statistic_frozen f
		WHERE f.board = in_board AND f.month = in_month AND f.part = 0),
		synpunkt_statistics.pack_live(in_board, in_month) || jsonb_build_object('frozen', false,
			'freezeOn', to_char(synpunkt_statistics.freeze_on(in_month), 'YYYY-MM-DD'),
			'corrections', '[]'::jsonb, 'differs', 0))
$$;

-- The frozen rows whose hash or chain is wrong.
CREATE FUNCTION synpunkt_statistics.verify()
RETURNS TABLE (board text, month date, part integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT f.board, f.month, f.part
	FROM (
		SELECT k.*, coalesce(lag(k.hash) OVER (PARTITION BY k.board ORDER BY k.seq), '')
			AS right_before
		FROM synpunkt.statistic_frozen k
	) f
	WHERE f.before <> f.right_before
	   OR f.hash <> synpunkt_statistics.frozen_hash(f.before, f.board, f.month, f.part, f.at,
		f.actor, f.reason, f.body)
	ORDER BY f.seq
$$;

-- ---- the self-check ----

CREATE TABLE synpunkt.statistic_checked (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	checked_at timestamptz NOT NULL,
	differences bigint NOT NULL,
	wrong bigint NOT NULL         -- frozen months that are not as they were frozen
);
ALTER TABLE synpunkt.statistic_checked OWNER TO synpunkt_owner;
GRANT SELECT, INSERT, UPDATE ON synpunkt.statistic_checked TO synpunkt_count;

-- Checks once a day, after a local time of day; returns what the last check found, or no
-- row, and whether it was now.
CREATE FUNCTION synpunkt_statistics.check(after time)
RETURNS TABLE (differences bigint, wrong bigint, checked_at timestamptz, now boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	done integer := 0;
BEGIN
	IF (pg_catalog.now() AT TIME ZONE 'Europe/Stockholm')::time >= after
		AND pg_try_advisory_xact_lock(1937337962) THEN
		INSERT INTO synpunkt.statistic_checked AS k (checked_at, differences, wrong)
		SELECT pg_catalog.now(), synpunkt_statistics.differences(),
			(SELECT count(*) FROM synpunkt_statistics.verify())
		WHERE NOT EXISTS (SELECT FROM synpunkt.statistic_checked c
			WHERE synpunkt.local_day(c.checked_at) = synpunkt.today())
		ON CONFLICT (one) DO UPDATE SET checked_at = excluded.checked_at,
			differences = excluded.differences, wrong = excluded.wrong;
		GET DIAGNOSTICS done = ROW_COUNT;
	END IF;
	RETURN QUERY
	SELECT c.differences, c.wrong, c.checked_at, done > 0
	FROM synpunkt.statistic_checked c;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('frozen_hash', 'synpunkt_owner'), ('put_frozen', 'synpunkt_count'),
		('count_all', 'synpunkt_count'), ('freeze_month', 'synpunkt_count'),
		('freeze_on', 'synpunkt_owner'), ('freeze_due', 'synpunkt_count'),
		('freeze', 'synpunkt_count'), ('changes', 'synpunkt_owner'),
		('corrected', 'synpunkt_owner'), ('put_correction', 'synpunkt_count'),
		('correct_for', 'synpunkt_count'), ('correct', 'synpunkt_count'),
		('corrections', 'synpunkt_owner'), ('month_shown', 'synpunkt_owner'),
		('month_shown_of', 'synpunkt_count'), ('pack', 'synpunkt_owner'),
		('verify', 'synpunkt_count'), ('check', 'synpunkt_count'),
		('may_correct', 'synpunkt_gate')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_statistics.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_statistics.%I OWNER TO %I', row.name,
			row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.frozen_hash TO synpunkt_count;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.freeze_on, synpunkt_statistics.changes,
	synpunkt_statistics.corrected, synpunkt_statistics.corrections,
	synpunkt_statistics.month_shown, synpunkt_statistics.pack
	TO synpunkt_count, synpunkt_report;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.may_correct TO synpunkt_count, synpunkt_report;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.correct_for TO synpunkt_report;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.freeze_due, synpunkt_statistics.check
	TO synpunkt_job;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.freeze, synpunkt_statistics.correct,
	synpunkt_statistics.month_shown_of,
	synpunkt_statistics.verify TO synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt_audit TO synpunkt_count;
GRANT EXECUTE ON FUNCTION synpunkt_audit.actor_of TO synpunkt_count;
