-- What the desk is told of other systems: whether a contractor's key is kept, and webhooks that
-- do not get through. And which contractors show our requests to their key alone, and what
-- their services ask for.

-- ---- a contractor's key ----

-- Its server shows a request only to whoever gives the key: it is asked with it. NULL: no.
ALTER TABLE synpunkt.contractor ADD COLUMN reads_keyed boolean;
UPDATE synpunkt.setting_kind k
SET columns = '{code,board,name,way,url,jurisdiction,mail,phone,takes_keys,takes_updates,'
	'reads_keyed,valid_from,valid_to}'
WHERE k.code = 'contractors';

-- Of claim()'s contractor.
CREATE FUNCTION synpunkt_order.reads_keyed(in_code text)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce((SELECT k.reads_keyed FROM synpunkt.contractor k WHERE k.code = in_code),
		false)
$$;

-- What the service of a share asks for, where every case has the same answer: "code=answer",
-- or "code[]=answer" of an attribute that takes several.
ALTER TABLE synpunkt.contractor_share ADD COLUMN service_answers text[],
	ADD CONSTRAINT contractor_share_answers CHECK (array_to_string(service_answers, E'\n')
		~ '^([A-Za-z0-9_.-]{1,60}(\[\])?=[^\n]+(\n|$))*$');
UPDATE synpunkt.setting_kind k
SET columns = '{board,contractor,category,unit,district,service_code,service_answers,automatic,'
	'valid_from,valid_to}'
WHERE k.code = 'contractor-shares';

-- Of claim()'s contractor and service, one a line; NULL of a service that asks for nothing.
CREATE FUNCTION synpunkt_order.service_answers(in_contractor text, in_service text)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT array_to_string(s.service_answers, E'\n')
	FROM synpunkt.contractor_share s
	WHERE s.contractor = in_contractor AND s.service_code = in_service
	  AND s.service_answers <> '{}' AND synpunkt.today() BETWEEN s.valid_from AND s.valid_to
	ORDER BY s.valid_from DESC, s.id DESC
	LIMIT 1
$$;

-- Whether the session changes a contractor that has a key to be kept: done, forbidden, missing.
CREATE FUNCTION synpunkt_order.key_may(session text, in_code text)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN NOT coalesce(cardinality(l.led) > 0, false) THEN 'forbidden'
		WHEN k.code IS NULL OR k.way <> 'open311' THEN 'missing'
		WHEN l.led && ARRAY['*', k.board] THEN 'done'
		ELSE 'forbidden' END
	FROM (SELECT synpunkt.led_boards(synpunkt.user_of(session), false) AS led) l
	LEFT JOIN synpunkt.contractor k ON k.code = in_code
$$;

-- [{setAt, setBy}], of one key at most and never the key. NULL: none of the caller's business.
CREATE FUNCTION synpunkt_order.keys(session text, in_code text)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT (SELECT coalesce(jsonb_agg(jsonb_build_object('setAt', to_char(
			x.set_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'setBy', u.name)), '[]')
		FROM synpunkt.contractor_key x
		JOIN synpunkt.staff_user u ON u.id = x.set_by
		WHERE x.contractor = in_code)::text
	WHERE synpunkt_order.key_may(session, in_code) = 'done'
$$;

CREATE FUNCTION synpunkt_order.key_remove(session text, in_code text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	word CONSTANT text := synpunkt_order.key_may(session, in_code);
BEGIN
	IF word = 'done' THEN
		DELETE FROM synpunkt.contractor_key x WHERE x.contractor = in_code;
	END IF;
	RETURN word;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['reads_keyed', 'service_answers', 'key_may', 'keys',
		'key_remove'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_order.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_order.%I OWNER TO synpunkt_act', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_order.keys, synpunkt_order.key_remove TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_order.reads_keyed, synpunkt_order.service_answers
	TO synpunkt_job;

-- ---- webhooks that do not get through ----

-- How many an administrator should look at: too much waits, something has been tried for an
-- hour, or was given up in the last week. 0 to anybody else.
CREATE FUNCTION synpunkt_webhook.failing(session text)
RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT count(*)
	FROM synpunkt.webhook w
	WHERE w.ended_at IS NULL AND synpunkt_webhook.is_allowed(session)
	  AND (w.failing_since IS NOT NULL OR EXISTS (SELECT FROM synpunkt.webhook_delivery d
		WHERE d.webhook = w.id AND d.delivered_at IS NULL AND d.why IS NOT NULL
		  AND d.give_up_at < now() + CASE WHEN d.due_at IS NULL THEN interval '3 days'
			ELSE interval '71 hours' END
		  AND d.give_up_at > now() - interval '7 days'))
$$;
REVOKE ALL ON FUNCTION synpunkt_webhook.failing FROM PUBLIC;
ALTER FUNCTION synpunkt_webhook.failing OWNER TO synpunkt_webhook;
GRANT EXECUTE ON FUNCTION synpunkt_webhook.failing TO synpunkt_desk;

-- ---- settings that got more columns ----

-- As in 0059_setting.sql; a column that the row did not have then is as good as an empty one.
CREATE OR REPLACE FUNCTION synpunkt_setting.undo(session text, in_kind text, in_key text,
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
	IF jsonb_strip_nulls(synpunkt_setting.row_of(kind, in_key))
		IS DISTINCT FROM jsonb_strip_nulls(done.holds) THEN
		RETURN '{"outcome": "conflict"}';
	END IF;
	RETURN synpunkt_setting.change(session, in_kind, in_key, done.held, NULL, in_reason,
		in_change, is_preview);
END
$$;
