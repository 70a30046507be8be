-- Subjects that are set by themselves: from how sure on, for which days. And what was suggested
-- at the desk when somebody chose: version of the model and rank, in the codes of the change.

-- The row that holds on a day is the one that was made last; none: nothing is set by itself.
CREATE TABLE synpunkt.auto_category (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	by_self boolean NOT NULL,
	least integer NOT NULL DEFAULT 90 CHECK (least BETWEEN 50 AND 99), -- per cent
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to)
);
ALTER TABLE synpunkt.auto_category OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.auto_category ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.auto_category FORCE ROW LEVEL SECURITY;
CREATE POLICY import ON synpunkt.auto_category TO synpunkt_owner USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.auto_category TO synpunkt_suggest;
CREATE POLICY suggest ON synpunkt.auto_category FOR SELECT TO synpunkt_suggest USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.auto_category TO synpunkt_settings;
CREATE POLICY settings ON synpunkt.auto_category TO synpunkt_settings
	USING (true) WITH CHECK (true);
INSERT INTO synpunkt.setting_kind (code, relation, key, columns, sorted, board, removable)
VALUES ('auto-categories', 'auto_category', 'id', '{by_self,least,valid_from,valid_to}', 'id',
	NULL, false);
CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON synpunkt.auto_category
	FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_row('auto-categories', 'id');
CREATE TRIGGER told AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON synpunkt.auto_category
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_suggest.on_list();

-- From how many per cent on, by the row of a day; 0: never.
CREATE FUNCTION synpunkt_suggest.set_from(on_day date)
RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce((SELECT CASE WHEN a.by_self THEN a.least ELSE 0 END
		FROM synpunkt.auto_category a
		WHERE on_day BETWEEN a.valid_from AND a.valid_to
		ORDER BY a.id DESC
		LIMIT 1), 0)
$$;
CREATE FUNCTION synpunkt_suggest.set_from()
RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_suggest.set_from(synpunkt.today())
$$;
REVOKE ALL ON FUNCTION synpunkt_suggest.set_from(), synpunkt_suggest.set_from(date) FROM PUBLIC;
ALTER FUNCTION synpunkt_suggest.set_from() OWNER TO synpunkt_suggest;
ALTER FUNCTION synpunkt_suggest.set_from(date) OWNER TO synpunkt_suggest;
-- A rehearsal asks for the day that it is for (claim() in 0097_rehearsal.sql).
GRANT USAGE ON SCHEMA synpunkt_suggest TO synpunkt_rehearse;
GRANT EXECUTE ON FUNCTION synpunkt_suggest.set_from(date) TO synpunkt_rehearse;
-- Mails become cases by the same model.
GRANT USAGE ON SCHEMA synpunkt_suggest TO synpunkt_mail_case;
GRANT EXECUTE ON FUNCTION synpunkt_suggest.set_from() TO synpunkt_desk, synpunkt_mail_case;
GRANT EXECUTE ON FUNCTION synpunkt_suggest.spot_list, synpunkt_suggest.held,
	synpunkt_suggest.serving TO synpunkt_mail_case;

-- ---- chosen of what was suggested ----

-- As in 0065_reply_file.sql; a change of subject tells of which suggestion it was made.
CREATE OR REPLACE FUNCTION synpunkt_desk.put_event(in_case bigint, in_what text, in_actor text,
	in_board text, in_codes jsonb, in_kind text, body text)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	last record;
	salt bytea := uuid_send(gen_random_uuid());
	files_salt bytea := uuid_send(gen_random_uuid());
	files text;
	refers jsonb := '{}';
BEGIN
	IF in_what = 'changed' AND in_codes ? 'category' THEN
		in_codes := in_codes || jsonb_strip_nulls(jsonb_build_object('suggested',
			nullif(current_setting('synpunkt.suggested', true), '')::jsonb));
	END IF;
	IF body IS NOT NULL THEN
		refers := jsonb_build_object(in_kind, synpunkt.content_hash(salt, body));
		IF in_kind IN ('reply', 'draft') THEN
			files := synpunkt_desk.files_to_put(in_case, in_codes);
		END IF;
	END IF;
	IF files IS NOT NULL THEN
		refers := refers || jsonb_build_object(in_kind || '-files',
			synpunkt.content_hash(files_salt, files));
	END IF;
	SELECT e.seq, e.hash INTO last
	FROM synpunkt.case_event e
	WHERE e.case_id = in_case
	ORDER BY e.seq DESC
	LIMIT 1;
	INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
	VALUES (in_case, last.seq + 1, now(), in_what, in_actor, in_board, in_codes, refers,
		synpunkt.event_hash(last.hash, in_case, last.seq + 1, now(), in_what, in_actor,
			in_board, in_codes, refers));
	IF body IS NOT NULL THEN
		INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
		VALUES (in_case, last.seq + 1, in_kind, salt, body);
	END IF;
	IF files IS NOT NULL THEN
		INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
		VALUES (in_case, last.seq + 1, in_kind || '-files', files_salt, files);
		INSERT INTO synpunkt.reply_file (case_id, n, sha256, thumbnail_sha256)
		SELECT in_case, f.n, f.sha256, f.thumbnail
		FROM jsonb_to_recordset(files::jsonb) AS f (n smallint, sha256 text, thumbnail text);
	END IF;
	RETURN last.seq + 1;
END
$$;

-- act() of a change that was made of a suggestion: {version, rank}, which is from 1.
CREATE FUNCTION synpunkt_desk.act_suggested(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, change jsonb)
RETURNS TABLE (outcome text, version integer)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.suggested', change ->> 'suggested', true);
	RETURN QUERY SELECT a.outcome, a.version
	FROM synpunkt_desk.act(session, in_year, serial, known, rule, change) a;
	PERFORM set_config('synpunkt.suggested', '', true);
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.act_suggested FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.act_suggested OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_desk.act_suggested TO synpunkt_desk;
