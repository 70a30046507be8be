#include "server/case_watch.h"

#include <stddef.h>
#include <string.h>

#include "server/day.h"
#include "server/working_day.h"

const char *const case_attention_codes[] = { "near-due", "overdue", "acknowledge",
	"mail-failed", "approval", NULL };

const char *const case_attention_filters[] = { "near-due", "overdue", "acknowledge",
	"mail-failed", "approval", "urgent", "needs-human", NULL };

bool case_watch_days_left(const struct case_watched *c, int32_t today,
	const struct working_day_exceptions *exceptions, int *ret)
{
	int32_t from = c->waiting_since == DAY_NONE ? today : c->waiting_since;
	int late;

	if (c->answered || c->closed)
		return false;
	if (c->answer_by >= from) {
		*ret = working_day_count(from, c->answer_by, exceptions);
		return true;
	}
	/* Late is late, also on the Saturday after a Friday. */
	late = working_day_count(c->answer_by, from, exceptions);
	*ret = late > 0 ? -late : -1;
	return true;
}

unsigned case_watch_attention(const struct case_watched *c, int32_t today,
	const struct working_day_exceptions *exceptions, int near_days)
{
	unsigned attention = (c->mail_failed ? CASE_MAIL_FAILED : 0) |
			     (c->awaits_approval ? CASE_WANTS_APPROVAL : 0);
	int left;

	if (case_watch_days_left(c, today, exceptions, &left)) {
		if (left < 0)
			attention |= CASE_OVERDUE;
		else if (left <= near_days && c->waiting_since == DAY_NONE)
			attention |= CASE_NEAR_DUE;
	}
	if (!c->closed && !c->acknowledged && c->wants_reply &&
		c->acknowledge_by < today)
		attention |= CASE_UNACKNOWLEDGED;
	return attention;
}

int case_watch_time_parse(const char *text)
{
	int hours, minutes;

	if (strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789") != 2 ||
		strspn(text + 3, "0123456789") != 2)
		return -1;
	hours = (text[0] - '0') * 10 + text[1] - '0';
	minutes = (text[3] - '0') * 10 + text[4] - '0';
	return hours < 24 && minutes < 60 ? hours * 60 + minutes : -1;
}
