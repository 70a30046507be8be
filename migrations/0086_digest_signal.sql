-- The daily letter tells of new signals, and managers of deviations that nobody has taken.

CREATE INDEX case_deviation ON synpunkt.case (board) WHERE type = 'deviation' AND status = 'received';

GRANT EXECUTE ON FUNCTION synpunkt.led_boards TO synpunkt_signal;
GRANT USAGE ON SCHEMA synpunkt_signal TO synpunkt_digest;
GRANT SELECT (type, status) ON synpunkt.case TO synpunkt_digest;

-- How many of the last list nobody has dismissed at the boards that somebody leads, and which
-- Monday it is of. None when there are none.
CREATE FUNCTION synpunkt_signal.told(in_user bigint)
RETURNS TABLE (week date, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT s.week, count(*)
	FROM synpunkt.signal s
	WHERE s.week = (SELECT max(r.week) FROM synpunkt.signal_run r) AND s.dismissed_at IS NULL
	  AND s.board = ANY (synpunkt.led_boards(in_user, false))
	GROUP BY s.week
$$;
REVOKE ALL ON FUNCTION synpunkt_signal.told FROM PUBLIC;
ALTER FUNCTION synpunkt_signal.told OWNER TO synpunkt_signal;
GRANT EXECUTE ON FUNCTION synpunkt_signal.told TO synpunkt_digest;

-- Deviations at the boards and units that somebody is manager of, until one is taken, as
-- {n, items}. NULL when there are none.
CREATE FUNCTION synpunkt_desk.digest_deviations(in_user bigint, today date, most integer)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('n', count(*),
		'items', jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
			'number', d.year || '-' || d.id,
			'category', CASE WHEN d.sensitivity < 3 THEN k.name END,
			'answerBy', CASE WHEN d.sensitivity < 3
				THEN to_char(d.answer_by, 'YYYY-MM-DD') END))
			ORDER BY d.place) FILTER (WHERE d.place <= most))
	FROM (
		SELECT c.id, c.year, c.answer_by, c.sensitivity, c.category,
			row_number() OVER (ORDER BY c.answer_by, c.id) AS place
		FROM synpunkt.case c
		WHERE c.type = 'deviation' AND c.status = 'received'
		  AND EXISTS (SELECT FROM synpunkt.roles_of(in_user, today) r
			WHERE r.role = 'manager' AND r.board = c.board
			  AND (r.unit IS NULL OR r.unit = c.unit))
	) d
	LEFT JOIN synpunkt.category k ON k.code = d.category
	HAVING count(*) > 0
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.digest_deviations FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.digest_deviations OWNER TO synpunkt_digest;

-- As in 0066_mention.sql; and these two. Signals are told once: in the first letter after the
-- Monday that they are of.
ALTER FUNCTION synpunkt_desk.digest_body RENAME TO digest_mentioned;
CREATE FUNCTION synpunkt_desk.digest_body(in_user bigint, today date, near_days integer,
	most integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	told jsonb := synpunkt_desk.digest_mentioned(in_user, today, near_days, most);
	deviations jsonb := synpunkt_desk.digest_deviations(in_user, today, most);
	signals jsonb := (SELECT jsonb_build_object('signals', s.n)
		FROM synpunkt_signal.told(in_user) s
		WHERE NOT EXISTS (SELECT FROM synpunkt.digest d
			WHERE d.user_id = in_user AND d.day >= s.week AND d.body ? 'signals'));
BEGIN
	IF deviations IS NOT NULL THEN
		told := coalesce(told, '{}') || jsonb_build_object('board',
			coalesce(told -> 'board', '{}') || jsonb_build_object('deviation', deviations));
	END IF;
	RETURN CASE WHEN signals IS NULL THEN told ELSE coalesce(told, '{}') || signals END;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.digest_body FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.digest_body OWNER TO synpunkt_digest;
