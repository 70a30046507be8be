-- The queue and the search: which of a board's cases a page shows, in which order, and
-- which of them hold some words. Fast at a million cases, whatever the words.
--
-- list() runs with the caller's rights, so the policies decide what it sees. Words are
-- looked up by a role that reads nothing but words and boards: text search operators are
-- not leakproof, so under the desk's own policies no index of words would be used. A word
-- that few cases hold is looked up in the index of words; of one that many hold the queue
-- is read in its order, and each case asked for it, until the page is full. Read on like
-- that a queue without the word would never end, so after a while the index is asked after
-- all.

CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA public;

-- Closed cases are read in the queue's orders too. No case is born closed, so that these
-- cost nothing at intake.
CREATE INDEX case_closed ON synpunkt.case (board, answer_by, id)
	WHERE closed_at IS NOT NULL;
CREATE INDEX case_closed_received ON synpunkt.case (board, received_at, id)
	WHERE closed_at IS NOT NULL;

-- What words a case is found by. Filled after the case, never in the intake batch; kept
-- right by triggers from then on.
CREATE TABLE synpunkt.case_search (
	case_id bigint PRIMARY KEY REFERENCES synpunkt.case,
	board text NOT NULL,          -- as search_place() says
	unit text,                    -- as the case's, down to received_at
	category text,
	type text,
	district text,
	answer_by date NOT NULL,
	received_at timestamptz NOT NULL,
	open boolean NOT NULL,        -- the case is
	vector tsvector NOT NULL
);
-- With the codes, so that a common word at another board or of another category is not even
-- looked at. The queue asks for open cases, which are few among those of many years.
CREATE INDEX case_search_words ON synpunkt.case_search
	USING gin (board, category, type, district, vector);
CREATE INDEX case_search_open ON synpunkt.case_search
	USING gin (board, category, type, district, vector) WHERE open;
-- How common a word is decides how it is looked for.
ALTER TABLE synpunkt.case_search ALTER COLUMN vector SET STATISTICS 300;
-- Every case up to here is in it; later ones may be.
CREATE TABLE synpunkt.case_search_mark (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	case_id bigint NOT NULL
);
INSERT INTO synpunkt.case_search_mark (case_id) VALUES (0);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['case_search', 'case_search_mark'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt.is_withheld TO synpunkt_index;
GRANT SELECT ON synpunkt.case_search TO synpunkt_search;
CREATE POLICY search ON synpunkt.case_search FOR SELECT TO synpunkt_search USING (true);
GRANT SELECT, INSERT, UPDATE ON synpunkt.case_search TO synpunkt_index;
GRANT SELECT, UPDATE ON synpunkt.case_search_mark TO synpunkt_index;
CREATE POLICY index ON synpunkt.case_search TO synpunkt_index USING (true) WITH CHECK (true);
CREATE POLICY index ON synpunkt.case_search_mark TO synpunkt_index USING (true);

-- ---- what is found ----

-- The board's cases lie in three places by how sensitive they are, so that whoever may not
-- read a class does not find words in it either.
CREATE FUNCTION synpunkt_desk.search_place(board text, sensitivity smallint)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN sensitivity > 2 THEN board || '#' || sensitivity ELSE board END
$$;

-- The places that the session's roles reach, "place" or "place/unit"; who was named to read
-- one case, or handles it, finds it in the queue.
CREATE FUNCTION synpunkt_desk.search_keys(in_boards text[])
RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN ARRAY(
		SELECT DISTINCT concat_ws('/', synpunkt_desk.search_place(k.board, c.class),
			k.unit)
		FROM unnest('{2,3,4}'::smallint[]) AS c (class)
		CROSS JOIN LATERAL (
			SELECT split_part(m, '/', 1) AS board,
				nullif(split_part(m, '/', 2), '') AS unit
			FROM unnest(synpunkt.my_keys(c.class)) m) k
		WHERE in_boards IS NULL OR k.board = ANY (in_boards));
END
$$;

CREATE FUNCTION synpunkt_desk.words_of(in_case bigint)
RETURNS tsvector LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	-- The limit keeps the vector below the megabyte that it may have.
	SELECT to_tsvector('pg_catalog.swedish',
		coalesce(left(string_agg(t.body, ' ' ORDER BY t.seq), 200000), ''))
	FROM synpunkt.case_content t
	JOIN synpunkt.case c ON c.id = t.case_id
	WHERE t.case_id = in_case AND t.kind IN ('text', 'message', 'reply')
	  -- Words of a protected person may tell where they live.
	  AND NOT EXISTS (SELECT FROM synpunkt.case c
		WHERE c.id = in_case AND c.protected_by IS NOT NULL)
	  AND NOT synpunkt.is_withheld(c.withheld, t.kind, t.seq) -- from the board that searches
$$;

-- A case that moves, changes, is closed or becomes a protected person's, and words that
-- come later. Both take the lock of tell() first, which catch_up() holds from before it
-- looks until it commits: otherwise it could put in what the case was a moment ago, and
-- nobody would find it any more.
CREATE FUNCTION synpunkt_desk.on_case_moved()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1937337959);
	UPDATE synpunkt.case_search s
	SET board = synpunkt_desk.search_place(NEW.board, NEW.sensitivity),
		unit = NEW.unit, category = NEW.category, type = NEW.type,
		district = NEW.district, answer_by = NEW.answer_by, received_at = NEW.received_at,
		open = NEW.closed_at IS NULL,
		vector = CASE WHEN NEW.withheld IS NOT DISTINCT FROM OLD.withheld
			AND NEW.protected_by IS NOT DISTINCT FROM OLD.protected_by THEN s.vector
			ELSE synpunkt_desk.words_of(NEW.id) END
	WHERE s.case_id = NEW.id;
	RETURN NULL;
END
$$;
-- Of any column: another trigger moves answer_by.
CREATE TRIGGER search AFTER UPDATE ON synpunkt.case
	FOR EACH ROW WHEN ((OLD.board, OLD.sensitivity, OLD.unit, OLD.category, OLD.type,
		OLD.district, OLD.answer_by, OLD.received_at, OLD.closed_at IS NULL,
		OLD.protected_by)
		IS DISTINCT FROM (NEW.board, NEW.sensitivity, NEW.unit, NEW.category, NEW.type,
		NEW.district, NEW.answer_by, NEW.received_at, NEW.closed_at IS NULL,
		NEW.protected_by))
	EXECUTE FUNCTION synpunkt_desk.on_case_moved();

CREATE FUNCTION synpunkt_desk.on_words()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1937337959);
	UPDATE synpunkt.case_search s
	SET vector = synpunkt_desk.words_of(NEW.case_id)
	WHERE s.case_id = NEW.case_id;
	RETURN NULL;
END
$$;
CREATE TRIGGER search AFTER INSERT ON synpunkt.case_content
	FOR EACH ROW WHEN (NEW.kind IN ('message', 'reply'))
	EXECUTE FUNCTION synpunkt_desk.on_words();

-- The job worker's part: makes new cases findable and tells the desk of them. Returns how
-- many there were: when it is most there are more. A case counts as done by place only
-- when it is ten minutes old, since batches commit out of order.
CREATE FUNCTION synpunkt_desk.catch_up(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	fresh record;
	n integer := 0;
BEGIN
	-- The lock of tell(), before anything is looked at: see on_case_moved().
	PERFORM pg_advisory_xact_lock(1937337959);
	FOR fresh IN
		SELECT c.id, c.year, c.version, c.board, c.unit, c.sensitivity, c.category, c.type,
			c.district, c.answer_by, c.received_at, c.closed_at IS NULL AS open
		FROM synpunkt.case c
		WHERE c.id > (SELECT m.case_id FROM synpunkt.case_search_mark m)
		  AND NOT EXISTS (SELECT FROM synpunkt.case_search s WHERE s.case_id = c.id)
		ORDER BY c.id
		LIMIT most
	LOOP
		INSERT INTO synpunkt.case_search (case_id, board, unit, category, type, district,
			answer_by, received_at, open, vector)
		VALUES (fresh.id, synpunkt_desk.search_place(fresh.board, fresh.sensitivity),
			fresh.unit, fresh.category, fresh.type, fresh.district,
			fresh.answer_by, fresh.received_at, fresh.open,
			synpunkt_desk.words_of(fresh.id));
		PERFORM synpunkt_desk.tell(fresh.id, fresh.year, fresh.version, fresh.board,
			fresh.unit);
		n := n + 1;
	END LOOP;
	IF n < most THEN
		UPDATE synpunkt.case_search_mark m
		SET case_id = coalesce((SELECT max(s.case_id) FROM synpunkt.case_search s
			JOIN synpunkt.case c ON c.id = s.case_id
			WHERE s.case_id > m.case_id AND c.registered_at < now() - interval '10 minutes'),
			m.case_id);
	END IF;
	DELETE FROM synpunkt.case_change c
	WHERE c.id IN (SELECT o.id FROM synpunkt.case_change o
		WHERE o.at < now() - interval '1 day' ORDER BY o.id LIMIT most);
	RETURN n;
END
$$;

-- What a page of the queue is of. NULL members filter nothing.
CREATE TYPE synpunkt_desk.queue_filter AS (
	boards text[],
	statuses text[],
	category text,
	type text,
	district text,
	handlers bigint[],
	unhandled boolean,
	overdue boolean,
	attention text,
	today date,
	near_by date,                 -- the last day that is soon
	among bigint[],
	by_received boolean,          -- else soonest answer first
	after_day date,               -- the key: the last row's of the page before
	after_at timestamptz,         -- by_received
	after_id bigint
);

-- ---- finding words ----

-- About how many cases hold the words and pass by their codes, by the planner's statistics.
-- Volatile because PostgreSQL lets no other function ask for a plan; it changes nothing.
CREATE FUNCTION synpunkt_desk.search_guess(query tsquery, f synpunkt_desk.queue_filter,
	only_open boolean)
RETURNS float8 LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) SELECT FROM synpunkt.case_search s'
		' WHERE s.board = ANY ($2) AND ($3 IS NULL OR s.category = $3)'
		' AND ($4 IS NULL OR s.type = $4) AND ($5 IS NULL OR s.district = $5)'
		' AND (NOT $6 OR s.open) AND s.vector @@ $1'
	INTO plan USING query, f.boards, f.category, f.type, f.district, only_open;
	RETURN plan #>> '{0,Plan,Plan Rows}';
END
$$;

-- Ids of the caller's cases that hold the words and pass by their codes and the key, in the
-- queue's order, by the index. NULL when they are more than most, or seem to be more than
-- guessed: such common words are for searched_among().
CREATE FUNCTION synpunkt_desk.search(words text, f synpunkt_desk.queue_filter,
	only_open boolean, guessed integer, most integer)
RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off AS $$
DECLARE
	query tsquery := websearch_to_tsquery('pg_catalog.swedish', words);
	keys text[] := synpunkt_desk.search_keys(f.boards);
	found bigint[];
BEGIN
	f.boards := ARRAY(SELECT DISTINCT split_part(k, '/', 1) FROM unnest(keys) k);
	IF synpunkt_desk.search_guess(query, f, only_open) > guessed THEN
		RETURN NULL;
	END IF;
	-- Custom plans: with only_open as a constant there is an index on open ones.
	found := ARRAY(
		SELECT h.case_id
		FROM unnest(f.boards) AS b (code)
		CROSS JOIN LATERAL (
			SELECT s.case_id, s.answer_by, s.received_at
			FROM synpunkt.case_search s
			WHERE s.board = b.code
			  AND (b.code = ANY (keys) OR (b.code || '/' || s.unit) = ANY (keys))
			  AND (f.category IS NULL OR s.category = f.category)
			  AND (f.type IS NULL OR s.type = f.type)
			  AND (f.district IS NULL OR s.district = f.district)
			  AND (NOT only_open OR s.open)
			  AND (f.after_day IS NULL
				OR (s.answer_by, s.case_id) > (f.after_day, f.after_id))
			  AND (f.after_at IS NULL
				OR (s.received_at, s.case_id) > (f.after_at, f.after_id))
			  AND s.vector @@ query
			LIMIT most + 1
		) h
		ORDER BY CASE WHEN f.by_received THEN h.received_at END,
			CASE WHEN NOT f.by_received THEN h.answer_by END, h.case_id);
	IF cardinality(found) > most THEN
		RETURN NULL;
	END IF;
	RETURN found;
END
$$;

-- Those of the ids whose cases are the caller's and hold the words.
CREATE FUNCTION synpunkt_desk.searched_among(words text, ids bigint[])
RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	query tsquery := websearch_to_tsquery('pg_catalog.swedish', words);
	keys text[] := synpunkt_desk.search_keys(NULL);
BEGIN
	-- The fence keeps the planner from the index of words.
	RETURN ARRAY(
		SELECT f.case_id
		FROM (
			SELECT s.case_id, s.board, s.unit, s.vector
			FROM synpunkt.case_search s
			WHERE s.case_id = ANY (ids)
			OFFSET 0
		) f
		WHERE ARRAY[f.board, f.board || '/' || f.unit] && keys AND f.vector @@ query);
END
$$;

-- ---- the queue ----

-- The open or the closed cases that pass, in order, from after the key on, most at most.
CREATE FUNCTION synpunkt_desk.queue(f synpunkt_desk.queue_filter, is_closed boolean,
	most integer)
RETURNS TABLE (id bigint, answer_by date, received_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN QUERY
	SELECT p.id, p.answer_by, p.received_at
	FROM unnest(f.boards) AS b (code)
	CROSS JOIN LATERAL (
		SELECT k.id, k.answer_by, k.received_at
		FROM synpunkt.case k
		WHERE k.board = b.code
		  AND (is_closed OR k.closed_at IS NULL)
		  AND (NOT is_closed OR k.closed_at IS NOT NULL)
		  AND (f.statuses IS NULL OR k.status = ANY (f.statuses))
		  AND (f.category IS NULL OR k.category = f.category)
		  AND (f.type IS NULL OR k.type = f.type)
		  -- Where a protected person lives is no way to find them.
		  AND (f.district IS NULL
			OR (k.district = f.district AND k.protected_by IS NULL))
		  AND (f.handlers IS NULL OR k.handler = ANY (f.handlers))
		  AND (f.unhandled IS NOT true OR k.handler IS NULL)
		  AND (f.overdue IS NOT true OR (k.answered_at IS NULL AND k.closed_at IS NULL
			AND k.answer_by < f.today
			AND k.answer_by < coalesce(k.waiting_since, f.today)))
		  AND (f.attention IS DISTINCT FROM 'near-due' OR (k.answered_at IS NULL
			AND k.closed_at IS NULL AND k.waiting_since IS NULL
			AND k.answer_by BETWEEN f.today AND f.near_by))
		  AND (f.attention IS DISTINCT FROM 'acknowledge' OR (k.wants_reply
			AND k.acknowledged_at IS NULL AND k.closed_at IS NULL
			AND k.acknowledge_by < f.today))
		  AND (f.among IS NULL OR k.id = ANY (f.among))
		  AND (f.after_day IS NULL OR (k.answer_by, k.id) > (f.after_day, f.after_id))
		  AND (f.after_at IS NULL OR (k.received_at, k.id) > (f.after_at, f.after_id))
		ORDER BY CASE WHEN f.by_received THEN k.received_at END,
			CASE WHEN NOT f.by_received THEN k.answer_by END, k.id
		LIMIT most
	) p
	ORDER BY CASE WHEN f.by_received THEN p.received_at END,
		CASE WHEN NOT f.by_received THEN p.answer_by END, p.id
	LIMIT most;
END
$$;

-- The open and the closed ones together: their ids and the key of the last.
CREATE FUNCTION synpunkt_desk.queue_part(f synpunkt_desk.queue_filter, with_open boolean,
	with_closed boolean, most integer, OUT ids bigint[], OUT last_day date,
	OUT last_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	SELECT coalesce(array_agg(q.id), '{}'),
		CASE WHEN NOT f.by_received THEN max(q.answer_by) END,
		CASE WHEN f.by_received THEN max(q.received_at) END
	INTO ids, last_day, last_at
	FROM (
		SELECT u.id, u.answer_by, u.received_at
		FROM (
			SELECT o.* FROM synpunkt_desk.queue(f, false, most) o WHERE with_open
			UNION ALL
			SELECT c.* FROM synpunkt_desk.queue(f, true, most) c WHERE with_closed
		) u
		ORDER BY CASE WHEN f.by_received THEN u.received_at END,
			CASE WHEN NOT f.by_received THEN u.answer_by END, u.id
		LIMIT most
	) q;
END
$$;

-- Ids of the first cases after the key that pass and hold the words: most of them, or a few
-- more, unless the queue ends. Few hits are asked, in their order, whether they pass. For
-- words that 20,000 cases seem to hold the queue is read, and each case asked for them: a
-- page is full as soon as so many are found. If it is not full after a while, it is hits
-- after all.
CREATE FUNCTION synpunkt_desk.page(f synpunkt_desk.queue_filter, words text,
	with_open boolean, with_closed boolean, most integer)
RETURNS bigint[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	hits bigint[];
	part record;
	n integer;
	seen integer := 0;
	asked boolean := f.among IS NOT NULL;
	step integer;
	page bigint[] := '{}';
BEGIN
	IF words IS NULL THEN
		RETURN (synpunkt_desk.queue_part(f, with_open, with_closed, most)).ids;
	END IF;
	IF NOT asked THEN
		hits := synpunkt_desk.search(words, f, NOT with_closed, 20000, 30000);
	END IF;
	step := CASE WHEN hits IS NULL THEN greatest(most, 300) ELSE most END;
	LOOP
		IF hits IS NOT NULL THEN
			f.among := hits[seen + 1 : seen + step];
			n := cardinality(f.among);
			part := synpunkt_desk.queue_part(f, with_open, with_closed, step);
			page := page || part.ids;
		ELSE
			part := synpunkt_desk.queue_part(f, with_open, with_closed, step);
			n := cardinality(part.ids);
			page := page || synpunkt_desk.searched_among(words, part.ids);
			f.after_day := part.last_day;
			f.after_at := part.last_at;
			f.after_id := part.ids[n];
		END IF;
		IF n < step OR cardinality(page) >= most THEN
			RETURN page;
		END IF;
		seen := seen + n;
		-- As many more as are likely to fill the page.
		step := least(greatest(300, 2 * seen * (most - cardinality(page))
			/ (cardinality(page) + 1)), 2000);
		IF hits IS NULL AND NOT asked AND seen >= 8000 THEN
			asked := true;
			hits := synpunkt_desk.search(words, f, NOT with_closed, 100000, 60000);
			seen := CASE WHEN hits IS NULL THEN seen ELSE 0 END;
		END IF;
	END LOOP;
END
$$;

-- A page of the queue. Without statuses only open cases. The key is the last row's of the
-- page before: its day or instant, and its id.
CREATE FUNCTION synpunkt_desk.list(session text, in_board text, statuses text[],
	in_category text, in_type text, in_district text, in_handler text,
	only_overdue boolean, words text, by_received boolean, after_key text,
	after_id bigint, most integer, in_attention text, near_days integer)
RETURNS TABLE (id bigint, year smallint, type text, category text, board text, status text,
	received_at timestamptz, acknowledge_by date, answer_by date, overdue boolean,
	handler text, handler_name text, snippet text, version integer, waiting_since date,
	acknowledged boolean, answered boolean, wants_reply boolean, mail_failed boolean,
	marked boolean, threat boolean, protected boolean, restricted boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	f synpunkt_desk.queue_filter;
	with_open boolean := statuses IS DISTINCT FROM '{closed}';
	with_closed boolean := coalesce('closed' = ANY (statuses), false);
	page bigint[];
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	f.boards := CASE WHEN in_board IS NULL THEN synpunkt.my_boards() ELSE ARRAY[in_board] END;
	f.statuses := statuses;
	f.category := in_category;
	f.type := in_type;
	f.district := in_district;
	f.unhandled := in_handler = 'none';
	IF in_handler <> 'none' THEN
		f.handlers := synpunkt_desk.handlers_named(in_handler);
	END IF;
	f.overdue := only_overdue OR in_attention IS NOT DISTINCT FROM 'overdue';
	f.attention := in_attention;
	f.today := synpunkt.today();
	f.by_received := by_received;
	IF in_attention = 'near-due' THEN
		f.near_by := synpunkt.working_day_after(f.today, near_days);
	ELSIF in_attention = 'approval' THEN -- which is a status: no other has it
		with_open := coalesce('awaiting-approval' = ANY (statuses), true);
		with_closed := false;
		f.statuses := '{awaiting-approval}';
	ELSIF in_attention = 'mail-failed' THEN
		-- A letter can fail when its case is closed already.
		with_closed := with_closed OR statuses IS NULL;
		f.among := ARRAY(SELECT o.case_id FROM synpunkt.outbox o
			WHERE o.failed_at IS NOT NULL AND o.dismissed_at IS NULL);
	END IF;
	IF words ~ '^\s*\d{4}-\d{1,15}\s*$' THEN -- a case's number: open or not
		with_closed := with_closed OR statuses IS NULL;
		f.among := ARRAY(SELECT c.id FROM synpunkt.case c
			WHERE c.year = split_part(words, '-', 1)::smallint
			  AND c.id = split_part(words, '-', 2)::bigint
			  AND (f.among IS NULL OR c.id = ANY (f.among)));
		words := NULL;
	END IF;
	f.after_day := CASE WHEN NOT by_received THEN after_key END;
	f.after_at := CASE WHEN by_received THEN after_key END;
	f.after_id := after_id;
	page := synpunkt_desk.page(f, words, with_open, with_closed, most);
	RETURN QUERY
	SELECT c.id, c.year, c.type, c.category, c.board, c.status, c.received_at,
		c.acknowledge_by, c.answer_by,
		c.answered_at IS NULL AND c.closed_at IS NULL
			AND c.answer_by < coalesce(c.waiting_since, f.today),
		u.username, u.name,
		(SELECT left(regexp_replace(left(t.body, 400), '\s+', ' ', 'g'), 160)
			FROM synpunkt.case_content t
			WHERE t.case_id = c.id AND t.seq = 1 AND t.kind = 'text'
			  AND NOT c.threat AND c.protected_by IS NULL),
		c.version, c.waiting_since, c.acknowledged_at IS NOT NULL,
		c.answered_at IS NOT NULL, c.wants_reply,
		EXISTS (SELECT FROM synpunkt.outbox o WHERE o.case_id = c.id
			AND o.failed_at IS NOT NULL AND o.dismissed_at IS NULL),
		EXISTS (SELECT FROM synpunkt.case_marking g
			WHERE g.case_id = c.id AND g.removed_at IS NULL),
		c.threat, c.protected_by IS NOT NULL,
		c.sensitivity > 2 AND NOT EXISTS (SELECT FROM synpunkt.case_readable r
			WHERE r.id = c.id)
	FROM synpunkt.case c
	LEFT JOIN synpunkt.staff_user u ON u.id = c.handler
	WHERE c.id = ANY (page)
	ORDER BY CASE WHEN NOT by_received THEN c.answer_by END,
		CASE WHEN by_received THEN c.received_at END, c.id
	LIMIT most;
END
$$;


DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('search_place', 'synpunkt_owner'), ('search_keys', 'synpunkt_search'),
		('words_of', 'synpunkt_index'), ('on_case_moved', 'synpunkt_index'),
		('on_words', 'synpunkt_index'), ('catch_up', 'synpunkt_index'),
		('search_guess', 'synpunkt_search'), ('search', 'synpunkt_search'),
		('searched_among', 'synpunkt_search'), ('queue', 'synpunkt_owner'),
		('queue_part', 'synpunkt_owner'), ('page', 'synpunkt_owner'), ('list', 'synpunkt_owner')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
ALTER TYPE synpunkt_desk.queue_filter OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_desk.search, synpunkt_desk.searched_among,
	synpunkt_desk.queue, synpunkt_desk.queue_part, synpunkt_desk.page, synpunkt_desk.list TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.catch_up TO synpunkt_job;
GRANT EXECUTE ON FUNCTION synpunkt_desk.search_place TO synpunkt_search, synpunkt_index;
