-- The roles, each with the least rights it can live on, and the schemas.
--
-- Login roles are what synpunktd connects as, one for each side of the house:
--   synpunkt_resident  residents' pages, app and API: may call intake and follow-up
--                      functions and read the city's own rows; can select no case
--   synpunkt_desk      staff, one nämnd's cases by row-level security
--   synpunkt_job       deadlines, outbox, statistics, disposal
--   synpunkt_report    statistics, read only
-- The others own functions and can not log in:
--   synpunkt_owner     owns tables; row-level security is forced on it too
--   synpunkt_intake    owns the intake functions: may add cases, may not read them
--   synpunkt_follow    owns the follow-up functions: reads one case by number and code
--   synpunkt_gate      owns the function that says which boards a session may see
--   synpunkt_search    owns search functions: ids, boards and search vectors only

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['synpunkt_owner', 'synpunkt_intake', 'synpunkt_follow',
		'synpunkt_gate', 'synpunkt_search'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = name) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', name);
		END IF;
	END LOOP;
	FOREACH name IN ARRAY ARRAY['synpunkt_resident', 'synpunkt_desk', 'synpunkt_job',
		'synpunkt_report'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = name) THEN
			EXECUTE format('CREATE ROLE %I LOGIN', name);
		END IF;
		EXECUTE format('ALTER ROLE %I SET search_path = pg_catalog', name);
		EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
	END LOOP;
	EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO synpunkt_owner, synpunkt_intake, synpunkt_follow,
	synpunkt_search, synpunkt_resident, synpunkt_desk, synpunkt_job, synpunkt_report;

-- PostGIS and pg_trgm live in public: their operators are named with the schema.
CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE SCHEMA IF NOT EXISTS synpunkt AUTHORIZATION synpunkt_owner;
CREATE SCHEMA IF NOT EXISTS synpunkt_intake AUTHORIZATION synpunkt_intake;
CREATE SCHEMA IF NOT EXISTS synpunkt_follow AUTHORIZATION synpunkt_follow;

GRANT USAGE ON SCHEMA synpunkt TO synpunkt_intake, synpunkt_follow, synpunkt_gate,
	synpunkt_search, synpunkt_resident, synpunkt_desk, synpunkt_job, synpunkt_report;
GRANT USAGE ON SCHEMA synpunkt_intake, synpunkt_follow TO synpunkt_resident;

-- No function is anybody's to call unless a migration says so.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
