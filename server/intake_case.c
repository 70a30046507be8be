#include "server/intake_case.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/encode.h"
#include "lib/json_write.h"
#include "lib/sha256.h"
#include "server/attachment.h"
#include "server/city.h"
#include "server/day.h"
#include "server/intake_guess.h"
#include "server/route_guess.h"
#include "server/stamp.h"
#include "server/submission.h"

static void hash_literal(
	const unsigned char hash[SHA256_SIZE], char ret[INTAKE_HASH_SIZE])
{
	memcpy(ret, "\\x", 2);
	encode_hex(hash, SHA256_SIZE, ret + 2);
}

static void hash_of_text(const char *text, char ret[INTAKE_HASH_SIZE])
{
	unsigned char digest[SHA256_SIZE];

	sha256_digest(text, strlen(text), digest);
	hash_literal(digest, ret);
}

/* Length and text, so that no two submissions run together into the same bytes. */
static void hash_text(struct sha256 *hash, const char *text)
{
	uint64_t n = text ? strlen(text) : UINT64_MAX;

	sha256_update(hash, &n, sizeof(n));
	if (text)
		sha256_update(hash, text, n);
}

/* Who took it down, from where, and the day that was said; a day that was not is
 * another tomorrow, for the same submission. */
static void hash_taken(struct sha256 *hash, const struct submission *s)
{
	const struct submission_taken *taken = s->taken;

	if (!taken)
		return;
	hash_text(hash, s->channel);
	/* What others do not have is no part of what was said before it was asked for.
	 */
	if (s->contact.address)
		hash_text(hash, s->contact.address);
	if (s->district)
		hash_text(hash, s->district);
	sha256_update(hash, &taken->user_id, sizeof(taken->user_id));
	if (taken->day_given)
		sha256_update(hash, &taken->received_on, sizeof(taken->received_on));
}

/* What makes two submissions of one key the same: the parsed members and the
 * attachments' hashes, not the bytes that carried them; of a key of ours, the key. */
static void fingerprint(const struct submission *s, char ret[INTAKE_HASH_SIZE])
{
	const char *texts[] = { s->text, s->type, s->category, s->place.address,
		s->place.unit, s->contact.name, s->contact.email, s->contact.phone,
		s->wants_reply ? "yes" : "no", s->language, s->on_behalf_of,
		s->from_child ? "child" : NULL };
	struct sha256 *hash;
	unsigned char digest[SHA256_SIZE];

	if (s->idempotency_key[0] == SUBMISSION_KEY_OURS) {
		hash_of_text(s->idempotency_key, ret);
		return;
	}
	hash = sha256_new();
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		hash_text(hash, texts[i]);
	if (s->place.has_point) {
		sha256_update(hash, &s->place.lat, sizeof(s->place.lat));
		sha256_update(hash, &s->place.lon, sizeof(s->place.lon));
	}
	for (size_t i = 0; i < s->n_attachments; i++)
		hash_text(hash, s->attachments[i].given_sha256);
	hash_taken(hash, s);
	sha256_finish(hash, digest);
	sha256_free(hash);
	hash_literal(digest, ret);
}

/* Counted from the day's end: the clock is changed before noon. */
static int64_t noon_of(int32_t day)
{
	return (day_end(day) - 12 * 3600) * 1000000;
}

void intake_case_receive(struct intake_case *ret, const struct submission *submission,
	int64_t registered_at)
{
	int32_t today = day_of_instant(registered_at / 1000000);

	*ret = (struct intake_case){
		.submission = submission,
		.registered_at = registered_at,
		.received_at = registered_at,
		.registered_on = today,
		.received_on = today,
	};
	if (submission->taken && submission->taken->received_on < today) {
		ret->received_on = submission->taken->received_on;
		ret->received_at = noon_of(ret->received_on);
	}
	if (submission->received_at != 0 && submission->received_at < registered_at) {
		ret->received_at = submission->received_at;
		ret->received_on = day_of_instant(ret->received_at / 1000000);
	}
	if (!submission->idempotency_key)
		return;
	hash_of_text(submission->idempotency_key, ret->key_hash);
	fingerprint(submission, ret->fingerprint);
}

/* What has been written to out, as text of the arena. */
static const char *written(struct evbuffer *out, struct arena *arena)
{
	size_t n = evbuffer_get_length(out);
	char *text = arena_alloc(arena, n + 1);

	evbuffer_remove(out, text, n);
	return text;
}

static const char *contact_json(
	const struct submission *s, struct evbuffer *out, struct arena *arena)
{
	struct json_write w;

	if (!s->contact.name && !s->contact.email && !s->contact.phone &&
		!s->contact.address)
		return NULL;
	jw_init(&w, out);
	jw_object(&w);
	jw_key_string(&w, "name", s->contact.name);
	jw_key_string(&w, "email", s->contact.email);
	jw_key_string(&w, "phone", s->contact.phone);
	if (s->contact.address)
		jw_key_string(&w, "address", s->contact.address);
	jw_object_end(&w);
	return written(out, arena);
}

static const char *place_json(
	const struct submission *s, struct evbuffer *out, struct arena *arena)
{
	struct json_write w;

	if (!s->place.address && !s->place.unit)
		return NULL;
	jw_init(&w, out);
	jw_object(&w);
	jw_key_string(&w, "address", s->place.address);
	jw_key_string(&w, "unit", s->place.unit);
	jw_object_end(&w);
	return written(out, arena);
}

/* As synpunkt_intake.submit() reads them. */
static const char *attachments_json(
	const struct submission *s, struct evbuffer *out, struct arena *arena)
{
	struct json_write w;

	if (s->n_attachments == 0)
		return NULL;
	jw_init(&w, out);
	jw_array(&w);
	for (size_t i = 0; i < s->n_attachments; i++) {
		const struct attachment *a = &s->attachments[i];

		jw_object(&w);
		jw_key_int(&w, "seq", (int64_t)i + 1);
		jw_key_string(&w, "name", a->name);
		jw_key_string(&w, "type", a->type);
		jw_key_int(&w, "size", (int64_t)a->size);
		jw_key_string(&w, "state", a->state);
		jw_key_string(&w, "sha256", a->stored_sha256);
		jw_key_string(&w, "thumbnail", a->thumbnail_sha256);
		jw_object_end(&w);
	}
	jw_array_end(&w);
	return written(out, arena);
}

static void answer_attachments(struct json_write *w, const struct submission *s)
{
	jw_key(w, "attachments");
	jw_array(w);
	for (size_t i = 0; i < s->n_attachments; i++) {
		const struct attachment *a = &s->attachments[i];

		jw_object(w);
		jw_key_string(w, "name", a->name);
		jw_key_string(w, "type", a->type);
		jw_key_int(w, "size", (int64_t)a->size);
		jw_key_string(w, "state", a->state);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void answer_taken(struct json_write *w, const struct intake_case *c)
{
	char stamp[STAMP_SIZE], day[DAY_TEXT];

	stamp_print(c->registered_at, stamp);
	jw_key_string(w, "channel", c->submission->channel);
	jw_key_string(w, "receivedOn", day_format(c->received_on, day));
	jw_key_string(w, "registeredAt", stamp);
	jw_key_bool(w, "receiptMailed", c->mail_receipt);
}

/* The reason as the receipt has it: with the words of the text that weighed most, which
 * are kept nowhere else. */
static const char *because_told(const struct intake_case *c, struct arena *arena)
{
	const struct suggest_subject *subject =
		c->guess_set ? &c->guess->subjects[0] : NULL;
	const char *words = "";

	if (!subject || subject->n_words == 0)
		return c->route.because;
	for (size_t i = 0; i < subject->n_words; i++)
		words = arena_printf(
			arena, "%s%s”%s”", words, i ? ", " : "", subject->words[i]);
	/* The full stop makes room for them. */
	return arena_printf(arena, "%.*s: %s.", (int)strlen(c->route.because) - 1,
		c->route.because, words);
}

static const char *answer_json(const struct intake_case *c, const struct city *city,
	struct evbuffer *out, struct arena *arena)
{
	char stamp[STAMP_SIZE], day[DAY_TEXT];
	struct json_write w;

	stamp_print(c->received_at, stamp);
	jw_init_members(&w, out);
	jw_key(&w, "board");
	jw_object(&w);
	jw_key_string(&w, "code", c->route.board);
	jw_key_string(&w, "name", city_board_name(city, c->route.board));
	jw_object_end(&w);
	jw_key_string(&w, "category", c->route.category);
	jw_key_string(&w, "type", c->submission->type);
	jw_key_string(&w, "status", "received");
	jw_key_string(&w, "receivedAt", stamp);
	jw_key_string(&w, "acknowledgeBy", day_format(c->deadline.acknowledge_by, day));
	jw_key_string(&w, "answerBy", day_format(c->deadline.answer_by, day));
	jw_key(&w, "routing");
	jw_object(&w);
	jw_key_string(&w, "rule", c->route.rule);
	jw_key_string(&w, "because", because_told(c, arena));
	jw_object_end(&w);
	answer_attachments(&w, c->submission);
	if (c->submission->taken)
		answer_taken(&w, c);
	jw_flush(&w);
	return written(out, arena);
}

void intake_case_code(const struct submission *submission,
	const struct case_number *number, const unsigned char *secret,
	char ret[FOLLOW_CODE_SIZE])
{
	char seed[FOLLOW_SEED_SIZE];

	if (submission->idempotency_key) {
		follow_code_make(secret, number, submission->idempotency_key, ret);
		return;
	}
	follow_code_seed(seed);
	follow_code_make(secret, number, seed, ret);
}

/* What was suggested and whether it was set, for the log of the case: codes alone. */
static void suggested_write(struct json_write *w, const struct intake_case *c)
{
	const struct intake_guess *guess = c->guess;

	if (!guess || guess->n == 0)
		return;
	jw_key(w, "suggested");
	jw_object(w);
	jw_key_int(w, "version", guess->version);
	jw_key(w, "categories");
	jw_array(w);
	for (size_t i = 0; i < guess->n; i++)
		jw_string(w, guess->subjects[i].code);
	jw_array_end(w);
	jw_key_int(w, "percent", (int64_t)(guess->subjects[0].probability * 100));
	jw_key_bool(w, "set", c->guess_set);
	jw_object_end(w);
}

/* What the first event tells beside the columns of the case, and what only submit()
 * reads: server/intake_store.h. */
static const char *extra_json(const struct intake_case *c, const struct city *city,
	struct evbuffer *out, struct arena *arena)
{
	const struct city_rules *rules = city_rules_on(city, c->registered_on);
	const struct route_outcome *route = &c->route;
	struct json_write w;

	jw_init(&w, out);
	jw_object(&w);
	jw_key_string(&w, "chosen", c->submission->category);
	if (rules)
		jw_key_int(&w, "routedBy", rules->version);
	if (route->said_unit)
		jw_key_string(&w, "saidUnit", route->said_unit);
	if (c->submission->mailbox)
		jw_key_string(&w, "mailbox", c->submission->mailbox);
	if (route->failed)
		jw_key_string(&w, "failedRule", route->failed);
	if (route->is_urgent)
		jw_key_string(&w, "priority", "high");
	if (route->needs_human)
		jw_key_bool(&w, "needsHuman", true);
	if (route->handler)
		jw_key_string(&w, "handler", route->handler);
	suggested_write(&w, c);
	jw_object_end(&w);
	return written(out, arena);
}

/* The subject that is sure enough to be set without a person; NULL: none. */
static const char *guess_sure(const struct intake_guess *guess)
{
	return guess && guess->n > 0 && guess->set_from > 0 &&
			       guess->subjects[0].probability * 100 >= guess->set_from
		       ? guess->subjects[0].code
		       : NULL;
}

static void decide_route(
	struct intake_case *c, const struct city *city, struct arena *arena)
{
	const struct submission *s = c->submission;
	const struct route_query query = {
		.category = s->category,
		.type = s->type,
		.district = s->district ? s->district : c->district,
		.areas = route_areas_read(c->areas, arena),
		.unit = s->place.unit,
		.channel = s->channel,
		.language = s->language,
		.mailbox = s->mailbox,
		.text = s->text,
		.from_child = s->from_child,
		.addressed = s->board,
		.is_taken = s->taken != NULL,
		.date = c->registered_on, /* the boards and rules that there are now */
		.season_on = c->received_on,
	};
	const struct city_rules *rules = city_rules_on(city, query.date);

	route_decide_now(city, &query, arena, &c->route);
	c->guess_set = route_guess(city,
		&(struct route_guessing){
			rules ? &rules->set : NULL, &query, guess_sure(c->guess) },
		arena, &c->route);
	c->sensitivity = c->route.sensitivity;
}

void intake_case_decide(struct intake_case *c, const struct city *city,
	const unsigned char *secret, struct arena *arena)
{
	const struct submission *s = c->submission;
	struct evbuffer *out = evbuffer_new();

	decide_route(c, city, arena);
	deadline_decide(city,
		&(struct deadline_query){ .board = c->route.board,
			.category = c->route.category,
			.type = s->type,
			.received_on = c->received_on,
			.policy = c->route.deadline_policy },
		arena, &c->deadline);
	c->number.year = day_to_civil(c->registered_on).year;
	intake_case_code(s, &c->number, secret, c->code);
	follow_code_hash(secret, &c->number, c->code, c->follow_hash);
	c->contact = contact_json(s, out, arena);
	c->place = place_json(s, out, arena);
	c->attachments = attachments_json(s, out, arena);
	c->extra = extra_json(c, city, out, arena);
	c->mail_receipt = s->contact.email && s->wants_reply && !s->no_receipt;
	if (c->mail_receipt)
		follow_code_seal(secret, &c->number, c->code, c->sealed_code);
	c->answer = answer_json(c, city, out, arena);
	evbuffer_free(out);
}
