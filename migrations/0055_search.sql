-- Searching at the desk: inflection and compounds, with å, ä and ö or without, and by name,
-- address, telephone or number; and where in the case it was found.
--
-- A word is in a case's vector by its stem, as before, and by what else it may be looked for
-- as: the stem that its forms share where PostgreSQL's stops too early ("skolan" is "skol",
-- too), the parts of a compound, and each of these without its dots. What is asked for is
-- asked by either stem and else as it was typed: "har" finds "hår", "hår" no "har".
-- Nothing of this lies in files: a dictionary of ispell's would have to lie on the
-- database's own machine.

-- ---- words ----

-- What a compound is made of. form is a word, or its stem, as it is there: first or in the
-- middle (head: "gatu", "belysnings"), last (tail), or alone (whole: "bron" is "bro").
-- lexeme is what it is asked for by; NULL: it only begins others ("hög").
CREATE TABLE synpunkt.search_form (
	form text COLLATE "C" NOT NULL,
	place text NOT NULL CHECK (place IN ('head', 'tail', 'whole')),
	lexeme text COLLATE "C",
	UNIQUE NULLS NOT DISTINCT (form, place, lexeme)
);
ALTER TABLE synpunkt.search_form OWNER TO synpunkt_owner;

-- One letter for those that look alike; but å, ä and ö are letters of their own.
CREATE FUNCTION synpunkt_desk.search_plain(words text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT translate(normalize(words, NFC),
		'àáâãāăąæçćčèéêëēėęěìíîïīòóôõøùúûüūýÿñÀÁÂÃÆÇÈÉÊËÌÍÎÏÒÓÔÕØÙÚÛÜÝÑ',
		'aaaaaaaäccceeeeeeeeiiiiiooooöuuuuuyynAAAAÄCEEEEIIIIOOOOÖUUUUYN')
$$;

-- The stem that forms share which the snowball leaves apart: plats and platsen, skola and
-- skolan, nät and nätet, rum and rummet, cykel and cyklar, vinter and vintrar, vatten and
-- vattnet. Put in and asked for beside the snowball's, a wrong one costs a needless hit.
CREATE FUNCTION synpunkt_desk.search_stem(stem text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN b.a ~ '(mm|eln|ttn|[aeiouyåäö].*[bdfgknpst]r)$' THEN left(b.a, -1)
		WHEN b.a ~ '[aeiouyåäö].*[bdfgkmnpt]l$' THEN left(b.a, -1) || 'el'
		ELSE b.a END
	FROM (SELECT CASE WHEN stem ~ '^[a-zåäö]*[aeiouyåäö][a-zåäö]*[bcdfghjklmnoprtvy]s$'
			AND length(stem) > 3 THEN left(stem, -1)
		WHEN stem ~ '^[a-zåäö]{3,}(an|et)$' AND stem !~ '(pl|gr|sp|kl|fl|sv)an$'
			THEN left(stem, -2)
		ELSE stem END AS a) b
$$;

-- Words of compounds get to be known: nouns, each with its other forms where those are not
-- made by endings ("bro/bron"); or "hög-", which only begins others.
CREATE FUNCTION synpunkt_desk.search_learn(nouns text)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	WITH said AS (
		SELECT rtrim(n, '-') AS noun, n LIKE '%-' AS only_begins, f.form, f.i,
			(ts_lexize('pg_catalog.swedish_stem', f.form))[1] AS stem,
			substr(synpunkt_desk.search_stem((ts_lexize('pg_catalog.swedish_stem',
				'baba' || f.form))[1]), 5) AS ending
		FROM regexp_split_to_table(btrim(nouns, E' \n\t'), '\s+') n
		CROSS JOIN LATERAL unnest(string_to_array(rtrim(n, '-'), '/')) WITH ORDINALITY
			f (form, i)
	), meant AS (
		SELECT s.noun, synpunkt_desk.search_stem(coalesce(s.stem, s.form)) AS lexeme
		FROM said s
		WHERE s.i = 1
	)
	INSERT INTO synpunkt.search_form (form, place, lexeme)
	SELECT b.base || l.link, 'head', CASE WHEN NOT s.only_begins THEN m.lexeme END
	FROM said s
	JOIN meant m ON m.noun = s.noun
	CROSS JOIN LATERAL (VALUES (s.form, ',s'), (s.stem, ',s'),
		(substring(s.form from '^(.+)[aeo]$'), ',e,o,u,s')) AS b (base, links)
	CROSS JOIN LATERAL unnest(string_to_array(b.links, ',')) AS l (link)
	WHERE s.i = 1 AND length(b.base) > 1 AND b.base ~ '[aeiouyåäö]'
	  AND (l.link = '' OR length(b.base) > 2)
	UNION
	SELECT s.ending, 'tail', m.lexeme
	FROM said s JOIN meant m ON m.noun = s.noun
	WHERE NOT s.only_begins AND length(s.ending) > 2
	UNION
	SELECT v.form, 'whole', m.lexeme
	FROM said s
	JOIN meant m ON m.noun = s.noun
	CROSS JOIN LATERAL (VALUES (s.stem), (synpunkt_desk.search_stem(s.stem))) AS v (form)
	WHERE NOT s.only_begins AND v.form <> m.lexeme
	ON CONFLICT DO NOTHING
$$;

SELECT synpunkt_desk.search_learn('
	väg gata/gator trottoar gångväg/gångvägar cykel/cykeln/cyklar bana torg/torget
	bro/bron/broar/broarna tunnel/tunneln/tunnlar trappa ramp korsning rondell gångbana
	körbana vägbana bilväg motorväg skylt skyltar stolpe lykta lampa lampor armatur
	belysning ljus/ljuset lyse gupp hinder/hindret övergång refug kantsten sten/stenar
	asfalt beläggning grus/gruset sand/sanden salt is/isen halka snö/snön röjning plog
	plogning sandning saltning bekämpning brunn brunnar lucka lock/locket räcke
	staket/staketet grind mur/murar vägg port/porten pollare bom/bommen kona signal märke
	hastighet fart buller trafik fordon/fordonet bil buss/bussar tåg/tåget spårvagn
	vagn/vagnar lastbil lastbilar moped sparkcykel/sparkcyklar rullator rullstol parkering
	parkeringsplats garage tillstånd/tillståndet avgift avgifter bot böter vakt mätare
	automat laddning stolpar hållplats station terminal park parker lek leken plats platser
	gunga rutschkana klätterställning ställning låda gräs/gräset gräsmatta
	träd/trädet/träden buske buskar häck häckar rabatt rabatter plantering blomma blommor
	skog skogar dunge stig stigar löv/lövet rot/rötter stubbe gren grenar stam/stammar ogräs
	odling kolonilott lott trädgård gård/gårdar ängen äng bänk bänkar bord/bordet soffa
	grill grillar fontän staty damm/dammar sjö/sjön/sjöar strand/stränder brygga bryggor
	hamn hamnar kaj båt båtar å/ån bäck bäckar vatten/vattnet avlopp/avloppet ledning
	ledningar läcka rör/röret kran pump översvämning dagvatten dike/diket slam el/elen
	ström/strömmen fjärrvärme värme kyla sopor/sopa/sop avfall/avfallet matavfall
	skräp/skräpet papper/papperet korg korgar kärl/kärlet tunna tunnor container återvinning
	hämtning tömning tömningar sortering glas/glaset metall batteri batterier grovavfall
	städning nedskräpning klotter sanering råtta råttor duva duvor skadedjur djur/djuret
	hund/hundar katt katter fågel/fågeln/fåglar mås måsar rastgård latrin bajs påse påsar
	lukt rök damm luft mätning miljö tillsyn kontroll inspektion livsmedel restaurang krog
	kök/köket mat/maten måltid måltider lunch skola skolor förskola förskolor förskole-
	skolgård lärare elev elever klass klasser klassrum rektor barn/barnen barnomsorg omsorg
	fritid fritids- hem/hemmet rum/rummet sal/salar lokal lokaler undervisning lektion
	mobbning kränkning behandling schema skjuts gymnasium gymnasie- grundskola kö/kön/köer
	plats- val/valet betyg/betyget prov/provet pedagog vuxenutbildning utbildning praktik
	ungdom ungdomar ungdoms- sommar/sommaren sommarjobb jobb/jobbet läxa läxor modersmål
	språk/språket äldre- vård sjukvård hjälp hemtjänst tjänst tjänster boende boendet
	bostad/bostäder lägenhet lägenheter hus/huset/husen höghus radhus villa villor hyra
	hyror hyresgäst kontrakt/kontraktet byggnad byggnader bygge lov/lovet bygglov plan
	planer planering detaljplan ritning karta kartor tomt tomter mark/marken fastighet
	fastigheter schakt grävning sprängning ställe stängsel tak/taket
	fönster/fönstret/fönstren dörr dörrar hiss/hissar källare vind balkong fasad toalett
	toaletter wc dusch golv/golvet stol stolar tvätt tvättstuga stuga el- ventilation
	larm/larmet brand/bränder säkerhet trygghet brott/brottet våld/våldet missbruk droger
	drog alkohol stöld inbrott polis poliser ordningsvakt ordning vandalism skada skador
	skade- olycka olyckor fall/fallet bad/badet simhall hall hallar ishall idrott
	idrottsplats plan- bollplan boll bollar fotboll fotbolls- gym/gymmet spår/spåret
	motionsspår motion ridning förening föreningar bidrag/bidraget bibliotek/biblioteket
	bok/böcker museum museer museet kultur konsert teater/teatern/teatrar bio musik film
	filmer konst konstverk kyrka kyrkor grav/gravar gravplats kyrkogård fest festival
	evenemang torghandel handel marknad butik butiker affär affärer kiosk kiosker
	uteservering servering försäljning reklam affisch affischer stöd/stödet
	bistånd/biståndet försörjning ekonomi ekonomisk- skuld skulder rådgivning råd/rådet
	handläggning handläggare ärende ärenden beslut/beslutet ansökan ansökningar anmälan
	anmälningar överklagande överklagan svar/svaret besked/beskedet brev/brevet blankett
	blanketter e-tjänst webbplats webb sida sidor telefon samtal/samtalet möte möten
	besök/besöket kontakt kontakter kontor/kontoret personal personalen chef chefer
	bemötande service nämnd nämnder styrelse förvaltning förvaltningar kommun kommuner
	stad/städer stads- stadsdel del/delar område områden kvarter/kvarteret centrum centrumet
	centralen central- distrikt/distriktet funktionsnedsättning funktions- assistans
	ledsagning färdtjänst resa resor taxi kort/kortet biljett biljetter tid/tider vecka
	veckor dag/dagar natt kväll kvällar helg helger morgon placering familj familjer
	familje- god- man/män utredning orosanmälan oro hot/hotet trakassering diskriminering
	sekretess uppgift uppgifter person personer person- namn/namnet adress adresser id-
	hälsa hälso- sjukdom sjukdomar smitta vaccin/vaccinet läkare läkar- sköterska
	sjuksköterska medicin mediciner tand/tänder tandvård psykiatri sjuk- hög- låg- stor-
	små- ny- gammal- grund- sid- sido- huvud- ute- inne- inom- ut- in- för- över- under-
	mellan- efter- åter- kring- vid- fram- bak- bort- upp- ned- ner- nöd- allmän- privat-
	gemensam- offentlig- egen- tom- full- halv- hel- dubbel- enkel- fri- blå- grön- röd-
	svart- vit- gul- grå- mörk- ljus- tung- lätt- snabb- kall- varm- våt- torr- hård- mjuk-
	två- tre- fler- nord- syd- öst- väst- norr- söder- öster- väster- inner- ytter- mitt-
	väg- väghållning hållning höst/hösten vår/våren vinter/vintern/vintrar jul påsk
	midsommar skottning skotta vår- barack barnvagn arbete arbeten verkstad verkstäder
	verk/verket industri industrier företag/företaget entreprenör entreprenörer fabrik
	kraftverk reningsverk energi sol sol- vind- olja oljor olje- bensin gas gaser mobil-
	mast/master antenn bredband fiber nyckel/nyckeln/nycklar lås/låset kod koder kamera
	kameror övervakning skärm skärmar dator datorer system/systemet program/programmet app
	appar internet nät/nätet kök- ved virke trä trä- järn- stål- betong tegel marksten plåt
	glas- lampa- lins sikt spegel/spegeln/speglar linje linjer målning färg färger
	streck/strecket fil/filer cykelbana cykelställ ställ/stället pendlar- pendel- tunnelbana
	spår- rull- rulle stopp/stoppet avstängning omledning framkomlighet tillgänglighet
	passage gångtunnel gång gång- gång/gångar promenad löpning löp- utflykt tur turer natur
	naturreservat reservat/reservatet område- berg/berget backe backar kulle kullar slott
	slott/slottet by/byn/byar ö/ön/öar spark- ved- simkurs kurs grov- rest- park- spill-
	plast-
');
ANALYZE synpunkt.search_form;

-- The parts of those words that are compounds, each with the word that it is of.
-- What begins a compound must be known where its end is short, and what ends one where its
-- beginning is: "parkering" is no "ring" in a "parke". An end that is all that is known has
-- four letters before it at least, which are no prefix of verbs: those make other words.
CREATE FUNCTION synpunkt_desk.search_parts(words text[])
RETURNS TABLE (word text, lexeme text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	RETURN QUERY
	WITH cut AS MATERIALIZED (
		SELECT w.word, left(w.word, i) AS head, substr(w.word, i + 1) AS tail
		FROM unnest(words) w (word)
		CROSS JOIN LATERAL generate_series(2, length(w.word) - 2) i
	), known AS MATERIALIZED (
		-- One look at the index for all of them, however many.
		SELECT f.form, f.place, f.lexeme
		FROM synpunkt.search_form f
		WHERE f.form = ANY (ARRAY(SELECT c.head FROM cut c UNION ALL SELECT c.tail FROM cut c))
		  AND f.place IN ('head', 'tail')
	), ended AS MATERIALIZED (
		SELECT c.word, c.head, c.tail, t.lexeme, h.form IS NOT NULL AS is_begun,
			h.lexeme AS begun
		FROM cut c
		JOIN known t ON t.form = c.tail AND t.place = 'tail'
		LEFT JOIN known h ON h.form = c.head AND h.place = 'head'
	), joint AS MATERIALIZED (
		SELECT e.word, e.lexeme, left(e.head, i) AS head, substr(e.head, i + 1) AS middle
		FROM ended e
		CROSS JOIN LATERAL generate_series(2, length(e.head) - 3) i
		WHERE NOT e.is_begun
	), joined AS (
		SELECT j.word, j.lexeme, m.lexeme AS middle, h.lexeme AS begun
		FROM joint j
		JOIN synpunkt.search_form m ON m.form = j.middle AND m.place = 'head'
			AND m.form = ANY (ARRAY(SELECT o.middle FROM joint o))
		LEFT JOIN known h ON h.form = j.head AND h.place = 'head'
		WHERE h.form IS NOT NULL OR (length(j.head) >= 4 AND length(j.middle) >= 5)
	)
	SELECT e.word, v.lexeme
	FROM ended e
	CROSS JOIN LATERAL (VALUES (e.lexeme), (e.begun)) AS v (lexeme)
	WHERE v.lexeme IS NOT NULL AND (e.is_begun OR (length(e.tail) >= 5
		AND length(e.head) >= 4 AND e.head ~ '[aeiouyåäö]'
		AND e.head !~ '^(före|över|under|åter|fram|till|efter|genom|bort|miss|från|sam(man)?'
			'|hän|kring|emot)$'))
	UNION ALL
	SELECT j.word, v.lexeme
	FROM joined j
	CROSS JOIN LATERAL (VALUES (j.lexeme), (j.middle), (j.begun)) AS v (lexeme)
	WHERE v.lexeme IS NOT NULL
	UNION ALL
	SELECT c.word, h.lexeme
	FROM cut c
	JOIN known h ON h.form = c.head AND h.place = 'head'
	WHERE h.lexeme IS NOT NULL AND length(c.head) >= 5 AND length(c.tail) >= 5
	  AND c.tail ~ '[aeiouyåäö]'
	  AND NOT EXISTS (SELECT FROM ended e WHERE e.word = c.word AND e.is_begun
		AND length(e.head) > length(c.head));
END
$$;

-- What words are found by. with_parts: also by the parts of compounds.
CREATE FUNCTION synpunkt_desk.search_vector(words text, with_parts boolean)
RETURNS tsvector LANGUAGE plpgsql STABLE SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	vector tsvector := to_tsvector('pg_catalog.swedish', synpunkt_desk.search_plain(words));
	stems text[];
BEGIN
	RETURN (
		WITH said AS MATERIALIZED (
			SELECT u.lexeme, u.positions, u.lexeme ~ '^[a-zåäö]+$' AS is_word
			FROM unnest(vector) u
		), known AS MATERIALIZED (
			SELECT s.lexeme, s.positions FROM said s
			UNION ALL
			SELECT k.stem, s.positions
			FROM said s
			CROSS JOIN LATERAL (SELECT synpunkt_desk.search_stem(s.lexeme) AS stem OFFSET 0) k
			WHERE s.is_word AND k.stem <> s.lexeme
			UNION ALL
			SELECT f.lexeme, s.positions
			FROM synpunkt.search_form f
			JOIN said s ON s.lexeme = f.form
			WHERE f.form = ANY (tsvector_to_array(vector)) AND f.place = 'whole'
		), found AS (
			SELECT k.lexeme, k.positions FROM known k
			UNION ALL
			SELECT p.lexeme, k.positions
			FROM synpunkt_desk.search_parts(ARRAY(SELECT l.lexeme FROM known l
				WHERE length(l.lexeme) BETWEEN 5 AND 60 AND l.lexeme ~ '^[a-zåäö]+$')) p
			JOIN known k ON k.lexeme = p.word
			WHERE with_parts
		)
		SELECT coalesce(string_agg(format($f$'%s':%s$f$, replace(replace(v.lexeme, '\',
			'\\'), '''', ''''''), array_to_string(f.positions, ',')), ' '), '')::tsvector
		FROM found f
		CROSS JOIN LATERAL (
			SELECT f.lexeme
			UNION ALL
			SELECT translate(f.lexeme, 'åäö', 'aao') WHERE f.lexeme ~ '[åäö]') AS v (lexeme));
END
$$;

-- What is asked for, for either index. A number of a telephone is asked for however it is
-- written; small words without their dots are as little asked for as with them.
CREATE FUNCTION synpunkt_desk.search_query(words text)
RETURNS tsquery LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	plain text := synpunkt_desk.search_plain(words);
	phone text := synpunkt_person.phone_key(plain);
	small record;
	asked tsquery;
	said record;
BEGIN
	FOR small IN SELECT * FROM (VALUES ('pa', 'på'), ('for', 'för'), ('ar', 'är'),
		('nar', 'när'), ('fran', 'från'), ('over', 'över'), ('da', 'då'), ('sa', 'så'),
		('dar', 'där'), ('nagot', 'något'), ('nagon', 'någon'), ('nagra', 'några'),
		('at', 'åt'), ('an', 'än'), ('sadan', 'sådan')) AS v (bare, dotted) LOOP
		plain := regexp_replace(plain, '\m' || small.bare || '\M', small.dotted, 'gi');
	END LOOP;
	asked := websearch_to_tsquery('pg_catalog.swedish', plain);
	FOR said IN
		SELECT format('''%s''', replace(replace(u.lexeme, '\', '\\'), '''', '''''')) AS stem,
			format('''%s''', o.stem) AS other
		FROM unnest(to_tsvector('pg_catalog.swedish', plain)) u
		CROSS JOIN LATERAL (
			SELECT synpunkt_desk.search_stem(u.lexeme) AS stem
			UNION
			SELECT f.lexeme FROM synpunkt.search_form f
			WHERE f.form = u.lexeme AND f.place = 'whole') o
		WHERE o.stem <> u.lexeme AND u.lexeme ~ '^[a-zåäö]+$'
	LOOP
		asked := ts_rewrite(asked, said.stem::tsquery,
			(said.stem || '|' || said.other)::tsquery);
	END LOOP;
	IF plain ~ '^[-+0-9 ()/.]+$' AND phone ~ '^[+0-9]{5,20}$' THEN
		asked := asked || format('''tel:%s''', phone)::tsquery;
	END IF;
	RETURN asked;
END
$$;

CREATE OR REPLACE FUNCTION synpunkt_desk.words_of(in_case bigint)
RETURNS tsvector LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	-- The limits keep the vector below the megabyte that it may have. Names and addresses
	-- are no compounds; with the contact go the rights to it.
	SELECT synpunkt_desk.search_vector(coalesce(q.body::jsonb ->> 'name', '') || ' '
			|| coalesce(q.body::jsonb ->> 'email', ''), false)
		|| coalesce(('''tel:' || nullif(synpunkt_person.phone_key(
			q.body::jsonb ->> 'phone'), '') || '''')::tsvector, '')
		|| synpunkt_desk.search_vector(w.words, length(w.words) < 50000)
	FROM synpunkt.case c
	CROSS JOIN LATERAL (
		SELECT coalesce(left(string_agg(t.body, ' ' ORDER BY t.seq), 100000), '') AS words
		FROM synpunkt.case_content t
		WHERE t.case_id = c.id AND t.kind IN ('text', 'message', 'reply')
		  AND NOT synpunkt.is_withheld(c.withheld, t.kind, t.seq) -- from the board that searches
	) w
	LEFT JOIN synpunkt.case_content q ON q.case_id = c.id AND q.seq = 1 AND q.kind = 'contact'
		AND NOT synpunkt.is_withheld(c.withheld, 'contact', 1)
	-- Words of a protected person may tell where they live.
	WHERE c.id = in_case AND c.protected_by IS NULL
	UNION ALL
	SELECT '' FROM synpunkt.case c WHERE c.id = in_case AND c.protected_by IS NOT NULL
$$;

ALTER POLICY index ON synpunkt.case_content
	USING (kind IN ('text', 'message', 'reply', 'contact'));
CREATE TRIGGER search_contact AFTER UPDATE OF body ON synpunkt.case_content
	FOR EACH ROW WHEN (NEW.kind = 'contact')
	EXECUTE FUNCTION synpunkt_desk.on_words();

-- From which case on all are in the index as words_of() says today, going down; NULL: all.
ALTER TABLE synpunkt.case_search_mark ADD COLUMN renewed bigint DEFAULT 9223372036854775807;
ALTER TABLE synpunkt.case_search_mark ALTER COLUMN renewed DROP DEFAULT;

-- The job worker's part after an upgrade: the words of the next cases anew, the newest
-- first. What is not reached yet is found by its words as they were. Returns how many
-- those were: when it is most there are more.
CREATE FUNCTION synpunkt_desk.renew_words(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	page bigint[];
BEGIN
	IF NOT EXISTS (SELECT FROM synpunkt.case_search_mark m WHERE m.renewed IS NOT NULL) THEN
		RETURN 0;
	END IF;
	-- As catch_up() does, and for the same reason: see on_case_moved().
	PERFORM pg_advisory_xact_lock(1937337959);
	page := ARRAY(
		SELECT s.case_id
		FROM synpunkt.case_search s
		WHERE s.case_id < (SELECT m.renewed FROM synpunkt.case_search_mark m)
		ORDER BY s.case_id DESC
		LIMIT most);
	UPDATE synpunkt.case_search s
	SET vector = synpunkt_desk.words_of(s.case_id)
	WHERE s.case_id = ANY (page);
	UPDATE synpunkt.case_search_mark m
	SET renewed = CASE WHEN cardinality(page) = most THEN page[most] END;
	RETURN cardinality(page);
END
$$;

-- ---- finding ----

-- As in 0016_search.sql, by search_query().
CREATE OR REPLACE FUNCTION synpunkt_desk.search(words text, f synpunkt_desk.queue_filter,
	only_open boolean, guessed integer, most integer)
RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off AS $$
DECLARE
	query tsquery := synpunkt_desk.search_query(words);
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

CREATE OR REPLACE FUNCTION synpunkt_desk.searched_among(words text, ids bigint[])
RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	query tsquery := synpunkt_desk.search_query(words);
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

-- The caller's cases that some words are the number of: a case's, with its year or without,
-- or one in a board's series. NULL: they are no number of any. No
-- case has fewer than six digits, so that a year, a house or 112 is none.
CREATE FUNCTION synpunkt_desk.numbered(words text)
RETURNS bigint[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	number text := btrim(words, E' \t\n#');
	ids bigint[];
BEGIN
	IF number ~ '^(\d{4}-)?\d{1,15}$' THEN
		ids := ARRAY(SELECT c.id FROM synpunkt.case c
			WHERE c.id = regexp_replace(number, '^\d{4}-', '')::bigint
			  AND (number !~ '-' OR c.year = split_part(number, '-', 1)::smallint));
	ELSIF number ~ '^\d{4}/\d{1,9}$' THEN
		-- Every board has its own: the index begins with it.
		ids := ARRAY(SELECT DISTINCT l.case_id FROM synpunkt.case_leg l
			WHERE l.board = ANY (ARRAY(SELECT o.code FROM synpunkt.organisation o))
			  AND l.registration_number = number);
	END IF;
	RETURN nullif(ids, '{}');
END
$$;

-- As in 0016_search.sql; and what is a number goes to its case, open or not.
CREATE OR REPLACE FUNCTION synpunkt_desk.page(f synpunkt_desk.queue_filter, words text,
	with_open boolean, with_closed boolean, most integer)
RETURNS bigint[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	hits bigint[] := synpunkt_desk.numbered(words);
	part record;
	n integer;
	seen integer := 0;
	asked boolean := f.among IS NOT NULL;
	step integer;
	page bigint[] := '{}';
BEGIN
	IF hits IS NOT NULL THEN
		f.among := ARRAY(SELECT h FROM unnest(hits) h
			WHERE f.among IS NULL OR h = ANY (f.among));
		with_closed := with_closed OR (f.statuses IS NULL AND f.attention IS NULL);
		words := NULL;
	END IF;
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

-- ---- where it was found ----

-- Whether a word, in small letters, is found by a stem. Most are by their own: only
-- compounds take long.
CREATE FUNCTION synpunkt_desk.is_hit(word text, stem text)
RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	own text := (ts_lexize('pg_catalog.swedish_stem', word))[1];
	other text := synpunkt_desk.search_stem(own);
BEGIN
	RETURN stem IN (own, other, translate(own, 'åäö', 'aao'), translate(other, 'åäö', 'aao'))
		OR (length(other) > 4 AND other ~ '^[a-zåäö]+$' AND EXISTS (
			SELECT
			FROM synpunkt_desk.search_parts(ARRAY[own, other]) p
			WHERE stem IN (p.lexeme, translate(p.lexeme, 'åäö', 'aao'))))
		OR EXISTS (SELECT FROM synpunkt.search_form f
			WHERE f.form = own AND f.place = 'whole'
			  AND stem IN (f.lexeme, translate(f.lexeme, 'åäö', 'aao')));
END
$$;

-- Some words with those marked that hold one of the stems: every other one of the parts,
-- beginning with the second, is a hit. About so many letters around the first place where
-- most of them are. NULL: none is there.
CREATE FUNCTION synpunkt_desk.marked(body text, stems text[], most integer)
RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	plain text := regexp_replace(normalize(left(body, 20000), NFC), '\s+', ' ', 'g');
	low text := lower(synpunkt_desk.search_plain(plain)); -- letter by letter the same
	bare text := translate(low, 'åäö', 'aao');
	stem text;
	at integer;
	word text;
	places integer[] := '{}';
	start integer := 1;
	stop integer;
	upto integer;
BEGIN
	FOREACH stem IN ARRAY stems LOOP
		at := 1;
		FOR tries IN 1..20 LOOP
			upto := strpos(substr(CASE WHEN stem ~ '[åäö]' THEN low ELSE bare END, at), stem);
			EXIT WHEN upto = 0;
			-- The word that it is in, which may hold it again.
			at := at + upto - 1;
			start := at - length(substring(substr(low, greatest(at - 60, 1),
				least(60, at - 1)) from '[[:alnum:]]*$'));
			word := substring(substr(low, start, 120) from '^[[:alnum:]]*');
			upto := greatest(start + length(word), at + length(stem));
			IF stem ~ '[^[:alnum:]]' OR synpunkt_desk.is_hit(word, stem) THEN
				places := places || start;
				EXIT;
			END IF;
			at := upto;
		END LOOP;
	END LOOP;
	IF places = '{}' THEN
		RETURN NULL;
	END IF;
	SELECT p INTO start
	FROM unnest(places) p
	ORDER BY (SELECT count(*) FROM unnest(places) o WHERE o BETWEEN p AND p + most / 2) DESC, p
	LIMIT 1;
	start := greatest(start - most / 4, 1);
	-- From word to word.
	IF start > 1 THEN
		start := start
			+ length(substring(substr(plain, start, 30) from '^[[:alnum:]]*[^[:alnum:]]*'));
	END IF;
	stop := least(start + most, length(plain) + 1);
	stop := stop + length(substring(substr(plain, stop, 60) from '^[[:alnum:]]*'));
	RETURN synpunkt_desk.marked_words(substr(plain, start, stop - start),
		substr(low, start, stop - start), stems, start > 1, stop <= length(plain));
END
$$;

-- The same of all of some words: low is them in small letters. Dots before or behind say
-- that there is more.
CREATE FUNCTION synpunkt_desk.marked_words(plain text, low text, stems text[], more_before boolean,
	more_behind boolean)
RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	bare text := translate(low, 'åäö', 'aao');
	-- Each is in small letters; what else is in it stands for itself.
	pattern text := '[[:alnum:]]*(?:' || (SELECT string_agg(regexp_replace(
		translate(s, 'åäö', 'aao'), '([^[:alnum:]])', '\\\1', 'g'), '|')
		FROM unnest(stems) s) || ')[[:alnum:]]*';
	at integer := 1;              -- up to here all is in parts
	seek integer := 1;
	begins integer;
	word text;
	parts text[] := ARRAY[CASE WHEN more_before THEN '… ' ELSE '' END];
BEGIN
	LOOP
		begins := regexp_instr(bare, pattern, seek);
		EXIT WHEN begins = 0;
		word := substr(low, begins, length(regexp_substr(bare, pattern, seek)));
		seek := begins + length(word);
		CONTINUE WHEN NOT EXISTS (SELECT FROM unnest(stems) s
			WHERE strpos(CASE WHEN s ~ '[åäö]' THEN word
				ELSE translate(word, 'åäö', 'aao') END, s) > 0
			  AND (s ~ '[^[:alnum:]]' OR synpunkt_desk.is_hit(word, s)));
		parts[cardinality(parts)] := parts[cardinality(parts)] || substr(plain, at, begins - at);
		parts := parts || substr(plain, begins, seek - begins) || ''::text;
		at := seek;
	END LOOP;
	parts[cardinality(parts)] := parts[cardinality(parts)] || substr(plain, at)
		|| CASE WHEN more_behind THEN ' …' ELSE '' END;
	RETURN CASE WHEN parts[cardinality(parts)] = '' THEN parts[1 : cardinality(parts) - 1]
		ELSE parts END;
END
$$;

-- Where a case's contact holds what is asked for: {where, snippet} or NULL.
CREATE FUNCTION synpunkt_desk.matched_contact(contact jsonb, stems text[], words text)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN lower(contact ->> 'email') = ANY (stems)
			THEN jsonb_build_object('where', 'email', 'snippet', ARRAY['', contact ->> 'email'])
		WHEN synpunkt_person.phone_key(contact ->> 'phone') = synpunkt_person.phone_key(words)
			THEN jsonb_build_object('where', 'phone', 'snippet', ARRAY['', contact ->> 'phone'])
		ELSE (SELECT jsonb_build_object('where', 'name', 'snippet', m)
			FROM synpunkt_desk.marked(contact ->> 'name', stems, 100) m WHERE m IS NOT NULL) END
$$;

-- Where each of the cases of a page holds what was asked for, for whoever the session is:
-- {where, snippet}. No row where nobody can say. What is hard to read is not shown.
CREATE FUNCTION synpunkt_desk.matches(ids bigint[], words text)
RETURNS TABLE (id bigint, found jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	number text := btrim(words, E' \t\n#');
	stems text[];
	about record;
	parts text[];
	given jsonb;
	best jsonb := '{}';           -- case → {where, snippet, n}
BEGIN
	IF words IS NULL OR ids = '{}' THEN
		RETURN;
	ELSIF synpunkt_desk.numbered(words) IS NOT NULL THEN
		RETURN QUERY SELECT i, jsonb_build_object('where', CASE WHEN number LIKE '%/%'
			THEN 'registration-number' ELSE 'number' END, 'snippet', ARRAY['', number])
		FROM unnest(ids) i;
		RETURN;
	END IF;
	-- Not of what must not be there.
	SELECT coalesce(array_agg(DISTINCT m[1]), '{}') INTO stems
	FROM regexp_matches(synpunkt_desk.search_query(regexp_replace(words,
		'(^|\s)-("[^"]*"|\S+)', ' ', 'g'))::text, $q$'((?:[^'\\]|''|\\\\)+)'$q$, 'g') m
	WHERE m[1] NOT LIKE 'tel:%' AND m[1] !~ '[''\\]';
	FOR about IN
		SELECT c.id, c.threat, t.kind, t.body
		FROM synpunkt.case c
		JOIN synpunkt.case_content t ON t.case_id = c.id
		WHERE c.id = ANY (ids) AND c.protected_by IS NULL
		  AND (t.kind IN ('message', 'reply') OR (t.seq = 1 AND t.kind IN ('text', 'contact')))
		ORDER BY c.id, array_position('{text,message,reply,contact}'::text[], t.kind), t.seq
	LOOP
		-- The first place that there is: what came in, then what was said of it.
		CONTINUE WHEN best ? about.id::text;
		IF about.kind = 'contact' THEN
			given := synpunkt_desk.matched_contact(about.body::jsonb, stems, words);
		ELSE
			parts := synpunkt_desk.marked(about.body, stems, 160);
			given := CASE WHEN parts IS NOT NULL THEN jsonb_build_object('where', about.kind,
				'snippet', CASE WHEN about.threat THEN '{}' ELSE parts END) END;
		END IF;
		IF given IS NOT NULL THEN
			best := best || jsonb_build_object(about.id, given);
		END IF;
	END LOOP;
	RETURN QUERY SELECT b.key::bigint, b.value FROM jsonb_each(best) b;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('search_plain', 'synpunkt_owner'), ('search_stem', 'synpunkt_owner'),
		('search_learn', 'synpunkt_owner'), ('search_vector', 'synpunkt_owner'),
		('search_query', 'synpunkt_owner'), ('renew_words', 'synpunkt_index'),
		('search_parts', 'synpunkt_owner'), ('is_hit', 'synpunkt_owner'),
		('numbered', 'synpunkt_owner'), ('marked', 'synpunkt_owner'),
		('marked_words', 'synpunkt_owner'),
		('matched_contact', 'synpunkt_owner'), ('matches', 'synpunkt_owner'))
		AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT SELECT ON synpunkt.search_form TO synpunkt_index, synpunkt_search, synpunkt_desk;
GRANT USAGE ON SCHEMA synpunkt_person TO synpunkt_index, synpunkt_search;
GRANT EXECUTE ON FUNCTION synpunkt_person.phone_key TO synpunkt_index, synpunkt_search,
	synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.search_plain, synpunkt_desk.search_stem,
	synpunkt_desk.search_parts, synpunkt_desk.search_vector TO synpunkt_index,
	synpunkt_search, synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.search_query TO synpunkt_search, synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.is_hit, synpunkt_desk.numbered, synpunkt_desk.marked,
	synpunkt_desk.marked_words, synpunkt_desk.matched_contact, synpunkt_desk.matches TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.renew_words TO synpunkt_job;
