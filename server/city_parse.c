#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "server/city.h"
#include "server/city_private.h"
#include "server/day.h"

/* What every reader of a row needs. */
struct parse {
	struct city_whole *whole;
	const char *list; /* "boards" */
	size_t i;         /* of the row */
	struct error *err;
};

static int parse_fail(struct parse *p, const char *what)
{
	return error_set(p->err, ERR_INVALID, "city %s[%zu]: %s", p->list, p->i, what);
}

/* Members that may be missing are read into NULL. */
static int parse_unpack(struct parse *p, int rc, const json_error_t *why)
{
	return rc < 0 ? parse_fail(p, why->text) : 0;
}

static const char *keep(struct parse *p, const char *text)
{
	return arena_dup(p->whole->arena, text);
}

static int parse_day(struct parse *p, const char *text, int32_t *ret)
{
	if (!text) {
		*ret = DAY_NONE;
		return 0;
	}
	return day_parse(text, ret, NULL) < 0 ? parse_fail(p, "no date") : 0;
}

static int parse_valid(struct parse *p, json_t *row, struct city_valid *ret)
{
	if (parse_day(p, json_string_value(json_object_get(row, "from")), &ret->from) <
		0)
		return -1;
	return parse_day(p, json_string_value(json_object_get(row, "to")), &ret->to);
}

/* An array of texts, ended by NULL; none if the member is missing. */
static const char **parse_texts(struct parse *p, json_t *row, const char *member)
{
	json_t *list = json_object_get(row, member), *item;
	const char **texts =
		arena_array(p->whole->arena, json_array_size(list) + 1, sizeof(*texts));
	size_t i, n = 0;

	json_array_foreach(list, i, item)
	{
		if (json_is_string(item))
			texts[n++] = keep(p, json_string_value(item));
	}
	return texts;
}

static const struct {
	const char *word;
	enum city_board_kind kind;
} kinds[] = {
	{ "board", CITY_BOARD },
	{ "district-board", CITY_DISTRICT_BOARD },
	{ "company", CITY_COMPANY },
	{ "administration", CITY_ADMINISTRATION },
	{ "dispatch", CITY_DISPATCH_BOARD },
};

static int board_read(struct parse *p, json_t *row, void *out)
{
	struct city_board *b = out;
	const char *kind, *code, *name, *parent = NULL, *district = NULL,
					*successor = NULL;
	const char *short_name;
	json_error_t why;

	if (parse_unpack(p,
		    json_unpack_ex(row, &why, 0, "{s:s,s:s,s:s,s:s,s?s,s?s,s?s}",
			    "code", &code, "kind", &kind, "name", &name, "shortName",
			    &short_name, "parent", &parent, "district", &district,
			    "successor", &successor),
		    &why) < 0 ||
		parse_valid(p, row, &b->valid) < 0)
		return -1;
	b->code = keep(p, code);
	b->name = keep(p, name);
	b->short_name = keep(p, short_name);
	b->parent = keep(p, parent);
	b->district = keep(p, district);
	b->successor = keep(p, successor);
	b->aliases = parse_texts(p, row, "aliases");
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i].word, kind) == 0) {
			b->kind = kinds[i].kind;
			return 0;
		}
	}
	return parse_fail(p, "unknown kind");
}

static int category_read(struct parse *p, json_t *row, void *out)
{
	struct city_category *c = out;
	const char *code, *name, *area, *area_name, *owner, *successor = NULL;
	int statutory = 0, triage = 0;
	json_error_t why;

	if (parse_unpack(p,
		    json_unpack_ex(row, &why, 0,
			    "{s:s,s:s,s:s,s:s,s:s,s:i,s?b,s?b,s?s}", "code", &code,
			    "name", &name, "area", &area, "areaName", &area_name,
			    "owner", &owner, "sensitivity", &c->sensitivity,
			    "statutoryAcknowledgement", &statutory, "needsTriage",
			    &triage, "successor", &successor),
		    &why) < 0 ||
		parse_valid(p, row, &c->valid) < 0)
		return -1;
	c->code = keep(p, code);
	c->name = keep(p, name);
	c->area = keep(p, area);
	c->area_name = keep(p, area_name);
	c->owner = keep(p, owner);
	c->successor = keep(p, successor);
	c->synonyms = parse_texts(p, row, "synonyms");
	c->statutory_acknowledgement = statutory;
	c->needs_triage = triage;
	if (c->sensitivity < 1 || c->sensitivity > 4)
		return parse_fail(p, "sensitivity is 1 to 4");
	return 0;
}

static int unit_read(struct parse *p, json_t *row, void *out)
{
	struct city_unit *u = out;
	const char *code, *name, *kind, *board, *form, *district = NULL,
						       *address = NULL;
	const char *successor = NULL;
	json_error_t why;

	if (parse_unpack(p,
		    json_unpack_ex(row, &why, 0,
			    "{s:s,s:s,s:s,s:s,s:s,s?s,s?s,s?s,s?F,s?F}", "code", &code,
			    "name", &name, "kind", &kind, "board", &board,
			    "operatingForm", &form, "district", &district, "address",
			    &address, "successor", &successor, "lat", &u->lat, "lon",
			    &u->lon),
		    &why) < 0 ||
		parse_valid(p, row, &u->valid) < 0)
		return -1;
	u->code = keep(p, code);
	u->name = keep(p, name);
	u->kind = keep(p, kind);
	u->board = keep(p, board);
	u->operating_form = keep(p, form);
	u->district = keep(p, district);
	u->address = keep(p, address);
	u->successor = keep(p, successor);
	u->has_point = json_object_get(row, "lat") && json_object_get(row, "lon");
	return 0;
}

static int district_read(struct parse *p, json_t *row, void *out)
{
	struct city_district *d = out;
	const char *code, *name;
	json_error_t why;

	if (parse_unpack(p,
		    json_unpack_ex(
			    row, &why, 0, "{s:s,s:s}", "code", &code, "name", &name),
		    &why) < 0 ||
		parse_valid(p, row, &d->valid) < 0)
		return -1;
	d->code = keep(p, code);
	d->name = keep(p, name);
	return 0;
}

/* Is it a member of a list of texts? */
static bool parse_has(json_t *row, const char *name, const char *text)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(row, name), i, item)
	{
		if (json_is_string(item) && !strcmp(json_string_value(item), text))
			return true;
	}
	return false;
}

static int policy_read(struct parse *p, json_t *row, void *out)
{
	struct city_policy *y = out;
	const char *board = NULL, *category = NULL, *type = NULL, *because = NULL;
	json_int_t id = 0;
	json_error_t why;

	y->acknowledge_days = y->answer_days = -1;
	if (parse_unpack(p,
		    json_unpack_ex(row, &why, 0, "{s?I,s?s,s?s,s?s,s?s,s?i,s?i}", "id",
			    &id, "board", &board, "category", &category, "type", &type,
			    "because", &because, "acknowledgeDays",
			    &y->acknowledge_days, "answerDays", &y->answer_days),
		    &why) < 0 ||
		parse_valid(p, row, &y->valid) < 0)
		return -1;
	y->id = id;
	y->board = keep(p, board);
	y->category = keep(p, category);
	y->type = keep(p, type);
	y->because = keep(p, because);
	y->stops_for_complainant = !json_object_get(row, "stopsFor") ||
				   parse_has(row, "stopsFor", "waiting-complainant");
	y->stops_for_other = parse_has(row, "stopsFor", "waiting-other");
	return 0;
}

/* A version that cannot be read is no reason to have no city: what would be routed by
 * it goes to the dispatch, and says so. */
static int rules_read(struct parse *p, json_t *row, void *out)
{
	struct city_rules *r = out;
	struct faults faults;
	json_int_t version;
	json_error_t why;

	if (parse_unpack(p, json_unpack_ex(row, &why, 0, "{s:I}", "version", &version),
		    &why) < 0 ||
		parse_day(p, json_string_value(json_object_get(row, "from")),
			&r->from) < 0)
		return -1;
	r->version = version;
	faults_init(&faults, p->whole->arena);
	r->is_unreadable = rule_set_read(json_object_get(row, "rules"), p->whole->arena,
				   &faults, &r->set) < 0;
	return 0;
}

static int handler_read(struct parse *p, json_t *row, void *out)
{
	struct city_handler *h = out;
	const char *username, *board, *unit = NULL;
	json_error_t why;

	if (parse_unpack(p,
		    json_unpack_ex(row, &why, 0, "{s:s,s:s,s?s}", "username", &username,
			    "board", &board, "unit", &unit),
		    &why) < 0 ||
		parse_valid(p, row, &h->valid) < 0)
		return -1;
	h->username = keep(p, username);
	h->board = keep(p, board);
	h->unit = keep(p, unit);
	return 0;
}

static int redirect_read(struct parse *p, json_t *row, void *out)
{
	struct city_redirect *r = out;
	const char *code, *link;
	json_error_t why;

	if (parse_unpack(p,
		    json_unpack_ex(
			    row, &why, 0, "{s:s,s:s}", "code", &code, "link", &link),
		    &why) < 0 ||
		parse_valid(p, row, &r->valid) < 0)
		return -1;
	r->code = keep(p, code);
	r->link = keep(p, link);
	return 0;
}

static int helpline_read(struct parse *p, json_t *row, void *out)
{
	struct city_helpline *h = out;
	const char *code, *name, *phone, *link;
	json_error_t why;

	if (parse_unpack(p,
		    json_unpack_ex(row, &why, 0, "{s:s,s:s,s:s,s:s}", "code", &code,
			    "name", &name, "phone", &phone, "link", &link),
		    &why) < 0 ||
		parse_valid(p, row, &h->valid) < 0)
		return -1;
	h->code = keep(p, code);
	h->name = keep(p, name);
	h->phone = keep(p, phone);
	h->link = keep(p, link);
	return 0;
}

static int exception_read(struct parse *p, json_t *row, void *out)
{
	struct working_day_exception *e = out;
	const char *day, *name;
	int open;
	json_error_t why;

	if (parse_unpack(p,
		    json_unpack_ex(row, &why, 0, "{s:s,s:b,s:s}", "day", &day, "open",
			    &open, "name", &name),
		    &why) < 0 ||
		parse_day(p, day, &e->day) < 0)
		return -1;
	e->open = open;
	e->name = keep(p, name);
	return 0;
}

/* The lists of the snapshot and where they go. */
#define CITY_LIST(member, count, read_)                                                \
	{                                                                              \
		.name = #member, .size = sizeof(*((struct city *)0)->member),          \
		.items = offsetof(struct city, member),                                \
		.n = offsetof(struct city, count), .read = (read_)                     \
	}

static const struct list {
	const char *name;
	size_t size, items, n;
	int (*read)(struct parse *p, json_t *row, void *out);
} lists[] = {
	CITY_LIST(boards, n_boards, board_read),
	CITY_LIST(categories, n_categories, category_read),
	CITY_LIST(units, n_units, unit_read),
	CITY_LIST(districts, n_districts, district_read),
	CITY_LIST(policies, n_policies, policy_read),
	CITY_LIST(rules, n_rules, rules_read),
	CITY_LIST(handlers, n_handlers, handler_read),
	CITY_LIST(redirects, n_redirects, redirect_read),
	CITY_LIST(helplines, n_helplines, helpline_read),
	{ .name = "exceptions",
		.size = sizeof(struct working_day_exception),
		.items = offsetof(struct city, exceptions.items),
		.n = offsetof(struct city, exceptions.n),
		.read = exception_read },
};

static int list_read(struct parse *p, const struct list *list, json_t *rows)
{
	size_t n = json_array_size(rows);
	char *items = arena_array(p->whole->arena, n, list->size);
	char *city = (char *)&p->whole->city;

	p->list = list->name;
	for (p->i = 0; p->i < n; p->i++) {
		if (list->read(p, json_array_get(rows, p->i),
			    items + p->i * list->size) < 0)
			return -1;
	}
	memcpy(city + list->items, &items, sizeof(items));
	memcpy(city + list->n, &n, sizeof(n));
	return 0;
}

static int whole_read(struct city_whole *whole, json_t *root, struct error *err)
{
	struct parse p = { .whole = whole, .err = err };
	struct city *city = &whole->city;

	if (!json_is_integer(json_object_get(root, "version")))
		return error_set(err, ERR_INVALID, "city: no version");
	city->version = json_integer_value(json_object_get(root, "version"));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		if (list_read(&p, &lists[i], json_object_get(root, lists[i].name)) < 0)
			return -1;
	}
	city_index_build(whole, &whole->boards, city->boards, city->n_boards,
		sizeof(*city->boards));
	city_index_build(whole, &whole->categories, city->categories,
		city->n_categories, sizeof(*city->categories));
	city_index_build(
		whole, &whole->units, city->units, city->n_units, sizeof(*city->units));
	city_index_build_names(whole);
	return 0;
}

struct city *city_parse(const char *json, size_t n, struct error *err)
{
	json_error_t why;
	json_t *root = json_loadb(json, n, 0, &why);
	struct city_whole *whole;
	int rc;

	if (!root) {
		error_set(err, ERR_INVALID, "city: no JSON: %s", why.text);
		return NULL;
	}
	whole = mem_new(sizeof(*whole));
	whole->arena = arena_new();
	whole->refs = 1;
	rc = whole_read(whole, root, err);
	json_decref(root);
	if (rc < 0) {
		city_unref(&whole->city);
		return NULL;
	}
	return &whole->city;
}
