/* synpunktctl poster - draws what comes on standard input (qr_poster.h) on standard
 * output: the server's way to have a poster drawn. */
#include <unistd.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/error.h"
#include "server/ctl.h"
#include "server/qr_poster.h"

#define SECONDS_MAX 20 /* somebody waits for it */

int ctl_poster(struct ctl *ctl, char **argv)
{
	struct evbuffer *out = evbuffer_new();
	struct error err = { 0 };
	json_t *words;
	int rc = ctl_arguments(ctl, argv, NULL, NULL, 0);

	alarm(SECONDS_MAX);
	if (rc == 0) {
		words = json_loadf(stdin, 0, NULL);
		rc = words ? qr_poster_write(words, out, &err)
			   : error_set(&err, ERR_INVALID, "expected JSON");
		json_decref(words);
		if (rc < 0)
			rc = ctl_fail(ctl, "%s", err.text);
	}
	while (rc == 0 && evbuffer_get_length(out) > 0)
		if (evbuffer_write(out, STDOUT_FILENO) <= 0)
			rc = ctl_fail(ctl, "cannot write to standard output");
	evbuffer_free(out);
	return rc;
}
