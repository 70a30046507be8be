#include "lib/form_private.h"

#include <string.h>
#include <sys/types.h>

#include "lib/base.h"
#include "lib/error.h"

/* multipart/form-data: the boundaries of RFC 2046, 5.1.1. */

/* Blanks that may stand between a boundary and the end of its line. */
#define MULTIPART_PADDING_MAX 64

static int multipart_skip(struct multipart *m, size_t n, struct error *err)
{
	m->skipped += n;
	return m->skipped > FORM_PREAMBLE_MAX
		       ? form_fail(err, "too much before the first boundary")
		       : 0;
}

/* Content, or what stands before the first boundary. */
static int multipart_pass(
	struct form_data *form, const char *bytes, size_t n, struct error *err)
{
	if (n == 0)
		return 0;
	if (form->multipart.state == MULTIPART_PREAMBLE)
		return multipart_skip(&form->multipart, n, err);
	return form->handler->part_data(bytes, n, form->arg, err);
}

static int multipart_found(struct form_data *form, struct error *err)
{
	struct multipart *m = &form->multipart;
	bool in_part = m->state == MULTIPART_BODY;

	m->state = MULTIPART_BOUNDARY;
	m->matched = 0;
	m->skipped = 0;
	return in_part ? form->handler->part_end(form->arg, err) : 0;
}

/*
 * Passes on what comes before the next delimiter and returns how far it got, or -1.
 * The delimiter starts with the only CR in it, so after a mismatch nothing of what
 * matched can be the start of another match.
 */
static ssize_t multipart_scan(
	struct form_data *form, const char *bytes, size_t n, struct error *err)
{
	struct multipart *m = &form->multipart;
	size_t carried = m->matched; /* of the match, from feeds before this one */
	size_t i = 0;
	const char *cr;

	while (i < n && m->matched < m->n_delimiter) {
		if (m->matched == 0) {
			cr = memchr(bytes + i, '\r', n - i);
			i = cr ? (size_t)(cr - bytes) + 1 : n;
			m->matched = cr ? 1 : 0;
		} else if (bytes[i] == m->delimiter[m->matched]) {
			m->matched++;
			i++;
		} else if (multipart_pass(form, m->delimiter, carried, err) < 0) {
			return -1;
		} else {
			carried = m->matched = 0;
		}
	}
	if (multipart_pass(form, bytes, i - (m->matched - carried), err) < 0)
		return -1;
	if (m->matched == m->n_delimiter && multipart_found(form, err) < 0)
		return -1;
	return (ssize_t)i;
}

static int multipart_header_end(struct form_data *form, struct error *err)
{
	struct multipart *m = &form->multipart;
	struct form_part part;

	m->header[m->n_header] = '\0';
	if (form_header_parse(m->header, &part, err) < 0)
		return -1;
	m->state = MULTIPART_BODY;
	m->matched = 0;
	return form_part_begin(form, &part, err);
}

/* One byte of the header lines. CR and LF only come as a pair. */
static int multipart_header_byte(struct form_data *form, char c, struct error *err)
{
	struct multipart *m = &form->multipart;
	bool after_cr = m->n_header > 0 && m->header[m->n_header - 1] == '\r';

	if ((c == '\n') != after_cr)
		return form_fail(
			err, "a line of a part's header has no CRLF at its end");
	if (((unsigned char)c < 0x20 && !strchr("\t\r\n", c)) || c == '\0' || c == 0x7f)
		return form_fail(err, "a part's header has control characters");
	if (m->n_header == FORM_HEADER_MAX)
		return error_set(err, ERR_TOO_LARGE, "a part's header is over %d bytes",
			FORM_HEADER_MAX);
	m->header[m->n_header++] = c;
	if (m->n_header == 2 && c == '\n')
		return form_fail(err, "a part has no disposition");
	if (c == '\n' && m->header[m->n_header - 3] == '\n')
		return multipart_header_end(form, err);
	return 0;
}

/* The rest of a boundary's line. */
static int multipart_boundary_byte(struct multipart *m, char c, struct error *err)
{
	bool blank = c == ' ' || c == '\t';

	if (m->state == MULTIPART_CLOSE_DASH) {
		if (c != '-')
			return form_fail(err, "a boundary goes on after its end");
		m->state = MULTIPART_EPILOGUE;
	} else if (c == '-' && m->state == MULTIPART_BOUNDARY) {
		m->state = MULTIPART_CLOSE_DASH;
	} else if (blank && m->skipped++ < MULTIPART_PADDING_MAX) {
		m->state = MULTIPART_PADDING;
	} else if (c == '\r') {
		m->state = MULTIPART_BOUNDARY_LF;
	} else {
		return form_fail(err, "a boundary goes on after its end");
	}
	return 0;
}

static int multipart_byte(struct form_data *form, char c, struct error *err)
{
	struct multipart *m = &form->multipart;

	if (m->state == MULTIPART_HEADER)
		return multipart_header_byte(form, c, err);
	if (m->state != MULTIPART_BOUNDARY_LF)
		return multipart_boundary_byte(m, c, err);
	if (c != '\n')
		return form_fail(err, "a boundary has no CRLF at its end");
	m->state = MULTIPART_HEADER;
	m->n_header = 0;
	return 0;
}

int multipart_feed(
	struct form_data *form, const char *bytes, size_t n, struct error *err)
{
	struct multipart *m = &form->multipart;
	ssize_t used;

	while (n > 0 && m->state != MULTIPART_EPILOGUE) {
		used = 1;
		if (m->state == MULTIPART_PREAMBLE || m->state == MULTIPART_BODY)
			used = multipart_scan(form, bytes, n, err);
		else if (multipart_byte(form, *bytes, err) < 0)
			return -1;
		if (used < 0)
			return -1;
		bytes += used;
		n -= (size_t)used;
	}
	return 0;
}

int multipart_finish(struct form_data *form, struct error *err)
{
	if (form->multipart.state != MULTIPART_EPILOGUE)
		return form_fail(err, "it ends before its closing boundary");
	return 0;
}
