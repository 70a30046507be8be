/*
 * synpunktctl person export - everything that is held on whoever has an e-mail address
 * or a telephone number (art. 15 of the General Data Protection Regulation), as JSON or
 * as text to hand out. Who asks must have been identified before.
 */
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/ctl.h"
#include "server/phone_number.h"

static const char *member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static void line(const char *label, const char *value)
{
	if (value[0])
		printf("%s: %s\n", label, value);
}

/* Of each object in the list two members, after a heading. */
static void list_print(const json_t *item, const char *list, const char *heading,
	const char *const names[3])
{
	const json_t *entry;
	size_t i;

	if (json_array_size(json_object_get(item, list)) > 0)
		printf("\n%s\n", heading);
	json_array_foreach(json_object_get(item, list), i, entry)
	{
		printf(" ");
		for (size_t n = 0; n < 3 && names[n]; n++)
			printf(" %s", member(entry, names[n]));
		putchar('\n');
	}
}

static void earlier_print(const json_t *item)
{
	const json_t *entry, *value;
	const char *name;
	size_t i;

	json_array_foreach(json_object_get(item, "earlier"), i, entry)
	{
		json_object_foreach((json_t *)(uintptr_t)entry, name, value)
			printf("Stod i ärendet tills det rättades: %s\n",
				json_string_value(value));
	}
}

/* Of another's case there is that the person supports it, and the letters about it. */
static void supported_print(const json_t *item)
{
	const json_t *supported = json_object_get(item, "supported");

	line("Stöder ärendet sedan", member(supported, "at"));
	line("E-post för brev", member(supported, "email"));
	line("Sade ja till brev", member(supported, "confirmedAt"));
}

static void item_print(const json_t *item)
{
	const json_t *contact = json_object_get(item, "contact");

	printf("\n== Ärende %s, %s\n", member(item, "number"),
		member(item, "boardName"));
	line("Kom in", member(item, "receivedAt"));
	earlier_print(item);
	supported_print(item);
	line("Läge", member(item, "status"));
	line("Ämne", member(item, "categoryName"));
	line("Avslutat", member(item, "closedAt"));
	line("Namn", member(contact, "name"));
	line("E-post", member(contact, "email"));
	line("Telefon", member(contact, "phone"));
	line("Postadress", member(contact, "address"));
	line("Plats", member(json_object_get(item, "place"), "address"));
	list_print(item, "registrations", "Diarienummer",
		(const char *const[]){ "number", "board", NULL });
	if (member(item, "text")[0])
		printf("\n%s\n", member(item, "text"));
	list_print(item, "messages", "Meddelanden",
		(const char *const[]){ "at", "from", "text" });
	list_print(item, "letters", "Brev",
		(const char *const[]){ "at", "kind", "state" });
	list_print(item, "attachments", "Bilagor",
		(const char *const[]){ "name", "type", "state" });
	list_print(item, "masked", "Maskade kopior av bilder",
		(const char *const[]){ "at", "name", "type" });
	list_print(item, "originals", "Mejl som kom in, sparade som de kom",
		(const char *const[]){ "at", "class", "bodySha256" });
	list_print(item, "orders", "Uppdrag till utförare",
		(const char *const[]){ "at", "contractorName", "text" });
	list_print(item, "devices", "Enheter som får aviseringar, sedan",
		(const char *const[]){ "since", NULL, NULL });
	list_print(item, "events", "Händelser",
		(const char *const[]){ "at", "what", NULL });
	list_print(
		item, "reads", "Läst av", (const char *const[]){ "at", "what", "by" });
}

static int held_print(struct ctl *ctl, json_t *items)
{
	const json_t *item;
	size_t i;

	if (ctl->json) {
		ctl_print_json(json_pack("{s:o}", "items", items));
		return CTL_DONE;
	}
	printf("%zu ärenden\n", json_array_size(items));
	json_array_foreach(items, i, item) item_print(item);
	json_decref(items);
	return CTL_DONE;
}

static int person_export(
	struct ctl *ctl, const char *kind, const char *value, const char *board)
{
	struct error err = { 0 };
	PGresult *rows = NULL;
	json_t *items = NULL;

	if (ctl_db_open(ctl, &err) == 0)
		rows = ctl_db_query(ctl,
			"SELECT synpunkt_person.export($1::text, $2::text, $3::text)",
			3, (const char *const[]){ kind, value, board }, &err);
	if (!rows)
		return ctl_fail(ctl, "%s", err.text);
	if (!PQgetisnull(rows, 0, 0))
		items = json_loads(PQgetvalue(rows, 0, 0), 0, NULL);
	PQclear(rows);
	return items ? held_print(ctl, items)
		     : ctl_fail(ctl, "there is no board \"%s\"", board);
}

static bool is_key(const char *email, const char *phone)
{
	return email ? strchr(email, '@') != NULL
		     : phone && phone_number_is_possible(phone);
}

int ctl_person(struct ctl *ctl, char **argv)
{
	const char *words[1], *email = NULL, *phone = NULL, *board = NULL;
	const struct ctl_option options[] = { { "--email", &email, NULL },
		{ "--phone", &phone, NULL }, { "--board", &board, NULL }, { 0 } };
	int rc = ctl_arguments(ctl, argv, options, words, ARRAY_LEN(words));

	if (rc != 0)
		return rc;
	if (strcmp(words[0], "export") != 0)
		return ctl_misuse(ctl, "export, not \"%s\"", words[0]);
	if (!email == !phone || !is_key(email, phone))
		return ctl_misuse(
			ctl, "give one of --email ADDRESS and --phone NUMBER");
	return person_export(
		ctl, email ? "email" : "phone", email ? email : phone, board);
}
