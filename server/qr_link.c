#include "server/qr_link.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/fault.h"
#include "lib/link_values.h"
#include "lib/qr.h"
#include "lib/utf8.h"
#include "server/city.h"
#include "server/submission.h"

/* Control characters have no place on a sign, and none in the form's field. */
static bool is_printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static void judge(const struct qr_wish *wish, struct faults *faults)
{
	const struct city_category *category =
		city_category_find(wish->city, wish->category);

	if (wish->category &&
		(!category || !city_valid_on(&category->valid, wish->today)))
		faults_add(faults, "category", "unknown category");
	if (wish->type && !submission_type_known(wish->type))
		faults_add(faults, "type", "unknown type");
	if (!wish->unit)
		return;
	if (utf8_count(wish->unit, strlen(wish->unit)) > SUBMISSION_UNIT_MAX)
		faults_add(faults, "unit", "is longer than %d characters",
			SUBMISSION_UNIT_MAX);
	if (!is_printable(wish->unit) || utf8_is_blank(wish->unit, strlen(wish->unit)))
		faults_add(faults, "unit", "is no name");
}

static const char *without_scheme(const char *address)
{
	const char *at = strstr(address, "://");

	return at ? at + strlen("://") : address;
}

int qr_link_make(struct arena *arena, const struct qr_wish *wish, struct qr_link *ret,
	struct faults *faults)
{
	const struct city_unit *unit =
		city_unit_find_said(wish->city, wish->unit, wish->today);
	const char *form = arena_printf(arena, "%s/lamna", wish->base);

	judge(wish, faults);
	if (faults->n > 0)
		return -1;
	/* The code: shorter, and it stays when the unit gets another name. */
	ret->address = link_make(arena, form,
		TEXT_VALUES({ "type", wish->type }, { "category", wish->category },
			{ "unit", unit ? unit->code : wish->unit }));
	ret->typed = without_scheme(form);
	ret->unit = unit ? unit->name : wish->unit;
	ret->category =
		wish->category ? city_category_name(wish->city, wish->category) : NULL;
	if (strlen(ret->address) > QR_TEXT_MAX) {
		faults_add(faults, "unit", "is too long for a QR code");
		return -1;
	}
	return 0;
}
