#include <assert.h>

#include "server/route_rule.h"

/* What follows "eftersom": for people at the desk and in the terminal. */
static const struct {
	const char *code, *text;
} whys[ROUTE_WHYS] = {
	[ROUTE_WHY_MATCHED] = { "matched", "regeln stämmer" },
	[ROUTE_WHY_NOT_IN_FORCE] = { "not-in-force", "regeln gäller inte den dagen" },
	[ROUTE_WHY_SEASON] = { "another-season", "regeln gäller en annan tid på året" },
	[ROUTE_WHY_CATEGORY_CHOSEN] = { "category-chosen",
		"regeln gäller ärenden utan kategori, och en är vald" },
	[ROUTE_WHY_CATEGORY] = { "another-category",
		"ärendet har en annan kategori, eller ingen" },
	[ROUTE_WHY_SENSITIVITY] = { "less-sensitive",
		"kategorin är inte så känslig, eller ingen är vald" },
	[ROUTE_WHY_TYPE] = { "another-type", "ärendet är av en annan typ" },
	[ROUTE_WHY_DISTRICT] = { "another-district",
		"platsen ligger i ett annat stadsdelsområde, eller är okänd" },
	[ROUTE_WHY_AREA] = { "another-area",
		"platsen ligger inte i området, eller är okänd" },
	[ROUTE_WHY_UNIT] = { "another-unit",
		"ärendet gäller en annan verksamhet, eller ingen känd" },
	[ROUTE_WHY_CHANNEL] = { "another-channel", "ärendet kom in på ett annat sätt" },
	[ROUTE_WHY_MAILBOX] = { "another-mailbox",
		"ärendet kom inte till den mejladressen" },
	[ROUTE_WHY_LANGUAGE] = { "another-language", "ärendet är på ett annat språk" },
	[ROUTE_WHY_WORDS] = { "no-word", "inget av orden finns i texten" },
	[ROUTE_WHY_NO_CATEGORY] = { "no-category", "ingen kategori är vald" },
	[ROUTE_WHY_NO_DISTRICT] = { "no-district", "stadsdelsområdet är inte känt" },
	[ROUTE_WHY_NO_DISTRICT_BOARD] = { "no-district-board",
		"stadsdelsområdet har ingen nämnd" },
	[ROUTE_WHY_NO_UNIT] = { "no-unit", "ingen känd verksamhet är nämnd" },
	[ROUTE_WHY_BOARD_GONE] = { "board-gone", "nämnden finns inte den dagen" },
	[ROUTE_WHY_ADMINISTRATION] = { "administration",
		"en förvaltning tar inte emot ärenden" },
	[ROUTE_WHY_UNIT_GONE] = { "unit-gone", "verksamheten finns inte den dagen" },
	[ROUTE_WHY_UNIT_ELSEWHERE] = { "unit-elsewhere",
		"verksamheten hör till en annan nämnd" },
	[ROUTE_WHY_HANDLER_GONE] = { "handler-gone",
		"handläggaren har ingen roll hos nämnden" },
	[ROUTE_WHY_POLICY_GONE] = { "policy-gone", "tidsgränsen finns inte den dagen" },
};

const char *route_why_code(enum route_why why)
{
	assert(why < ROUTE_WHYS);
	return whys[why].code;
}

const char *route_why_text(enum route_why why)
{
	assert(why < ROUTE_WHYS);
	return whys[why].text;
}

bool route_why_is_failure(enum route_why why)
{
	return why >= ROUTE_WHY_BOARD_GONE;
}
