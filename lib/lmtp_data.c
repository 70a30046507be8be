#include "lib/lmtp_data.h"

#include <assert.h>
#include <string.h>

void lmtp_data_init(struct lmtp_data *data)
{
	*data = (struct lmtp_data){ .state = LMTP_DATA_LINE };
}

/* A piece within a line, up to its LF if there is one. */
static size_t text_feed(struct lmtp_data *data, const char *bytes, size_t n,
	lmtp_data_fn *pass, void *arg)
{
	const char *lf = memchr(bytes, '\n', n);
	size_t used = lf ? (size_t)(lf - bytes) + 1 : n;
	bool after_cr = data->state == LMTP_DATA_CR;

	if (lf && used > 1)
		after_cr = lf[-1] == '\r';
	pass(bytes, used, arg);
	if (!lf)
		data->state = bytes[n - 1] == '\r' ? LMTP_DATA_CR : LMTP_DATA_TEXT;
	else if (after_cr)
		data->state = LMTP_DATA_LINE;
	else
		data->state = LMTP_DATA_TEXT;
	if (lf && !after_cr)
		data->bare_lf = true;
	return used;
}

/* One byte where a dot may count; 0: it is not used yet, but the state has moved on. */
static size_t dot_feed(struct lmtp_data *data, char byte, lmtp_data_fn *pass, void *arg)
{
	switch (data->state) {
	case LMTP_DATA_LINE:
		data->state = byte == '.' ? LMTP_DATA_DOT : LMTP_DATA_TEXT;
		return byte == '.';
	case LMTP_DATA_DOT:
		data->state = byte == '\r' ? LMTP_DATA_DOT_CR : LMTP_DATA_TEXT;
		return byte == '\r';
	default:
		break;
	}
	if (byte == '\n') {
		data->state = LMTP_DATA_ENDED;
		return 1;
	}
	pass("\r", 1, arg);
	data->state = LMTP_DATA_CR;
	return 0;
}

size_t lmtp_data_feed(struct lmtp_data *data, const char *bytes, size_t n,
	lmtp_data_fn *pass, void *arg)
{
	size_t used = 0;

	assert(data->state != LMTP_DATA_ENDED);
	while (used < n && data->state != LMTP_DATA_ENDED) {
		if (data->state == LMTP_DATA_TEXT || data->state == LMTP_DATA_CR)
			used += text_feed(data, bytes + used, n - used, pass, arg);
		else
			used += dot_feed(data, bytes[used], pass, arg);
	}
	return used;
}
