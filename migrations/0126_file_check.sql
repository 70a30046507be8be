-- Files of a case that are checked for viruses before anybody opens them. One that waits is
-- "checking", one that something was found in "infected": whatever serves a file asks for
-- "stored", so that neither is ever sent. Its bytes stay until a disposal decision says so.

ALTER TABLE synpunkt.case_attachment
	DROP CONSTRAINT case_attachment_state_check,
	DROP CONSTRAINT case_attachment_check,
	ADD CONSTRAINT case_attachment_state_check
		CHECK (state IN ('stored', 'refused', 'checking', 'infected')),
	ADD CONSTRAINT case_attachment_check CHECK ((state = 'refused') = (sha256 IS NULL)),
	ADD COLUMN check_tries smallint NOT NULL DEFAULT 0, -- that gave no verdict
	ADD COLUMN check_after timestamptz;                 -- NULL: at once
CREATE INDEX case_attachment_checking
	ON synpunkt.case_attachment (check_after NULLS FIRST, case_id, seq)
	WHERE state = 'checking';

GRANT SELECT (check_tries, check_after), UPDATE (state, check_tries, check_after)
	ON synpunkt.case_attachment TO synpunkt_act;
CREATE POLICY act_checks ON synpunkt.case_attachment FOR UPDATE TO synpunkt_act USING (true);

-- The hashes of those whose turn it is; the job worker has them looked at, and knows
-- nothing of the cases.
CREATE FUNCTION synpunkt_desk.files_to_check(most integer)
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT DISTINCT f.sha256
	FROM (SELECT a.sha256
		FROM synpunkt.case_attachment a
		WHERE a.state = 'checking' AND (a.check_after IS NULL OR a.check_after <= now())
		ORDER BY a.check_after NULLS FIRST, a.case_id, a.seq
		LIMIT most) f
$$;

-- What came of one, for every case that has it:
--   clean      it may be opened
--   unchecked  so may it: nothing is checked any more
--   found      never, by the name in_found; also where it was opened before that was known
--   failed     nobody could tell: again later, and later each time, an hour at most
CREATE FUNCTION synpunkt_desk.file_checked(in_sha256 text, verdict text, in_found text)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	is_found CONSTANT boolean := verdict = 'found';
	hit record;
	c synpunkt.case;
BEGIN
	IF verdict = 'failed' THEN
		UPDATE synpunkt.case_attachment a
		SET check_tries = least(a.check_tries + 1, 1000),
			check_after = now() + least(interval '1 minute' * (2 ^ least(a.check_tries, 10)),
				interval '1 hour')
		WHERE a.sha256 = in_sha256 AND a.state = 'checking';
		RETURN;
	END IF;
	FOR hit IN
		SELECT a.case_id, jsonb_agg(a.seq ORDER BY a.seq) AS files
		FROM synpunkt.case_attachment a
		WHERE a.sha256 = in_sha256 AND (a.state = 'checking' OR is_found AND a.state = 'stored')
		GROUP BY a.case_id
		ORDER BY a.case_id
	LOOP
		SELECT k.* INTO c FROM synpunkt.case k WHERE k.id = hit.case_id FOR NO KEY UPDATE;
		UPDATE synpunkt.case_attachment a
		SET state = CASE WHEN is_found THEN 'infected' ELSE 'stored' END, check_after = NULL
		WHERE a.case_id = c.id AND a.sha256 = in_sha256 AND a.state IN ('checking', 'stored');
		IF is_found THEN
			PERFORM synpunkt_desk.put_event(c.id, 'attachment-infected', 'system', c.board,
				jsonb_build_object('attachments', hit.files, 'found', in_found), NULL, NULL);
		END IF;
		UPDATE synpunkt.case k SET version = k.version + 1 WHERE k.id = c.id;
		PERFORM synpunkt_desk.tell(c.id, c.year, c.version + 1, c.board, c.unit);
	END LOOP;
END
$$;

-- Where nothing is checked any more, those that waited are files as all others.
CREATE FUNCTION synpunkt_desk.files_release(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	hash text;
	n integer := 0;
BEGIN
	FOR hash IN
		SELECT DISTINCT a.sha256
		FROM synpunkt.case_attachment a
		WHERE a.state = 'checking'
		LIMIT most
	LOOP
		PERFORM synpunkt_desk.file_checked(hash, 'unchecked', NULL);
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;

-- How many wait, for how many seconds the oldest has, and of how many nobody could tell.
CREATE FUNCTION synpunkt_desk.files_waiting()
RETURNS TABLE (n bigint, oldest bigint, failed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT count(*), coalesce(extract(epoch FROM now() - min(c.registered_at)), 0)::bigint,
		count(*) FILTER (WHERE a.check_tries > 0)
	FROM synpunkt.case_attachment a
	JOIN synpunkt.case c ON c.id = a.case_id
	WHERE a.state = 'checking'
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['files_to_check', 'file_checked', 'files_release',
		'files_waiting'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO synpunkt_act', name);
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_desk.%I TO synpunkt_job', name);
	END LOOP;
END
$$;
