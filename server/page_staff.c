#include "server/page_staff.h"

#include <string.h>

#include "lib/base.h"
#include "server/page.h"
#include "server/qr_http.h"
#include "server/session.h"

static const struct {
	const char *href, *text;
	bool is_review; /* for auditors and data protection officers */
	bool is_made;   /* for whom qr_may_make() says */
} menu[] = {
	{ "/desk/", "statistics.nav-desk" },
	{ "/diarium/", "register.nav" },
	{ "/statistik/", "statistics.nav" },
	{ "/affischer/", "posters.nav", .is_made = true },
	{ "/loggar/", "logs.nav", .is_review = true },
};

void page_staff_init(struct page *page, struct http_request *req, const char *here)
{
	const struct session *session = session_get(req);
	bool reviews = session_has_role(session, "auditor", NULL) ||
		       session_has_role(session, "data-protection-officer", NULL);
	json_t *nav = json_array();

	page_init(page, req, NULL);
	for (size_t i = 0; i < ARRAY_LEN(menu); i++) {
		if ((menu[i].is_review && !reviews) ||
			(menu[i].is_made && !qr_may_make(session)))
			continue;
		json_array_append_new(
			nav, json_pack("{s:s, s:s, s:b}", "href", menu[i].href, "text",
				     page_text(page, menu[i].text), "current",
				     !strcmp(menu[i].href, here)));
	}
	json_object_set_new(page->data, "nav", nav);
	json_object_set_new(page->data, "user", json_string(session->name));
	json_object_set_new(page->data, "foreign", json_boolean(page_is_foreign(page)));
}
