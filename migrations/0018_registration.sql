-- Registration (5 kap. 1 § offentlighets- och sekretesslagen): what comes to a board gets
-- a number in the board's own series of the year. One job gives the numbers, within a
-- second of arrival: a counter inside the intake batch would halve intake, and one that
-- is not in the transaction leaves gaps. The number is the leg's and no event: to go onto
-- the chain it would have to wait for whoever holds the case, and since numbers are given
-- in turn, so would every other case's.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_register') THEN
		CREATE ROLE synpunkt_register NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_register AUTHORIZATION synpunkt_register;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_register;
GRANT USAGE ON SCHEMA synpunkt_register TO synpunkt_job;

CREATE TABLE synpunkt.register_series (
	board text NOT NULL,
	year smallint NOT NULL,       -- of the day the leg was stored, not of when it came
	last integer NOT NULL CHECK (last > 0),
	PRIMARY KEY (board, year)
);
ALTER TABLE synpunkt.register_series OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.register_series ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.register_series FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON synpunkt.register_series TO synpunkt_register;
CREATE POLICY register ON synpunkt.register_series TO synpunkt_register USING (true)
	WITH CHECK (true);

GRANT SELECT, UPDATE (registration_number) ON synpunkt.case_leg TO synpunkt_register;
CREATE POLICY register_reads ON synpunkt.case_leg FOR SELECT TO synpunkt_register USING (true);
CREATE POLICY register ON synpunkt.case_leg FOR UPDATE TO synpunkt_register USING (true);
CREATE INDEX case_leg_unregistered ON synpunkt.case_leg (opened_at, case_id, seq)
	WHERE registration_number IS NULL;

-- Numbers for at most so many legs that have none, "2026/123", in the order in which they
-- were committed: what one call sees comes before what the next one sees, and within a
-- call the time of arrival decides. Number and counter are one transaction, and one call
-- waits for another: no gap, no number twice. Returns how many it gave.
CREATE FUNCTION synpunkt_register.assign(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	given integer;
BEGIN
	PERFORM pg_advisory_xact_lock(1937337960);
	WITH fresh AS MATERIALIZED (
		SELECT l.case_id, l.seq, l.board, l.opened_at,
			extract(year FROM synpunkt.local_day(l.opened_at))::smallint AS year
		FROM synpunkt.case_leg l
		WHERE l.registration_number IS NULL
		ORDER BY l.opened_at, l.case_id, l.seq
		LIMIT most
	), counted AS (
		INSERT INTO synpunkt.register_series AS s (board, year, last)
		SELECT f.board, f.year, count(*)
		FROM fresh f
		GROUP BY f.board, f.year
		ON CONFLICT (board, year) DO UPDATE SET last = s.last + excluded.last
		RETURNING s.board, s.year, s.last
	), numbered AS (
		SELECT f.case_id, f.seq, c.year, c.last + 1
			- row_number() OVER (PARTITION BY f.board, f.year
				ORDER BY f.opened_at DESC, f.case_id DESC, f.seq DESC) AS n
		FROM fresh f
		JOIN counted c ON c.board = f.board AND c.year = f.year
	)
	UPDATE synpunkt.case_leg l
	SET registration_number = n.year || '/' || n.n
	FROM numbered n
	WHERE l.case_id = n.case_id AND l.seq = n.seq;
	GET DIAGNOSTICS given = ROW_COUNT;
	RETURN given;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_register.assign FROM PUBLIC;
ALTER FUNCTION synpunkt_register.assign OWNER TO synpunkt_register;
GRANT EXECUTE ON FUNCTION synpunkt_register.assign TO synpunkt_job;
