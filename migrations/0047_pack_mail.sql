-- Who is told when a board's month is frozen: a line in the daily letter, with the figures
-- of the whole and where the pack is. Staff with an address choose it board by board.

CREATE TABLE synpunkt.statistic_subscription (
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	board text NOT NULL,          -- '' is the whole city
	told_seq bigint NOT NULL,     -- of the last frozen row that it was told of
	PRIMARY KEY (user_id, board)
);
ALTER TABLE synpunkt.statistic_subscription OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.statistic_subscription ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.statistic_subscription FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.statistic_subscription TO synpunkt_count;
CREATE POLICY count ON synpunkt.statistic_subscription TO synpunkt_count
	USING (true) WITH CHECK (true);
GRANT EXECUTE ON FUNCTION synpunkt.my_user TO synpunkt_count, synpunkt_account;
GRANT EXECUTE ON FUNCTION synpunkt.roles_of TO synpunkt_count;

-- Whether there is an address to write to: all that the figures know of it.
CREATE FUNCTION synpunkt_statistics.has_address()
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.staff_user u
		WHERE u.id = synpunkt.my_user() AND u.email IS NOT NULL)
$$;

-- Starts or ends it, for a session. outcome: done; forbidden; no-address.
CREATE FUNCTION synpunkt_statistics.subscribe(session text, in_board text, wanted boolean)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt_statistics.my_boards() && ARRAY[nullif(in_board, ''), '*'] THEN
		RETURN 'forbidden';
	ELSIF NOT wanted THEN
		DELETE FROM synpunkt.statistic_subscription k
		WHERE k.user_id = synpunkt.my_user() AND k.board = in_board;
		RETURN 'done';
	ELSIF NOT synpunkt_statistics.has_address() THEN
		RETURN 'no-address';
	END IF;
	INSERT INTO synpunkt.statistic_subscription (user_id, board, told_seq)
	SELECT synpunkt.my_user(), in_board, coalesce(max(f.seq), 0)
	FROM synpunkt.statistic_frozen f
	ON CONFLICT DO NOTHING;
	RETURN 'done';
END
$$;

-- Whether the session gets letters of a board; NULL when there is no address to send to.
CREATE FUNCTION synpunkt_statistics.subscribed(in_board text)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT CASE WHEN synpunkt_statistics.has_address() THEN EXISTS (
		SELECT FROM synpunkt.statistic_subscription k
		WHERE k.user_id = synpunkt.my_user() AND k.board = in_board) END
$$;

-- For the daily letter: what has been frozen since somebody was told, and notes that it is
-- told. NULL when nothing was. Who has lost the role is told nothing.
CREATE FUNCTION synpunkt_statistics.told(in_user bigint)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	items jsonb;
BEGIN
	SELECT jsonb_agg(jsonb_build_object('board', f.board, 'name', f.body ->> 'boardName',
		'month', f.body ->> 'month', 'received', f.body #> '{figures,received}',
		'closed', f.body #> '{figures,closed}',
		'answered', f.body #> '{figures,answeredInTime}') ORDER BY f.seq)
	INTO items
	FROM (
		SELECT g.seq, g.board, g.body::jsonb AS body
		FROM synpunkt.statistic_subscription k
		JOIN synpunkt.statistic_frozen g ON g.board = k.board AND g.seq > k.told_seq
			AND g.part = 0 AND g.actor = 'system'
		WHERE k.user_id = in_user AND EXISTS (
			SELECT FROM synpunkt.roles_of(in_user, synpunkt.today()) r
			WHERE r.role = 'analyst' OR (r.board = k.board AND r.unit IS NULL))
		ORDER BY g.seq
		LIMIT 20
	) f;
	UPDATE synpunkt.statistic_subscription k
	SET told_seq = coalesce((SELECT max(f.seq) FROM synpunkt.statistic_frozen f), 0)
	WHERE k.user_id = in_user;
	RETURN items;
END
$$;

-- The daily letter of 0012, with that.
CREATE OR REPLACE FUNCTION synpunkt_desk.digest(at timestamptz, at_time time, near_days integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	here timestamp := at AT TIME ZONE 'Europe/Stockholm';
	today date := here::date;
	begins timestamp := here::date + at_time;
	ends timestamptz;
	person record;
	told jsonb;
	frozen jsonb;
	n integer := 0;
BEGIN
	UPDATE synpunkt.outbox o
	SET failed_at = at, trouble = 'too-late'
	WHERE o.kind = 'digest' AND o.digest_user IS NOT NULL AND o.sent_at IS NULL
	  AND o.failed_at IS NULL AND o.give_up_at <= at;
	DELETE FROM synpunkt.digest d WHERE d.day < today - 30;
	IF here < begins OR here >= begins + interval '4 hours' OR NOT EXISTS (
		SELECT FROM synpunkt.calendar_day d WHERE d.day = today AND d.working) THEN
		RETURN 0;
	END IF;
	ends := (begins + interval '4 hours') AT TIME ZONE 'Europe/Stockholm';
	FOR person IN
		SELECT u.id
		FROM synpunkt.staff_user u
		WHERE u.email IS NOT NULL AND u.disabled_at IS NULL
		  AND NOT EXISTS (SELECT FROM synpunkt.digest d
			WHERE d.user_id = u.id AND d.day = today)
		ORDER BY u.id
	LOOP
		told := synpunkt_desk.digest_body(person.id, today, near_days, 20);
		frozen := synpunkt_statistics.told(person.id);
		IF frozen IS NOT NULL THEN
			told := coalesce(told, '{}') || jsonb_build_object('statistics', frozen);
		END IF;
		-- Nothing waits: that too is known for the day, and no letter is written.
		INSERT INTO synpunkt.digest AS d (user_id, day, body)
		VALUES (person.id, today, coalesce(told, '{}'))
		ON CONFLICT DO NOTHING;
		IF FOUND AND told IS NOT NULL THEN
			INSERT INTO synpunkt.outbox (kind, due_at, give_up_at, digest_user, digest_day)
			VALUES ('digest', at, ends, person.id, today);
			n := n + 1;
		END IF;
	END LOOP;
	RETURN n;
END
$$;

-- The pack for a session. outcome: done; forbidden.
CREATE FUNCTION synpunkt_statistics.pack_for(session text, in_board text, in_month date)
RETURNS TABLE (outcome text, whole text, first_month date, last_month date,
	may_correct boolean, subscribed boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt_statistics.my_boards() && ARRAY[nullif(in_board, ''), '*'] THEN
		RETURN QUERY SELECT 'forbidden', NULL::text, NULL::date, NULL::date, false, NULL::boolean;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT 'done', synpunkt_statistics.pack(in_board, in_month, s.may_correct)::text,
		s.first_month, s.last_month, s.may_correct, synpunkt_statistics.subscribed(in_board)
	FROM (
		SELECT min(c.month) AS first_month, max(c.month) AS last_month,
			synpunkt_statistics.may_correct(in_board) AS may_correct
		FROM synpunkt.statistic_cell c
		WHERE c.board = in_board AND c.axis = 'all'
	) s;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES ('subscribe', 'synpunkt_count'),
		('subscribed', 'synpunkt_count'), ('has_address', 'synpunkt_account'),
		 ('told', 'synpunkt_count'),
		('pack_for', 'synpunkt_owner')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_statistics.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_statistics.%I OWNER TO %I', row.name,
			row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.subscribe, synpunkt_statistics.subscribed,
	synpunkt_statistics.pack_for TO synpunkt_report;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.my_boards, synpunkt_statistics.has_address
	TO synpunkt_count;
GRANT USAGE ON SCHEMA synpunkt_statistics TO synpunkt_digest;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.told TO synpunkt_digest;
