#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/lmtp_private.h"

static const char too_large[] = "552 5.3.4 the message is too large";
static const char no_memory[] = "452 4.3.1 too much is under way, try again later";
static const char bare_lf[] =
	"554 5.6.0 the message has a line that does not end with CRLF";

const char *lmtp_mail_begin(struct lmtp_talk *talk, const struct lmtp_command *command)
{
	const struct lmtp_server *s = talk->server;
	struct lmtp_mail *mail = &talk->mail;

	if (!command->is_ascii && !command->utf8)
		return "553 5.6.7 the address needs SMTPUTF8";
	if (command->size > s->config.max_message)
		return too_large;
	if (command->size > s->config.max_memory - s->stats.memory)
		return no_memory;
	mail->begun = true;
	mail->eight_bit = command->eight_bit;
	mail->utf8 = command->utf8;
	mail->from = mem_dup(command->address);
	mail->since_ms = lmtp_now_ms();
	return NULL;
}

const char *lmtp_mail_may_add(
	const struct lmtp_talk *talk, const struct lmtp_command *command)
{
	const struct lmtp_mail *mail = &talk->mail;

	if (!mail->begun)
		return "503 5.5.1 MAIL comes first";
	if (!command->is_ascii && !mail->utf8)
		return "553 5.6.7 the address needs SMTPUTF8";
	if (mail->n_recipients >= talk->server->config.max_recipients)
		return "452 4.5.3 too many recipients";
	return NULL;
}

void lmtp_mail_add(struct lmtp_mail *mail, const char *address)
{
	mail->recipients = mem_grow(
		mail->recipients, (mail->n_recipients + 1) * sizeof(*mail->recipients));
	mail->recipients[mail->n_recipients++] = mem_dup(address);
}

static void bytes_drop(struct lmtp_talk *talk)
{
	struct lmtp_mail *mail = &talk->mail;

	talk->server->stats.memory -= mail->room;
	mem_free(mail->bytes);
	mail->bytes = NULL;
	mail->size = mail->room = mail->block = 0;
}

/* What is sent on is read to its end, for only there an answer is heard. */
static void mail_refuse(struct lmtp_talk *talk, const char *refusal)
{
	talk->mail.refusal = refusal;
	bytes_drop(talk);
}

static size_t room_for(size_t size)
{
	return (size + LMTP_STEP - 1) / LMTP_STEP * LMTP_STEP;
}

/* The block doubles so that it is seldom moved; what of it was never written to is no
 * memory yet, and counts when it is. NULL, or why not. */
static const char *mail_grow(struct lmtp_talk *talk, size_t size)
{
	struct lmtp_server *s = talk->server;
	struct lmtp_mail *mail = &talk->mail;
	size_t room = room_for(size), more = room - mail->room;
	size_t block = mail->block;
	char *bytes;

	if (size > s->config.max_message)
		return too_large;
	if (more > s->config.max_memory - s->stats.memory)
		return no_memory;
	if (room > block) {
		block = block * 2 > room ? block * 2 : room;
		bytes = realloc(mail->bytes, block);
		if (!bytes)
			return no_memory;
		mail->bytes = bytes;
		mail->block = block;
	}
	mail->room = room;
	s->stats.memory += more;
	return NULL;
}

static void mail_pass(const char *bytes, size_t n, void *arg)
{
	struct lmtp_talk *talk = arg;
	struct lmtp_mail *mail = &talk->mail;
	const char *refusal = NULL;

	if (mail->refusal)
		return;
	if (mail->size + n > mail->room)
		refusal = mail_grow(talk, mail->size + n);
	else if (mail->size + n > talk->server->config.max_message)
		refusal = too_large;
	if (refusal) {
		mail_refuse(talk, refusal);
		return;
	}
	memcpy(mail->bytes + mail->size, bytes, n);
	mail->size += n;
}

void lmtp_mail_open(struct lmtp_talk *talk)
{
	lmtp_data_init(&talk->mail.data);
	talk->mail.refusal = NULL;
}

size_t lmtp_mail_feed(struct lmtp_talk *talk, const char *bytes, size_t n)
{
	struct lmtp_mail *mail = &talk->mail;
	size_t used = lmtp_data_feed(&mail->data, bytes, n, mail_pass, talk);

	if (mail->data.bare_lf && !mail->refusal)
		mail_refuse(talk, bare_lf);
	return used;
}

void lmtp_mail_end(struct lmtp_talk *talk)
{
	struct lmtp_mail *mail = &talk->mail;

	bytes_drop(talk);
	for (size_t i = 0; i < mail->n_recipients; i++)
		mem_free(mail->recipients[i]);
	mem_free(mail->recipients);
	mem_free(mail->from);
	memset(mail, 0, sizeof(*mail));
}
