#include "server/page_child.h"

#include "lib/catalogue.h"
#include "server/options.h"
#include "server/page.h"
#include "server/page_city.h"
#include "server/worker.h"

/* Sections that have none under "child" are shared with the catalogue, which nobody
 * changes. */
json_t *page_child_texts(json_t *t)
{
	json_t *all = json_copy(t);
	json_t *section;
	const char *name;

	json_object_foreach(json_object_get(t, "child"), name, section)
	{
		json_t *own = json_deep_copy(json_object_get(t, name));

		if (!own)
			continue; /* only asked for by its key */

		json_object_update_recursive(own, section);
		json_object_set_new(all, name, own);
	}
	return all;
}

void page_for_child(struct page *page)
{
	page->voice = PAGE_FOR_CHILD;
	page->remember = false;
	json_object_set_new(page->data, "t",
		page_child_texts(catalogue_json(page->catalogue, page->language)));
	json_object_set_new(page->data, "child",
		json_pack("{s:s}", "exit", page->worker->options->safe_exit));
	page_city_add_helplines(page);
}
