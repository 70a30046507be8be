#include "server/mail_disclosure.h"

#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/catalogue.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/json_fields.h"
#include "lib/seal.h"
#include "lib/secret.h"
#include "lib/sha256.h"
#include "lib/template_set.h"
#include "server/mail_order.h"
#include "server/mail_text.h"
#include "server/worker.h"

static const char language[] = "sv";

_Static_assert(SEAL_KEY_SIZE == SHA256_SIZE, "a key is a hash");

/* ---- the address ---- */

/* A key of its own for each purpose. */
static void seal_key(const unsigned char *secret, unsigned char ret[SEAL_KEY_SIZE])
{
	static const char purpose[] = "disclosure-address";
	const struct sha256_key server = { .bytes = secret,
		.size = WORKER_SECRET_SIZE };

	sha256_hmac(&server, purpose, strlen(purpose), ret);
}

static const char *bound_to(struct arena *arena, const char *id)
{
	return arena_printf(arena, "disclosure %s", id);
}

const char *mail_disclosure_seal(struct arena *arena, const unsigned char *secret,
	const char *id, const char *address)
{
	unsigned char key[SEAL_KEY_SIZE];
	unsigned char sealed[SEAL_OVERHEAD + MAIL_DISCLOSURE_ADDRESS_MAX];
	size_t n = strlen(address);
	char *ret;

	if (n > MAIL_DISCLOSURE_ADDRESS_MAX)
		return NULL;
	seal_key(secret, key);
	seal_close(key, bound_to(arena, id), address, n, sealed);
	secret_wipe(key, sizeof(key));
	ret = arena_alloc(arena, 2 * (SEAL_OVERHEAD + n) + 1);
	encode_hex(sealed, SEAL_OVERHEAD + n, ret);
	return ret;
}

const char *mail_disclosure_address(
	struct arena *arena, const unsigned char *secret, const char *about)
{
	unsigned char key[SEAL_KEY_SIZE];
	unsigned char sealed[SEAL_OVERHEAD + MAIL_DISCLOSURE_ADDRESS_MAX];
	char address[MAIL_DISCLOSURE_ADDRESS_MAX + 1] = "";
	json_t *said = json_loads(about, 0, NULL);
	const char *hex = json_text_of(said, "sealed", "");
	const char *id = arena_printf(arena, "%lld",
		(long long)json_integer_value(json_object_get(said, "id")));
	size_t n = strlen(hex) / 2;
	bool failed = n <= SEAL_OVERHEAD || n > sizeof(sealed) ||
		      encode_hex_parse(hex, sealed, n) < 0;

	json_decref(said);
	if (failed)
		return NULL;
	seal_key(secret, key);
	failed = seal_open(key, bound_to(arena, id), sealed, n, address) < 0;
	secret_wipe(key, sizeof(key));
	return failed ? NULL : arena_dup(arena, address);
}

/* ---- the letter ---- */

static json_t *letter_data(const struct mail_sender *sender,
	const struct mail_order *letter, const json_t *about)
{
	return json_pack("{s:O, s:s, s:s, s:s, s:b, s:s}", "t",
		catalogue_json(sender->catalogue, language), "reference",
		json_text_of(about, "reference", ""), "asked",
		json_text_of(about, "asked", ""), "board",
		json_text_of(about, "board", ""), "partly",
		json_is_true(json_object_get(about, "partly")), "files", letter->files);
}

/* No robot is to answer, and nobody's answer is awaited: it would tell who asked. */
static struct mail_head letter_head(
	struct arena *arena, const struct mail_order *letter, const char *reference)
{
	return (struct mail_head){ .sent_at = letter->sent_at,
		.message_id = letter->message_id,
		.to = letter->to,
		.language = language,
		.subject = arena_printf(
			arena, "Handlingar som du har begärt, %s", reference),
		.auto_submitted = "auto-generated",
		.parts = letter->parts };
}

int mail_disclosure_make(struct arena *arena, const struct mail_sender *sender,
	const struct mail_order *letter, struct mail_letter *ret, struct error *err)
{
	json_t *about = json_loads(letter->about, 0, NULL), *data;
	const char *reference = arena_dup(arena, json_text_of(about, "reference", ""));
	struct evbuffer *body;
	struct mail_head head;
	int failed;

	if (!reference[0] || !letter->files) {
		json_decref(about);
		return error_set(err, ERR_INTERNAL, "a disclosure without a reference");
	}
	data = letter_data(sender, letter, about);
	json_decref(about);
	body = evbuffer_new();
	failed = template_set_render(
		sender->templates, "disclosure_mail", data, body, err);
	json_decref(data);
	head = letter_head(arena, letter, reference);
	if (!failed)
		mail_text_assemble(arena, sender, &head, body, ret);
	evbuffer_free(body);
	return failed ? -1 : 0;
}
