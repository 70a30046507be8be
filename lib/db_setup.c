#include "lib/db.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db_private.h"

#define DB_SIZE 2
#define DB_MAX_QUEUE 1000
#define DB_TIMEOUT_MS 5000
#define DB_PIPELINE_DEPTH 16

struct db_setting {
	const char *keyword, *value;
};

/* Before what conninfo says, so that it can say otherwise. GSS would ask a
 * Kerberos server and wait; the rest notices a server that went without a word. */
static const struct db_setting first[] = {
	{ "gssencmode", "disable" },
	{ "keepalives_idle", "30" },
	{ "keepalives_interval", "10" },
	{ "keepalives_count", "3" },
	{ "tcp_user_timeout", "30000" },
};

/* Not to be changed: names are schema-qualified, and what else there is must not
 * be found; texts are UTF-8; instants come as UTC, dates as YYYY-MM-DD. Compiling a
 * statement takes tens of milliseconds, and ours run for a few. */
#define DB_OPTIONS                                                                        \
	"-c search_path=pg_catalog -c TimeZone=UTC -c DateStyle=ISO -c bytea_output=hex " \
	"-c client_min_messages=warning -c jit=off"

static bool host_is_fine(const char *host, size_t n)
{
	struct in6_addr address;
	char text[64];

	if (n == 0 || host[0] == '/' || host[0] == '@')
		return true;
	if (n >= sizeof(text))
		return false;
	memcpy(text, host, n);
	text[n] = '\0';
	return inet_pton(AF_INET, text, &address) == 1 ||
	       inet_pton(AF_INET6, text, &address) == 1;
}

/* A list with commas, as libpq takes it. */
static bool hosts_are_fine(const char *hosts)
{
	while (hosts) {
		size_t n = strcspn(hosts, ",");

		if (!host_is_fine(hosts, n))
			return false;
		hosts = hosts[n] ? hosts + n + 1 : NULL;
	}
	return true;
}

static const char *option_find(const PQconninfoOption *options, const char *keyword)
{
	for (; options && options->keyword; options++) {
		if (strcmp(options->keyword, keyword) == 0 && options->val &&
			options->val[0])
			return options->val;
	}
	return NULL;
}

/* Looking a name up would stop the loop, so only what needs no looking up goes. */
static int setup_check(const PQconninfoOption *options, struct error *err)
{
	PQconninfoOption *defaults;
	bool fine;

	if (option_find(options, "service"))
		return error_set(err, ERR_INVALID,
			"the conninfo may not name a service: give the host itself");
	if (option_find(options, "hostaddr"))
		return 0;
	if (option_find(options, "host")) {
		fine = hosts_are_fine(option_find(options, "host"));
	} else {
		defaults = PQconndefaults();
		fine = option_find(defaults, "hostaddr") ||
		       hosts_are_fine(option_find(defaults, "host"));
		PQconninfoFree(defaults);
	}
	return fine ? 0
		    : error_set(err, ERR_INVALID,
			      "the database's host must be a socket folder or a numeric "
			      "address; add hostaddr=ADDRESS for a name");
}

static void setup_config(struct db_pool *pool, const struct db_config *config)
{
	struct db_config *own = &pool->config;

	*own = *config;
	own->name = arena_dup(pool->arena, config->name ? config->name : "db");
	if (own->size == 0)
		own->size = DB_SIZE;
	if (own->max_queue == 0)
		own->max_queue = DB_MAX_QUEUE;
	if (own->timeout_ms == 0)
		own->timeout_ms = DB_TIMEOUT_MS;
	if (own->wait_ms == 0)
		own->wait_ms = own->timeout_ms;
	if (own->pipeline_depth == 0)
		own->pipeline_depth = DB_PIPELINE_DEPTH;
	own->conninfo = NULL; /* keywords and values have it */
	own->options = NULL;
}

static void setup_add(
	struct db_pool *pool, size_t *n, const char *keyword, const char *value)
{
	pool->keywords[*n] = arena_dup(pool->arena, keyword);
	pool->values[*n] = arena_dup(pool->arena, value);
	(*n)++;
}

/* Of a keyword given twice libpq takes the later. */
static void setup_keywords(struct db_pool *pool, const struct db_config *config,
	const PQconninfoOption *options)
{
	const char *given = option_find(options, "options");
	size_t n = 0, max = ARRAY_LEN(first) + 4;

	for (const PQconninfoOption *o = options; o->keyword; o++)
		max++;
	pool->keywords = arena_array(pool->arena, max, sizeof(*pool->keywords));
	pool->values = arena_array(pool->arena, max, sizeof(*pool->values));
	for (size_t i = 0; i < ARRAY_LEN(first); i++)
		setup_add(pool, &n, first[i].keyword, first[i].value);
	setup_add(pool, &n, "application_name", pool->config.name);
	for (const PQconninfoOption *o = options; o->keyword; o++) {
		if (o->val && o->val[0])
			setup_add(pool, &n, o->keyword, o->val);
	}
	setup_add(pool, &n, "client_encoding", "UTF8");
	setup_add(pool, &n, "options",
		arena_printf(pool->arena,
			"-c statement_timeout=%u "
			"-c idle_in_transaction_session_timeout=%u %s %s " DB_OPTIONS,
			pool->config.timeout_ms, pool->config.timeout_ms,
			given ? given : "", config->options ? config->options : ""));
}

int db_setup(struct db_pool *pool, const struct db_config *config, struct error *err)
{
	PQconninfoOption *options;
	char *message = NULL;
	int status;

	options = PQconninfoParse(config->conninfo, &message);
	if (!options) {
		/* The message may quote a password. */
		PQfreemem(message);
		return error_set(
			err, ERR_INVALID, "the database's conninfo cannot be read");
	}
	status = setup_check(options, err);
	if (status == 0) {
		pool->arena = arena_new();
		setup_config(pool, config);
		setup_keywords(pool, config, options);
	}
	PQconninfoFree(options);
	return status;
}
