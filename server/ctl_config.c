/* synpunktctl config - the settings as the server would read them. */
#include <stdio.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "lib/error.h"
#include "server/ctl.h"
#include "server/options.h"

int ctl_config(struct ctl *ctl, char **argv)
{
	const char *file = NULL;
	const struct ctl_option cli[] = { { "--file", &file, NULL }, { 0 } };
	struct options options = { 0 };
	struct error err = { 0 };
	struct settings *settings;
	struct evbuffer *out;
	int rc = ctl_arguments(ctl, argv, cli, NULL, 0);

	if (rc != 0)
		return rc;
	settings = settings_load(&options_table, file,
		(const char *const *)(uintptr_t)environ, &options, &err);
	if (!settings)
		return ctl_fail(ctl, "%s", err.text);
	out = evbuffer_new();
	if (ctl->json)
		settings_print_json(settings, out);
	else
		settings_print_text(settings, out);
	evbuffer_add(out, "", 1);
	fputs((const char *)evbuffer_pullup(out, -1), stdout);
	evbuffer_free(out);
	settings_free(settings);
	return CTL_DONE;
}
