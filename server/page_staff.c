#include "server/page_staff.h"

#include <string.h>

#include "lib/base.h"
#include "server/page.h"
#include "server/session.h"

static const struct {
	const char *href, *text;
} menu[] = {
	{ "/desk/", "statistics.nav-desk" },
	{ "/diarium/", "register.nav" },
	{ "/statistik/", "statistics.nav" },
};

void page_staff_init(struct page *page, struct http_request *req, const char *here)
{
	json_t *nav = json_array();

	page_init(page, req, NULL);
	for (size_t i = 0; i < ARRAY_LEN(menu); i++)
		json_array_append_new(
			nav, json_pack("{s:s, s:s, s:b}", "href", menu[i].href, "text",
				     page_text(page, menu[i].text), "current",
				     !strcmp(menu[i].href, here)));
	json_object_set_new(page->data, "nav", nav);
	json_object_set_new(page->data, "user", json_string(session_get(req)->name));
	json_object_set_new(page->data, "foreign", json_boolean(page_is_foreign(page)));
}
