#include "server/resident_http.h"

#include <string.h>

#include "lib/base.h"
#include "server/access.h"
#include "server/order_page.h"
#include "server/page.h"
#include "server/page_asset.h"
#include "server/page_child.h"
#include "server/page_city.h"
#include "server/resident_case.h"
#include "server/resident_consent.h"
#include "server/resident_form.h"
#include "server/satisfaction_page.h"
#include "server/support_page.h"
#include "server/voluntary_page.h"

static void page_plain(struct http_request *req, const char *title, const char *name)
{
	struct page page;

	page_init(&page, req, NULL);
	page_may_be_kept(&page);
	page_title(&page, title);
	json_object_set_new(page.data, "robots", json_string("index,follow"));
	page_city_add_promise(&page);
	if (!strcmp(name, "about"))
		json_object_set_new(page.data, "areas", page_city_areas(&page, NULL));
	page_reply(&page, 200, name);
}

static void start_get(struct http_request *req)
{
	page_plain(req, "start.title", "start");
}

static void about_get(struct http_request *req)
{
	page_plain(req, "about.title", "about");
}

static void accessibility_get(struct http_request *req)
{
	page_plain(req, "access.title", "accessibility");
}

/* What a <form> can send. */
static const char *const form_media[] = { "multipart/form-data",
	"application/x-www-form-urlencoded", NULL };

const struct http_route resident_routes[] = {
	{ .method = HTTP_GET,
		.path = "/",
		.access = ACCESS_ANYONE,
		.handle = start_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/om",
		.access = ACCESS_ANYONE,
		.handle = about_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/tillganglighet",
		.access = ACCESS_ANYONE,
		.handle = accessibility_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/lamna",
		.access = ACCESS_ANYONE,
		.handle = resident_form_show,
		.page = true },
	{ .method = HTTP_POST,
		.path = "/lamna",
		.access = ACCESS_ANYONE,
		.max_body = RESIDENT_FORM_BODY_MAX,
		.media = form_media,
		.handle = resident_form_send,
		.takes_cut = true,
		.page = true },
	{ .method = HTTP_GET,
		.path = PAGE_CHILD_PATH,
		.access = ACCESS_ANYONE,
		.handle = resident_child_show,
		.page = true },
	{ .method = HTTP_POST,
		.path = PAGE_CHILD_PATH,
		.access = ACCESS_ANYONE,
		.max_body = RESIDENT_FORM_BODY_MAX,
		.media = form_media,
		.handle = resident_child_send,
		.takes_cut = true,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/kvitto/{number}/{code}",
		.access = ACCESS_CODE,
		.handle = resident_receipt,
		.page = true },
	{ .method = HTTP_POST,
		.path = VOLUNTARY_PATH,
		.access = ACCESS_CODE,
		.max_body = HTTP_BODY_MEMORY,
		.media = form_media,
		.handle = voluntary_page_send,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/folj",
		.access = ACCESS_ANYONE,
		.handle = resident_find,
		.page = true },
	{ .method = HTTP_POST,
		.path = "/folj",
		.access = ACCESS_ANYONE,
		.max_body = HTTP_BODY_MEMORY,
		.media = form_media,
		.handle = resident_find_send,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/folj/{number}/{code}",
		.access = ACCESS_CODE,
		.handle = resident_follow,
		.page = true },
	{ .method = HTTP_POST,
		.path = "/folj/{number}/{code}",
		.access = ACCESS_CODE,
		.max_body =
			2 * HTTP_BODY_MEMORY, /* 10,000 characters, percent-encoded */
		.media = form_media,
		.handle = resident_message,
		.page = true },
	{ .method = HTTP_POST,
		.path = "/folj/{number}/{code}/oppna",
		.access = ACCESS_CODE,
		.max_body = 2 * HTTP_BODY_MEMORY,
		.media = form_media,
		.handle = resident_reopen,
		.page = true },
	{ .method = HTTP_POST,
		.path = "/folj/{number}/{code}/samtycke",
		.access = ACCESS_CODE,
		.max_body = HTTP_BODY_MEMORY,
		.media = form_media,
		.handle = resident_consent,
		.page = true },
	{ .method = HTTP_POST,
		.path = SATISFACTION_CASE_PATH,
		.access = ACCESS_CODE,
		.max_body = HTTP_BODY_MEMORY,
		.media = form_media,
		.handle = satisfaction_page_from_case,
		.page = true },
	{ .method = HTTP_GET,
		.path = SATISFACTION_PAGE_PATH,
		.access = ACCESS_CODE,
		.handle = satisfaction_page_show,
		.page = true },
	{ .method = HTTP_POST,
		.path = SATISFACTION_PAGE_PATH,
		.access = ACCESS_CODE,
		.max_body = HTTP_BODY_MEMORY,
		.media = form_media,
		.handle = satisfaction_page_send,
		.page = true },
	{ .method = HTTP_GET,
		.path = ORDER_PAGE_PATH,
		.access = ACCESS_CODE,
		.handle = order_page_show,
		.page = true },
	{ .method = HTTP_POST,
		.path = ORDER_PAGE_PATH,
		.access = ACCESS_CODE,
		.max_body = HTTP_BODY_MEMORY,
		.media = form_media,
		.handle = order_page_send,
		.page = true },
	{ .method = HTTP_GET,
		.path = ORDER_PICTURE_PATH,
		.access = ACCESS_CODE,
		.handle = order_page_picture,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/folj/{number}/{code}/bilaga/{n}",
		.access = ACCESS_CODE,
		.handle = resident_attachment,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/folj/{number}/{code}/svarsfil/{n}",
		.access = ACCESS_CODE,
		.handle = resident_reply_file,
		.page = true },
	{ .method = HTTP_GET,
		.path = SUPPORT_PAGE_PATH,
		.access = ACCESS_CODE,
		.handle = support_page_show,
		.page = true },
	{ .method = HTTP_POST,
		.path = SUPPORT_PAGE_PATH,
		.access = ACCESS_CODE,
		.max_body = HTTP_BODY_MEMORY,
		.media = form_media,
		.handle = support_page_send,
		.page = true },
	{ .method = HTTP_GET,
		.path = PAGE_ASSET_PATH,
		.access = ACCESS_ANYONE,
		.handle = page_asset_get,
		.page = true },
	{ 0 },
};
