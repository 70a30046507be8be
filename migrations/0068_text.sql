-- What the city itself says in the residents' pages and letters, in its own words: a text
-- named in server/own_text.c, in one language, between two days. Outside them, and where there
-- is none, the catalogue's words stand. One text has one wording on a day.
--
-- And the way back to any row of the settings as it once was.

CREATE TABLE synpunkt.city_text (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	text text NOT NULL CHECK (text ~ '^[a-z0-9.-]{1,60}$'),
	language text NOT NULL CHECK (language ~ '^[A-Za-z0-9-]{1,35}$'),
	wording text NOT NULL CONSTRAINT city_text_wording
		CHECK (length(wording) BETWEEN 1 AND 2000 AND wording !~ '[\x01-\x09\x0b-\x1f\x7f]'),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to)
);
CREATE INDEX city_text_text ON synpunkt.city_text (text, language);

ALTER TABLE synpunkt.city_text OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.city_text ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.city_text FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.city_text TO synpunkt_settings;
CREATE POLICY settings ON synpunkt.city_text TO synpunkt_settings
	USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.city_text TO synpunkt_resident, synpunkt_job;
CREATE POLICY reader ON synpunkt.city_text FOR SELECT TO synpunkt_resident, synpunkt_job
	USING (true);

INSERT INTO synpunkt.setting_kind (code, relation, key, columns, sorted, board, removable)
VALUES ('texts', 'city_text', 'id', '{text,language,wording,valid_from,valid_to}', 'id', NULL,
	false);
CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON synpunkt.city_text
	FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_row('texts', 'id');

-- Changes come one at a time (synpunkt_setting.change), so that two cannot miss each other.
CREATE FUNCTION synpunkt_setting.on_text()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND (NEW.text, NEW.language) <> (OLD.text, OLD.language) THEN
		RAISE EXCEPTION USING ERRCODE = 'check_violation',
			CONSTRAINT = 'city_text_same', MESSAGE = 'a row stays with its text';
	ELSIF EXISTS (SELECT FROM synpunkt.city_text t
		WHERE t.text = NEW.text AND t.language = NEW.language AND t.id <> NEW.id
		  AND t.valid_from <= NEW.valid_to AND t.valid_to >= NEW.valid_from) THEN
		RAISE EXCEPTION USING ERRCODE = 'unique_violation',
			MESSAGE = 'the text has own words on some of these days';
	ELSIF TG_OP = 'INSERT' AND 1000 <= (SELECT count(*) FROM synpunkt.city_text t
		WHERE t.valid_to >= synpunkt.today()) THEN
		RAISE EXCEPTION USING ERRCODE = 'check_violation',
			CONSTRAINT = 'city_text_count', MESSAGE = 'there are 1000 texts already';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER alone BEFORE INSERT OR UPDATE ON synpunkt.city_text
	FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_text();

CREATE FUNCTION synpunkt_setting.on_texts()
RETURNS trigger LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_notify('synpunkt_text', '');
	RETURN NULL;
END
$$;
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON synpunkt.city_text
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_setting.on_texts();

-- All that holds today or later: [{text, language, wording, from, to}], an open end left out.
CREATE FUNCTION synpunkt.text_snapshot()
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('text', t.text,
		'language', t.language, 'wording', t.wording,
		'from', nullif(t.valid_from, '-infinity'),
		'to', nullif(t.valid_to, 'infinity'))) ORDER BY t.id), '[]')
	FROM synpunkt.city_text t
	WHERE t.valid_to >= synpunkt.today()
$$;
REVOKE ALL ON FUNCTION synpunkt.text_snapshot FROM PUBLIC;
ALTER FUNCTION synpunkt.text_snapshot OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.text_snapshot TO synpunkt_resident, synpunkt_job;

-- ---- the way back ----

-- One row as it is to be; NULL takes it away. Raises what the table refuses. As in 0059, but
-- a row that comes back has its number again, and so its history.
CREATE OR REPLACE FUNCTION synpunkt_setting.write(in_kind synpunkt.setting_kind, in_key text,
	held jsonb, holds jsonb)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	source CONSTANT text := CASE in_kind.relation WHEN 'deadline_policy' THEN 'source' END;
	number CONSTANT text := CASE WHEN in_kind.key = 'id' AND holds ? 'id' THEN 'id' END;
	names CONSTANT text := concat_ws(', ',
		(SELECT string_agg(quote_ident(c), ', ') FROM unnest(in_kind.columns) c), source);
	written text := in_key;
BEGIN
	IF holds IS NULL THEN
		EXECUTE format('DELETE FROM synpunkt.%I r WHERE r.%I::text = $1',
			in_kind.relation, in_kind.key) USING in_key;
		RETURN in_key;
	END IF;
	holds := holds || jsonb_build_object('source', 'desk');
	IF held IS NULL THEN
		EXECUTE format('INSERT INTO synpunkt.%1$I AS r (%2$s) %4$s SELECT %2$s '
			'FROM jsonb_populate_record(NULL::synpunkt.%1$I, $1) RETURNING r.%3$I::text',
			in_kind.relation, concat_ws(', ', names, number), in_kind.key,
			CASE WHEN number IS NOT NULL THEN 'OVERRIDING SYSTEM VALUE' END)
		INTO written USING holds;
	ELSE
		EXECUTE format('UPDATE synpunkt.%1$I r SET (%2$s) = ROW (%3$s) '
			'FROM jsonb_populate_record(NULL::synpunkt.%1$I, $1) n WHERE r.%4$I::text = $2 '
			'RETURNING r.%4$I::text', in_kind.relation, names,
			(SELECT string_agg('n.' || quote_ident(c), ', ')
			FROM unnest(in_kind.columns || source) c WHERE c IS NOT NULL),
			in_kind.key) INTO written USING holds, in_key;
	END IF;
	RETURN written;
END
$$;

-- A row as it was before one of its changes, whatever has been done since: a change of its
-- own. Outcomes as of change(), and gone: what it referred to then is no more.
CREATE FUNCTION synpunkt_setting.restore(session text, in_kind text, in_key text,
	in_change bigint, versions bigint[], in_reason text, is_preview boolean)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	before jsonb;
	answer jsonb;
BEGIN
	IF synpunkt_setting.leads(synpunkt.user_of(session)) IS NULL THEN
		RETURN '{"outcome": "forbidden"}';
	END IF;
	PERFORM pg_advisory_xact_lock(1937337970);
	SELECT h.held INTO before FROM synpunkt.setting_change h
	WHERE h.id = in_change AND h.kind = in_kind AND h.key = in_key;
	IF NOT FOUND THEN
		RETURN '{"outcome": "missing"}';
	ELSIF before IS NULL THEN
		RETURN '{"outcome": "not-removable"}'; -- it was not there then
	END IF;
	answer := synpunkt_setting.change(session, in_kind, in_key, before, versions, in_reason,
		in_change, is_preview);
	-- A row that stays or comes back is nobody's to miss: what is missing is what it names.
	RETURN CASE WHEN answer ->> 'outcome' = 'used' THEN '{"outcome": "gone"}' ELSE answer END;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['on_text', 'on_texts', 'restore'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_setting.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_setting.%I OWNER TO synpunkt_settings', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_setting.restore TO synpunkt_desk;
