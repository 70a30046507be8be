#include "lib/form_private.h"

#include <string.h>

#include "lib/error.h"
#include "lib/link_values.h"

/* application/x-www-form-urlencoded (WHATWG URL standard, 5.1), but a broken escape is
 * an error: no browser sends one. */

static int value_flush(struct form_data *form, struct error *err)
{
	struct urlencoded *u = &form->urlencoded;
	size_t n = u->n_value;

	u->n_value = 0;
	return n > 0 ? form->handler->part_data(u->value, n, form->arg, err) : 0;
}

static int name_end(struct form_data *form, struct error *err)
{
	struct urlencoded *u = &form->urlencoded;
	struct form_part part = { .name = u->name };

	if (memchr(u->name, '\0', u->n_name))
		return form_fail(err, "a name with a control character");
	u->name[u->n_name] = '\0';
	u->in_value = true;
	return form_part_begin(form, &part, err);
}

/* At a & or at the end. */
static int pair_end(struct form_data *form, struct error *err)
{
	struct urlencoded *u = &form->urlencoded;

	if (!u->in_value && u->n_name == 0)
		return 0;
	if (!u->in_value && name_end(form, err) < 0)
		return -1;
	u->in_value = false;
	u->n_name = 0;
	if (value_flush(form, err) < 0)
		return -1;
	return form->handler->part_end(form->arg, err);
}

static int decoded_byte(struct form_data *form, char c, struct error *err)
{
	struct urlencoded *u = &form->urlencoded;

	if (!u->in_value) {
		if (u->n_name == FORM_NAME_MAX)
			return error_set(err, ERR_TOO_LARGE,
				"a form field's name is over %d bytes", FORM_NAME_MAX);
		u->name[u->n_name++] = c;
		return 0;
	}
	if (u->n_value == sizeof(u->value) && value_flush(form, err) < 0)
		return -1;
	u->value[u->n_value++] = c;
	return 0;
}

static int escape_digit(struct form_data *form, char c, struct error *err)
{
	struct urlencoded *u = &form->urlencoded;
	int digit = link_hex(c);

	if (digit < 0)
		return form_fail(err, "a % without two hexadecimal digits");
	if (--u->escape == 1) {
		u->high = digit;
		return 0;
	}
	return decoded_byte(form, (char)(u->high << 4 | digit), err);
}

static int urlencoded_byte(struct form_data *form, char c, struct error *err)
{
	struct urlencoded *u = &form->urlencoded;

	if (u->escape > 0)
		return escape_digit(form, c, err);
	if (c == '&')
		return pair_end(form, err);
	if (c == '=' && !u->in_value)
		return name_end(form, err);
	if (c == '%') {
		u->escape = 2;
		return 0;
	}
	return decoded_byte(form, c == '+' ? ' ' : c, err);
}

int urlencoded_feed(
	struct form_data *form, const char *bytes, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (urlencoded_byte(form, bytes[i], err) < 0)
			return -1;
	}
	/* What has come must not wait for what may not. */
	return value_flush(form, err);
}

int urlencoded_finish(struct form_data *form, struct error *err)
{
	if (form->urlencoded.escape > 0)
		return form_fail(err, "a % without two hexadecimal digits");
	return pair_end(form, err);
}
