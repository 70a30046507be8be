#include "server/mail_thread.h"

#include <string.h>
#include <strings.h>

#include "lib/base.h"

static const char digits[] = "0123456789";

/* What robots send: it adds no words to a case, and nothing answers it. */
static const char *const robots[] = { "auto-reply", "bounce", "receipt" };

static bool is_robot(const char *class)
{
	for (size_t i = 0; i < ARRAY_LEN(robots); i++)
		if (!strcmp(class, robots[i]))
			return true;
	return false;
}

struct case_number mail_thread_number(const char *text)
{
	struct case_number ret = { 0 };
	char copy[CASE_NUMBER_SIZE];
	size_t n, more;

	for (text = text ? strpbrk(text, digits) : NULL; text;
		text = strpbrk(text + n, digits)) {
		n = strspn(text, digits);
		if (n != 4 || text[4] != '-')
			continue;
		more = strspn(text + 5, digits);
		if (more == 0 || 5 + more >= sizeof(copy))
			continue;
		memcpy(copy, text, 5 + more);
		copy[5 + more] = '\0';
		if (case_number_parse(copy, &ret) == 0)
			return ret;
	}
	return (struct case_number){ 0 };
}

static bool is_set(const struct case_number *number)
{
	return number->year != 0;
}

static void decide_robot(const struct mail_facts *facts, struct mail_decision *ret)
{
	if (facts->is_disclosure) {
		ret->move = MAIL_MOVE_FORGET;
		return;
	}
	ret->number = is_set(&facts->token) ? facts->token : facts->answered;
	if (is_set(&ret->number))
		ret->move = MAIL_MOVE_NOTE;
	else if (!strcmp(facts->class, "auto-reply"))
		mail_thread_anew(facts, ret); /* a person may have written it */
	else
		ret->move = MAIL_MOVE_KEEP;
}

static bool is_forged(const struct mail_facts *facts)
{
	return facts->dmarc && !strcasecmp(facts->dmarc, "fail");
}

bool mail_thread_is_doubted(const struct mail_facts *facts)
{
	const char *at = facts->from ? strrchr(facts->from, '@') : NULL;

	return facts->dmarc &&
	       (strcasecmp(facts->dmarc, "pass") || !at || !facts->dmarc_domain ||
		       strcasecmp(at + 1, facts->dmarc_domain));
}

static bool is_from_party(const struct mail_facts *facts)
{
	return facts->is_party && !mail_thread_is_doubted(facts) &&
	       strcmp(facts->class, "spam");
}

static bool may_answer(const struct mail_facts *facts)
{
	return facts->class && !is_robot(facts->class) && !is_forged(facts) &&
	       strcmp(facts->class, "spam") && facts->may_answer &&
	       !facts->never_answer && !facts->null_sender;
}

void mail_thread_anew(const struct mail_facts *facts, struct mail_decision *ret)
{
	*ret = (struct mail_decision){ .move = MAIL_MOVE_CASE };
	ret->hint = facts->answered;
	if (is_set(&facts->token))
		ret->hint = facts->token;
	else if (!is_set(&ret->hint))
		ret->hint = mail_thread_number(facts->subject);
	ret->answer = may_answer(facts);
}

void mail_thread_decide(const struct mail_facts *facts, struct mail_decision *ret)
{
	*ret = (struct mail_decision){ .move = MAIL_MOVE_ADD };
	if (facts->class && is_robot(facts->class))
		decide_robot(facts, ret);
	else if (facts->class && is_set(&facts->token))
		ret->number = facts->token;
	else if (facts->class && is_set(&facts->answered) && is_from_party(facts))
		ret->number = facts->answered;
	else
		mail_thread_anew(facts, ret);
}

const char *mail_thread_word(enum mail_move move)
{
	static const char *const words[] = {
		[MAIL_MOVE_ADD] = "words",
		[MAIL_MOVE_NOTE] = "note",
		[MAIL_MOVE_CASE] = "case",
		[MAIL_MOVE_KEEP] = "nothing",
		[MAIL_MOVE_FORGET] = "forgotten",
	};

	return words[move];
}
