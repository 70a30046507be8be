#include "lib/mail_read.h"

#include "lib/base.h"

static const char *const classes[MAIL_CLASSES] = {
	[MAIL_NEW] = "new",
	[MAIL_REPLY] = "reply",
	[MAIL_AUTO_REPLY] = "auto-reply",
	[MAIL_BOUNCE] = "bounce",
	[MAIL_RECEIPT] = "receipt",
	[MAIL_SPAM] = "spam",
};

static json_t *mail_json_list(const struct mail_list *list)
{
	json_t *ret = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(ret, json_string(list->items[i]));
	return ret;
}

static json_t *mail_json_attachments(const struct mail *mail)
{
	json_t *ret = json_array();

	for (size_t i = 0; i < mail->n_attachments; i++) {
		const struct mail_attachment *one = &mail->attachments[i];

		json_array_append_new(ret,
			json_pack("{s:s, s:s, s:I, s:s, s:s, s:I, s:b}", "name",
				one->name, "type", one->type, "size",
				(json_int_t)one->size, "sha256", one->sha256,
				"declaredType", one->declared, "offset",
				(json_int_t)one->offset, "inline", one->is_inline));
	}
	return ret;
}

static json_t *mail_json_bounce(const struct mail_bounce *bounce)
{
	if (!bounce)
		return json_null();
	return json_pack("{s:s?, s:s?, s:s?, s:s?}", "recipient", bounce->recipient,
		"status", bounce->status, "action", bounce->action, "originalMessageId",
		bounce->original_message_id);
}

static json_t *mail_json_authentication(const struct mail_authentication *one)
{
	if (!one)
		return json_null();
	return json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?}", "spf", one->spf, "dkim",
		one->dkim, "dmarc", one->dmarc, "from", one->from, "policy",
		one->policy);
}

/* Of spam alone: anything else is what it is. */
static json_t *mail_json_otherwise(const struct mail *mail)
{
	if (mail->class != MAIL_SPAM)
		return json_null();
	return json_pack("{s:s, s:s, s:b}", "class", classes[mail->otherwise],
		"because", mail->otherwise_because, "neverAnswer",
		mail->otherwise_never_answer);
}

/* What the mail says of itself, then what is said of it. */
static json_t *mail_json_head(const struct mail *mail)
{
	return json_pack("{s:s?, s:s?, s:s?, s:s?, s:o, s:o, s:s?, s:s?, s:s?, s:o, "
			 "s:s?}",
		"subject", mail->subject, "from", mail->from, "fromName",
		mail->from_name, "replyTo", mail->reply_to, "to",
		mail_json_list(&mail->to), "cc", mail_json_list(&mail->cc), "date",
		mail->date, "messageId", mail->message_id, "inReplyTo",
		mail->in_reply_to, "references", mail_json_list(&mail->references),
		"returnPath", mail->return_path);
}

json_t *mail_json(const struct mail *mail)
{
	json_t *ret = mail_json_head(mail);
	json_t *more = json_pack(
		"{s:s, s:s, s:s?, s:o, s:s, s:s?, s:b, s:o, s:o, s:o, s:b, s:b, s:b}",
		"text", mail->text, "newText", mail->new_text, "language",
		mail->language, "attachments", mail_json_attachments(mail), "class",
		classes[mail->class], "because", mail->because, "neverAnswer",
		mail->never_answer, "otherwise", mail_json_otherwise(mail), "bounce",
		mail_json_bounce(mail->bounce), "authentication",
		mail_json_authentication(mail->authentication), "encrypted",
		mail->is_encrypted, "signed", mail->is_signed, "truncated",
		mail->truncated);

	json_object_update(ret, more);
	json_decref(more);
	return ret;
}
