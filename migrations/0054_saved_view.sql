-- Saved filters of the queue: one's own, or a board's, which all who see cases there have and
-- its coordinators and managers make. How many cases each of them shows is counted by the
-- queue's own page(), up to a ceiling: nobody reads on beyond it.

CREATE TABLE synpunkt.saved_view (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	made_by bigint NOT NULL REFERENCES synpunkt.staff_user,
	board text,                   -- whose it is; NULL: its maker's own
	name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
	-- As the queue's address has them. Never words that were searched for: they may name
	-- somebody, and would stay.
	filters jsonb NOT NULL CHECK (jsonb_typeof(filters) = 'object' AND NOT filters ? 'q'
		AND length(filters::text) <= 1500),
	made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX saved_view_own ON synpunkt.saved_view (made_by) WHERE board IS NULL;
CREATE INDEX saved_view_board ON synpunkt.saved_view (board) WHERE board IS NOT NULL;
ALTER TABLE synpunkt.saved_view OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.saved_view ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.saved_view FORCE ROW LEVEL SECURITY;

-- The boards whose views the session makes and removes: of a whole board, not of a unit.
CREATE FUNCTION synpunkt.my_led_boards()
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN array_remove(synpunkt.led_boards(synpunkt.my_user(), false), '*');
END
$$;
REVOKE ALL ON FUNCTION synpunkt.my_led_boards FROM PUBLIC;
ALTER FUNCTION synpunkt.my_led_boards OWNER TO synpunkt_gate;
GRANT EXECUTE ON FUNCTION synpunkt.my_led_boards TO synpunkt_desk;

-- The desk's own role writes here, and these policies are all that says what it may.
GRANT SELECT, INSERT, DELETE ON synpunkt.saved_view TO synpunkt_desk;
GRANT UPDATE (name, filters) ON synpunkt.saved_view TO synpunkt_desk;
CREATE POLICY desk_reads ON synpunkt.saved_view FOR SELECT TO synpunkt_desk
	USING (CASE WHEN board IS NULL THEN made_by = (SELECT synpunkt.my_user())
		ELSE board = ANY ((SELECT synpunkt.my_boards())::text[]) END);
CREATE POLICY desk_adds ON synpunkt.saved_view FOR INSERT TO synpunkt_desk
	WITH CHECK (made_by = (SELECT synpunkt.my_user())
		AND (board IS NULL OR board = ANY ((SELECT synpunkt.my_led_boards())::text[])));
CREATE POLICY desk_changes ON synpunkt.saved_view FOR UPDATE TO synpunkt_desk
	USING (CASE WHEN board IS NULL THEN made_by = (SELECT synpunkt.my_user())
		ELSE board = ANY ((SELECT synpunkt.my_led_boards())::text[]) END);
CREATE POLICY desk_removes ON synpunkt.saved_view FOR DELETE TO synpunkt_desk
	USING (CASE WHEN board IS NULL THEN made_by = (SELECT synpunkt.my_user())
		ELSE board = ANY ((SELECT synpunkt.my_led_boards())::text[]) END);

-- ---- reading ----

CREATE FUNCTION synpunkt_desk.view_json(v synpunkt.saved_view)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('id', v.id, 'name', v.name, 'board', v.board,
		'filters', v.filters,
		'mayChange', v.board IS NULL OR v.board = ANY (synpunkt.my_led_boards()))
$$;

-- The board's first, then one's own, each in the order they were made: their places, which
-- the fingers know, do not move when one is added.
CREATE FUNCTION synpunkt_desk.views(session text)
RETURNS TABLE (view jsonb) LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT synpunkt_desk.view_json(v)
	FROM synpunkt.saved_view v
	ORDER BY v.board NULLS LAST, v.id;
END
$$;

-- How many cases of the queue pass the filters, at most most: as list() reads them, but
-- for words and what has been passed on, which are not saved.
CREATE FUNCTION synpunkt_desk.queue_count(filters jsonb, near_days integer, most integer)
RETURNS integer LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	f synpunkt_desk.queue_filter;
	asked text := nullif(filters ->> 'status', '');
	handler text := filters ->> 'handler';
	with_open boolean := asked IS DISTINCT FROM 'closed';
	with_closed boolean := coalesce(asked = 'any' OR 'closed' = ANY (string_to_array(asked, ',')),
		false);
BEGIN
	f.boards := CASE WHEN filters ? 'board' THEN ARRAY[filters ->> 'board']
		ELSE synpunkt.my_boards() END;
	f.statuses := CASE WHEN asked <> 'any' THEN string_to_array(asked, ',') END;
	f.category := filters ->> 'category';
	f.type := filters ->> 'type';
	f.district := filters ->> 'district';
	f.unhandled := handler = 'none';
	IF handler = 'me' THEN
		f.handlers := synpunkt.my_selves();
	ELSIF handler <> 'none' THEN
		f.handlers := synpunkt_desk.handlers_named(handler);
	END IF;
	f.attention := filters ->> 'attention';
	f.overdue := coalesce(filters ->> 'overdue' = 'true', false)
		OR f.attention IS NOT DISTINCT FROM 'overdue';
	f.today := synpunkt.today();
	f.by_received := coalesce(filters ->> 'sort' = 'receivedAt', false);
	IF f.attention = 'near-due' THEN
		f.near_by := synpunkt.working_day_after(f.today, near_days);
	ELSIF f.attention = 'approval' THEN
		with_open := coalesce('awaiting-approval' = ANY (f.statuses), true);
		with_closed := false;
		f.statuses := '{awaiting-approval}';
	ELSIF f.attention = 'mail-failed' THEN
		with_closed := with_closed OR asked IS NULL;
		f.among := ARRAY(SELECT o.case_id FROM synpunkt.outbox o
			WHERE o.failed_at IS NOT NULL AND o.dismissed_at IS NULL);
	END IF;
	RETURN coalesce(cardinality(
		synpunkt_desk.page(f, NULL, with_open, with_closed, most)), 0);
END
$$;

CREATE FUNCTION synpunkt_desk.view_counts(session text, near_days integer, most integer)
RETURNS TABLE (id bigint, n integer) LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT v.id, synpunkt_desk.queue_count(v.filters, near_days, most)
	FROM synpunkt.saved_view v
	ORDER BY v.id;
END
$$;

-- ---- writing ----

-- Outcomes: done with the view; gone, forbidden, missing, full.
CREATE FUNCTION synpunkt_desk.view_add(session text, in_board text, in_name text,
	in_filters jsonb, most_own integer, most_shared integer)
RETURNS TABLE (outcome text, view jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	added synpunkt.saved_view;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF synpunkt.my_user() IS NULL THEN
		RETURN QUERY SELECT 'gone', NULL::jsonb;
		RETURN;
	ELSIF in_board IS NOT NULL AND in_board <> ALL (synpunkt.my_led_boards()) THEN
		RETURN QUERY SELECT 'forbidden', NULL::jsonb;
		RETURN;
	END IF;
	-- Two at once must not both be the last.
	PERFORM pg_advisory_xact_lock(1937337966, CASE WHEN in_board IS NULL
		THEN synpunkt.my_user()::integer ELSE hashtext(in_board) END);
	IF (SELECT count(*) >= CASE WHEN in_board IS NULL THEN most_own ELSE most_shared END
		FROM synpunkt.saved_view v WHERE v.board IS NOT DISTINCT FROM in_board) THEN
		RETURN QUERY SELECT 'full', NULL::jsonb;
		RETURN;
	END IF;
	INSERT INTO synpunkt.saved_view AS v (made_by, board, name, filters)
	VALUES (synpunkt.my_user(), in_board, in_name, in_filters)
	RETURNING v.* INTO added;
	RETURN QUERY SELECT 'done', synpunkt_desk.view_json(added);
END
$$;

-- NULL: as it is. Somebody who sees a board's view and may not change it is told so.
CREATE FUNCTION synpunkt_desk.view_change(session text, in_view bigint, in_name text,
	in_filters jsonb)
RETURNS TABLE (outcome text, view jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	changed synpunkt.saved_view;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	UPDATE synpunkt.saved_view AS v
	SET name = coalesce(in_name, v.name), filters = coalesce(in_filters, v.filters)
	WHERE v.id = in_view
	RETURNING v.* INTO changed;
	RETURN QUERY SELECT CASE WHEN changed.id IS NOT NULL THEN 'done'
			WHEN EXISTS (SELECT FROM synpunkt.saved_view v WHERE v.id = in_view)
			THEN 'forbidden' ELSE 'missing' END,
		CASE WHEN changed.id IS NOT NULL THEN synpunkt_desk.view_json(changed) END;
END
$$;

CREATE FUNCTION synpunkt_desk.view_remove(session text, in_view bigint)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	DELETE FROM synpunkt.saved_view v WHERE v.id = in_view;
	IF FOUND THEN
		RETURN 'done';
	END IF;
	RETURN CASE WHEN EXISTS (SELECT FROM synpunkt.saved_view v WHERE v.id = in_view)
		THEN 'forbidden' ELSE 'missing' END;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['view_json', 'views', 'queue_count', 'view_counts', 'view_add',
		'view_change', 'view_remove'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_desk.%I TO synpunkt_desk', name);
	END LOOP;
END
$$;
