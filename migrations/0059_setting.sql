-- The city's rows, changed at the desk: who may, what was before, and back again.
--
-- A kind of settings is a table of 0002 or 0026 and the columns that are shown of it. Every
-- change of such a row is a row of setting_change, whoever makes it: a trigger writes it, so
-- that what an import or the tool did is there too. Nothing is taken away from the history.
-- A key names a row for life: code, address or day; of deadlines the number of the row.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_settings') THEN
		CREATE ROLE synpunkt_settings NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_setting AUTHORIZATION synpunkt_settings;
GRANT USAGE ON SCHEMA synpunkt_setting TO synpunkt_desk;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_settings;

CREATE TABLE synpunkt.setting_kind (
	code text PRIMARY KEY,
	relation text NOT NULL,
	key text NOT NULL,            -- the column that names a row
	columns text[] NOT NULL,      -- what is shown and set
	sorted text NOT NULL,         -- the column that rows stand in order of
	board text,                   -- the column of whose leaders change a row too
	removable boolean NOT NULL    -- has no validity to end
);
INSERT INTO synpunkt.setting_kind (code, relation, key, columns, sorted, board, removable)
VALUES
	('working-days', 'working_day_exception', 'day', '{day,open,name}', 'day', NULL, true),
	('deadlines', 'deadline_policy', 'id', '{board,category,type,acknowledge_days,'
		'answer_days,because,stops_for,valid_from,valid_to}', 'id', 'board', false),
	('categories', 'category', 'code', '{code,position,area,area_name,name,synonyms,owner,'
		'sensitivity,statutory_acknowledgement,needs_triage,map_metres,valid_from,'
		'valid_to,successor}', 'position', NULL, false),
	('rules', 'routing_rule', 'code', '{code,position,category,type,district,unit,channel,'
		'words,sets_category,outcome,because,valid_from,valid_to}', 'position', NULL,
		false),
	('mailboxes', 'mailbox', 'address', '{address,board,unit,valid_from,valid_to}',
		'address', NULL, false),
	('helplines', 'helpline', 'code', '{code,position,name,phone,link,valid_from,valid_to}',
		'position', NULL, false),
	('redirects', 'redirect', 'code', '{code,position,link,valid_from,valid_to}',
		'position', NULL, false);

CREATE TABLE synpunkt.setting_change (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT now(),
	user_id bigint REFERENCES synpunkt.staff_user, -- NULL: an import, or the tool
	kind text NOT NULL REFERENCES synpunkt.setting_kind,
	key text NOT NULL,
	held jsonb,                   -- the row as it was; NULL: there was none
	holds jsonb,                  -- as it became; NULL: there is none
	reason text,
	undoes bigint REFERENCES synpunkt.setting_change,
	CHECK (held IS NOT NULL OR holds IS NOT NULL)
);
CREATE INDEX setting_change_row ON synpunkt.setting_change (kind, key, id);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['setting_kind', 'setting_change'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT ON synpunkt.%I TO synpunkt_settings', name);
		EXECUTE format('CREATE POLICY settings ON synpunkt.%I TO synpunkt_settings '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
END
$$;
GRANT INSERT ON synpunkt.setting_change TO synpunkt_settings;
GRANT SELECT ON synpunkt.calendar_day TO synpunkt_settings;
-- An import refers to the kind that its trigger names.
CREATE POLICY owner ON synpunkt.setting_kind FOR SELECT TO synpunkt_owner USING (true);

CREATE FUNCTION synpunkt_setting.on_history()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	RAISE EXCEPTION 'what was changed stays in the history';
END
$$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON synpunkt.setting_change
	FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_history();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON synpunkt.setting_change
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_setting.on_history();

GRANT SELECT, INSERT, UPDATE ON synpunkt.working_day_exception, synpunkt.deadline_policy,
	synpunkt.category, synpunkt.routing_rule, synpunkt.mailbox, synpunkt.helpline,
	synpunkt.redirect TO synpunkt_settings;
GRANT DELETE ON synpunkt.working_day_exception, synpunkt.deadline_policy,
	synpunkt.category, synpunkt.routing_rule, synpunkt.mailbox, synpunkt.helpline,
	synpunkt.redirect TO synpunkt_settings; -- a row that was made by mistake, taken back
GRANT SELECT (id, username, name) ON synpunkt.staff_user TO synpunkt_settings;
CREATE POLICY settings ON synpunkt.staff_user FOR SELECT TO synpunkt_settings USING (true);
GRANT SELECT (board, month, category, type, unit, district, channel, received)
	ON synpunkt.statistic_cube TO synpunkt_settings;
CREATE POLICY settings ON synpunkt.statistic_cube FOR SELECT TO synpunkt_settings USING (true);
GRANT EXECUTE ON FUNCTION synpunkt.user_of, synpunkt.led_boards,
	synpunkt.working_day_after TO synpunkt_settings;

-- ---- the history ----

CREATE FUNCTION synpunkt_setting.on_row()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	held CONSTANT jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
	holds CONSTANT jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
	IF held IS DISTINCT FROM holds THEN
		INSERT INTO synpunkt.setting_change (user_id, kind, key, held, holds, reason, undoes)
		VALUES (nullif(current_setting('synpunkt.setting_user', true), '')::bigint,
			TG_ARGV[0], coalesce(holds, held) ->> TG_ARGV[1], held, holds,
			nullif(current_setting('synpunkt.setting_reason', true), ''),
			nullif(current_setting('synpunkt.setting_undoes', true), '')::bigint);
	END IF;
	RETURN NULL;
END
$$;

DO $$
DECLARE
	kind record;
BEGIN
	FOR kind IN SELECT * FROM synpunkt.setting_kind LOOP
		EXECUTE format('CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE '
			'ON synpunkt.%I FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_row(%L, %L)',
			kind.relation, kind.code, kind.key);
	END LOOP;
END
$$;

-- ---- rows as they are shown ----

-- "valid_from" is "validFrom"; an open end is null.
CREATE FUNCTION synpunkt_setting.shown(in_columns text[], in_row jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN in_row IS NOT NULL THEN jsonb_object_agg(
		lower(left(c, 1)) || substr(replace(initcap(replace(c, '_', ' ')), ' ', ''), 2),
		CASE WHEN in_row ->> c IN ('infinity', '-infinity') THEN 'null'
			ELSE coalesce(in_row -> c, 'null') END) END
	FROM unnest(in_columns) c
$$;

-- What the caller leads: every board ('*'), some, or NULL for nobody who has settings.
CREATE FUNCTION synpunkt_setting.leads(in_user bigint)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT nullif(synpunkt.led_boards(in_user, false), '{}')
$$;

CREATE FUNCTION synpunkt_setting.may(led text[], in_kind synpunkt.setting_kind, in_row jsonb)
RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT coalesce('*' = ANY (led)
		OR (in_kind.board IS NOT NULL AND in_row ->> in_kind.board = ANY (led)), false)
$$;

-- The last change of a row; 0: none since there is a history.
CREATE FUNCTION synpunkt_setting.version_of(in_kind text, in_key text)
RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(max(h.id), 0)
	FROM synpunkt.setting_change h
	WHERE h.kind = in_kind AND h.key = in_key
$$;

CREATE FUNCTION synpunkt_setting.row_of(in_kind synpunkt.setting_kind, in_key text)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	found_row jsonb;
BEGIN
	EXECUTE format('SELECT to_jsonb(r) FROM synpunkt.%I r WHERE r.%I::text = $1',
		in_kind.relation, in_kind.key) INTO found_row USING in_key;
	RETURN found_row;
END
$$;

-- {items: [{key, version, mayChange, row}], mayAdd}; NULL: none of the caller's business.
CREATE FUNCTION synpunkt_setting.list(session text, in_kind text)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	led CONSTANT text[] := synpunkt_setting.leads(synpunkt.user_of(session));
	kind synpunkt.setting_kind;
	items jsonb;
BEGIN
	SELECT * INTO kind FROM synpunkt.setting_kind k WHERE k.code = in_kind;
	IF NOT FOUND OR led IS NULL THEN
		RETURN NULL;
	END IF;
	EXECUTE format('SELECT coalesce(jsonb_agg(jsonb_build_object(''key'', r.%1$I::text, '
		'''version'', synpunkt_setting.version_of($1, r.%1$I::text), '
		'''mayChange'', synpunkt_setting.may($2, $3, to_jsonb(r)), '
		'''row'', synpunkt_setting.shown($4, to_jsonb(r))) ORDER BY r.%2$I, r.%1$I), ''[]'') '
		'FROM synpunkt.%3$I r', kind.key, kind.sorted, kind.relation)
	INTO items USING in_kind, led, kind, kind.columns;
	RETURN jsonb_build_object('items', items, 'mayAdd',
		'*' = ANY (led) OR kind.board IS NOT NULL);
END
$$;

-- {key, version, mayChange, row, changes: newest first}; row is null of what is no more.
-- NULL: there never was any.
CREATE FUNCTION synpunkt_setting.one(session text, in_kind text, in_key text)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	led CONSTANT text[] := synpunkt_setting.leads(synpunkt.user_of(session));
	kind synpunkt.setting_kind;
	now_row jsonb;
	changes jsonb;
BEGIN
	SELECT * INTO kind FROM synpunkt.setting_kind k WHERE k.code = in_kind;
	IF NOT FOUND OR led IS NULL THEN
		RETURN NULL;
	END IF;
	now_row := synpunkt_setting.row_of(kind, in_key);
	SELECT jsonb_agg(jsonb_build_object('id', h.id,
		'at', to_char(h.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		'user', u.username, 'userName', u.name, 'reason', h.reason, 'undoes', h.undoes,
		'before', synpunkt_setting.shown(kind.columns, h.held),
		'after', synpunkt_setting.shown(kind.columns, h.holds)) ORDER BY h.id DESC)
	INTO changes
	FROM (SELECT * FROM synpunkt.setting_change k
		WHERE k.kind = in_kind AND k.key = in_key ORDER BY k.id DESC LIMIT 100) h
	LEFT JOIN synpunkt.staff_user u ON u.id = h.user_id;
	IF now_row IS NULL AND changes IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN jsonb_build_object('key', in_key,
		'version', synpunkt_setting.version_of(in_kind, in_key),
		'mayChange', synpunkt_setting.may(led, kind, coalesce(now_row,
			(SELECT h.held FROM synpunkt.setting_change h
			WHERE h.kind = in_kind AND h.key = in_key ORDER BY h.id DESC LIMIT 1))),
		'row', synpunkt_setting.shown(kind.columns, now_row),
		'changes', coalesce(changes, '[]'));
END
$$;

-- ---- changing ----

-- How many came in the last whole month that a row of these codes is about; words do not
-- count in.
CREATE FUNCTION synpunkt_setting.last_month(in_row jsonb)
RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(sum(c.received), 0)
	FROM synpunkt.statistic_cube c
	WHERE c.month = (date_trunc('month', synpunkt.today()) - interval '1 month')::date
	  AND (in_row ->> 'board' IS NULL OR c.board = in_row ->> 'board')
	  AND (in_row ->> 'category' IS NULL
		OR c.category = CASE in_row ->> 'category' WHEN 'none' THEN ''
			ELSE in_row ->> 'category' END)
	  AND (in_row ->> 'type' IS NULL OR c.type = in_row ->> 'type')
	  AND (in_row ->> 'unit' IS NULL OR c.unit = in_row ->> 'unit')
	  AND (in_row ->> 'district' IS NULL OR c.district = in_row ->> 'district')
	  AND (in_row ->> 'channel' IS NULL OR c.channel = in_row ->> 'channel')
$$;

-- The answer's day, by ten working days, of what comes on the day before.
CREATE FUNCTION synpunkt_setting.sample_day(in_day text)
RETURNS date LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt.working_day_after(in_day::date - 1, 10)
$$;

-- One row as it is to be; NULL takes it away. Raises what the table refuses.
CREATE FUNCTION synpunkt_setting.write(in_kind synpunkt.setting_kind, in_key text,
	held jsonb, holds jsonb)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	names text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(in_kind.columns) c);
	source CONSTANT text := CASE in_kind.relation WHEN 'deadline_policy' THEN 'source' END;
	written text := in_key;
BEGIN
	IF holds IS NULL THEN
		EXECUTE format('DELETE FROM synpunkt.%I r WHERE r.%I::text = $1',
			in_kind.relation, in_kind.key) USING in_key;
		RETURN in_key;
	END IF;
	names := concat_ws(', ', names, source);
	holds := holds || jsonb_build_object('source', 'desk');
	IF held IS NULL THEN
		EXECUTE format('INSERT INTO synpunkt.%1$I AS r (%2$s) SELECT %2$s '
			'FROM jsonb_populate_record(NULL::synpunkt.%1$I, $1) RETURNING r.%3$I::text',
			in_kind.relation, names, in_kind.key) INTO written USING holds;
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

-- What follows of a change, for who is about to make it: [{code, …}].
CREATE FUNCTION synpunkt_setting.effects(in_kind text, holds jsonb, before date, after date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE
		WHEN in_kind = 'working-days' THEN jsonb_build_array(jsonb_build_object(
			'code', 'answer-day', 'before', before, 'after', after))
		WHEN in_kind IN ('deadlines', 'rules') THEN jsonb_build_array(jsonb_build_object(
			'code', 'last-month', 'n', synpunkt_setting.last_month(holds)))
		WHEN in_kind = 'categories' THEN jsonb_build_array(jsonb_build_object(
			'code', 'last-month', 'n', synpunkt_setting.last_month(
				jsonb_build_object('category', holds ->> 'code'))))
		ELSE '[]' END
$$;

-- Makes, changes or takes away a row. in_row NULL: takes away. A preview does everything
-- and takes it back. {outcome, key, version, before, after, effects}; outcome is done,
-- forbidden, missing, conflict, exists, used, refused (the table's word in constraint).
CREATE FUNCTION synpunkt_setting.change(session text, in_kind text, in_key text,
	in_row jsonb, versions bigint[], in_reason text, undone bigint, is_preview boolean)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me CONSTANT bigint := synpunkt.user_of(session);
	led CONSTANT text[] := synpunkt_setting.leads(me);
	kind synpunkt.setting_kind;
	held jsonb;
	day_before date;
	day_after date;
	answer jsonb;
	word text;
BEGIN
	SELECT * INTO kind FROM synpunkt.setting_kind k WHERE k.code = in_kind;
	IF NOT FOUND OR led IS NULL THEN
		RETURN '{"outcome": "forbidden"}';
	END IF;
	-- One at a time: what is compared is what is changed.
	PERFORM pg_advisory_xact_lock(1937337970);
	held := CASE WHEN in_key IS NOT NULL THEN synpunkt_setting.row_of(kind, in_key) END;
	IF in_key IS NOT NULL AND held IS NULL AND undone IS NULL THEN
		RETURN '{"outcome": "missing"}';
	ELSIF (held IS NOT NULL AND NOT synpunkt_setting.may(led, kind, held))
		OR (in_row IS NOT NULL AND NOT synpunkt_setting.may(led, kind, in_row)) THEN
		RETURN '{"outcome": "forbidden"}';
	ELSIF in_key IS NOT NULL AND versions IS NOT NULL
		AND NOT synpunkt_setting.version_of(in_kind, in_key) = ANY (versions) THEN
		RETURN '{"outcome": "conflict"}';
	ELSIF in_row IS NULL AND undone IS NULL AND NOT kind.removable THEN
		RETURN '{"outcome": "not-removable"}';
	END IF;
	IF in_row IS NOT NULL AND 'valid_from' = ANY (kind.columns) THEN
		in_row := in_row || jsonb_build_object(
			'valid_from', coalesce(in_row ->> 'valid_from', '-infinity'),
			'valid_to', coalesce(in_row ->> 'valid_to', 'infinity'));
	END IF;
	PERFORM set_config('synpunkt.setting_user', me::text, true),
		set_config('synpunkt.setting_reason', coalesce(in_reason, ''), true),
		set_config('synpunkt.setting_undoes', coalesce(undone::text, ''), true);
	BEGIN
		IF in_kind = 'working-days' THEN
			day_before := synpunkt_setting.sample_day(
				coalesce(in_row, held) ->> 'day');
		END IF;
		in_key := synpunkt_setting.write(kind, in_key, held, in_row);
		IF in_kind = 'working-days' THEN
			day_after := synpunkt_setting.sample_day(
				coalesce(in_row, held) ->> 'day');
		END IF;
		answer := jsonb_build_object('outcome', 'done', 'key', in_key,
			'version', synpunkt_setting.version_of(in_kind, in_key),
			'before', synpunkt_setting.shown(kind.columns, held),
			'after', synpunkt_setting.shown(kind.columns,
				synpunkt_setting.row_of(kind, in_key)),
			'effects', synpunkt_setting.effects(in_kind,
				coalesce(in_row, held), day_before, day_after));
		IF is_preview THEN
			RAISE EXCEPTION USING ERRCODE = 'SP059';
		END IF;
	EXCEPTION
		WHEN SQLSTATE 'SP059' THEN
			NULL; -- what was done in the block is undone, what is known of it is kept
		WHEN unique_violation THEN
			answer := '{"outcome": "exists"}';
		WHEN foreign_key_violation THEN
			answer := '{"outcome": "used"}';
		WHEN check_violation THEN
			GET STACKED DIAGNOSTICS word = CONSTRAINT_NAME;
			answer := jsonb_build_object('outcome', 'refused', 'constraint', word);
	END;
	RETURN answer;
END
$$;

-- Back to what was before a change, if the row is still what the change made of it.
CREATE FUNCTION synpunkt_setting.undo(session text, in_kind text, in_key text,
	in_change bigint, in_reason text, is_preview boolean)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	done synpunkt.setting_change;
	kind synpunkt.setting_kind;
BEGIN
	IF synpunkt_setting.leads(synpunkt.user_of(session)) IS NULL THEN
		RETURN '{"outcome": "forbidden"}';
	END IF;
	PERFORM pg_advisory_xact_lock(1937337970);
	SELECT * INTO done FROM synpunkt.setting_change h
	WHERE h.id = in_change AND h.kind = in_kind AND h.key = in_key;
	IF NOT FOUND THEN
		RETURN '{"outcome": "missing"}';
	END IF;
	SELECT * INTO kind FROM synpunkt.setting_kind k WHERE k.code = in_kind;
	IF synpunkt_setting.row_of(kind, in_key) IS DISTINCT FROM done.holds THEN
		RETURN '{"outcome": "conflict"}';
	END IF;
	RETURN synpunkt_setting.change(session, in_kind, in_key, done.held, NULL, in_reason,
		in_change, is_preview);
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['on_history', 'on_row', 'shown', 'leads', 'may', 'version_of',
		'row_of', 'list', 'one', 'last_month', 'sample_day', 'write', 'effects', 'change',
		'undo'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_setting.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_setting.%I OWNER TO synpunkt_settings', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_setting.list, synpunkt_setting.one,
	synpunkt_setting.change, synpunkt_setting.undo TO synpunkt_desk;
