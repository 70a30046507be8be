#include "server/rule_look.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/work.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/rule_check.h"
#include "server/rule_set.h"
#include "server/worker.h"

struct rule_look {
	struct arena *arena;
	const struct city *city; /* ours until it is done */
	const char *rules, *known;
	int32_t day;
	struct rule_looked looked;
	rule_looked_fn *done; /* NULL: forgotten */
	void *arg;
};

static void look_work(void *arg)
{
	struct rule_look *look = arg;
	struct rule_report report;
	struct rule_known known;
	struct rule_set set;
	struct error err = { 0 };

	if (rule_set_parse(look->rules, strlen(look->rules), look->arena, &set, &err) <
		0)
		return;
	rule_known_read(look->known, look->arena, &known);
	known.day = look->day;
	rule_check(look->city, &set, &known, look->arena, &report);
	look->looked.findings = rule_findings_json(&report);
	look->looked.table = rule_table_json(&report);
	look->looked.n_errors = report.n_errors;
}

static void look_done(void *arg)
{
	struct rule_look *look = arg;

	if (look->done)
		look->done(&look->looked, look->arg);
	json_decref(look->looked.findings);
	json_decref(look->looked.table);
	city_unref(look->city);
	arena_free(look->arena);
	mem_free(look);
}

struct rule_look *rule_look_new(struct worker *worker, const struct rule_looked_at *at,
	rule_looked_fn *done, void *arg, struct error *err)
{
	const struct city *city = city_holder_get(worker->city);
	struct rule_look *look;

	if (!city) {
		error_set(err, ERR_UNAVAILABLE, "the city's rows are not here yet");
		return NULL;
	}
	look = mem_new(sizeof(*look));
	look->arena = arena_new();
	look->city = city_ref(city);
	look->rules = arena_dup(look->arena, at->rules);
	look->known = arena_dup(look->arena, at->known);
	look->day = at->day;
	if (work_run(worker->work, look_work, look_done, look, err) < 0) {
		look_done(look);
		return NULL;
	}
	look->done = done;
	look->arg = arg;
	return look;
}

void rule_look_forget(struct rule_look *look)
{
	if (look)
		look->done = NULL;
}
