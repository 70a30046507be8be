-- One case is read by its number, so every number has the same plan; making it takes
-- longer than carrying it out, for the statement and the rules of every table it reads.
-- What is called from there is held to the same.
ALTER FUNCTION synpunkt_desk.read SET plan_cache_mode = force_generic_plan;
