-- Who sees what at the desk, made narrower.

-- As before, but without providers: they are to see the cases of their own units only,
-- never a whole board's. Until units have users of their own they see none.
CREATE OR REPLACE FUNCTION synpunkt.my_boards()
RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(array_agg(DISTINCT r.board), '{}')
	FROM synpunkt.staff_session s
	JOIN synpunkt.staff_user u ON u.id = s.user_id AND u.disabled_at IS NULL
	JOIN synpunkt.staff_role r ON r.user_id = u.id
	WHERE s.token_hash = decode(coalesce(current_setting('synpunkt.session', true), ''), 'hex')
	  AND s.ends_at > now()
	  AND r.role NOT IN ('analyst', 'administrator', 'provider')
	  AND (now() AT TIME ZONE 'Europe/Stockholm')::date BETWEEN r.valid_from AND r.valid_to
$$;
