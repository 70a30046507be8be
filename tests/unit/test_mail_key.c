#include "tests/unit/test.h"

#include <stdbool.h>
#include <stdio.h>

#include "server/mail_key.h"

static const char head[] =
	"From: Anna <anna@example.org>\r\nTo: trafik@stad.example\r\n"
	"Subject: Lampan\r\nMessage-ID: <1@example.org>\r\n";

static void key_of(const char *letter, unsigned char ret[SHA256_SIZE])
{
	struct mail_key_head found;
	unsigned char body[SHA256_SIZE];
	struct sha256 *hash = sha256_new();

	mail_key_scan(letter, strlen(letter), &found);
	sha256_update(hash, letter + found.body_at, strlen(letter) - found.body_at);
	sha256_finish(hash, body);
	sha256_free(hash);
	mail_key_make(letter, &found, body, ret);
}

static bool is_same(const char *a, const char *b)
{
	unsigned char keys[2][SHA256_SIZE];

	key_of(a, keys[0]);
	key_of(b, keys[1]);
	return memcmp(keys[0], keys[1], SHA256_SIZE) == 0;
}

static void test_mail_key__is_the_same_whatever_way_it_came(void **state)
{
	static const char *const ways[] = {
		"Received: from a.example by b.example\r\n",
		"Received: from c.example\r\n\tby d.example; today\r\nX-Spam-Flag: NO\r\n",
		"Return-Path: <anna@example.org>\r\nDelivered-To: trafik@stad.example\r\n",
	};
	char first[512], other[512];

	(void)state;
	snprintf(first, sizeof(first), "%s\r\nSläckt.\r\n", head);
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		print_message("input %zu\n", i);
		snprintf(other, sizeof(other), "%s%s\r\nSläckt.\r\n", ways[i], head);
		assert_true(is_same(first, other));
	}
}

/* Somebody who knows a letter's Message-ID and body must not be able to have it taken
 * for one of theirs, and so not stored. */
static void test_mail_key__is_another_when_another_wrote_it(void **state)
{
	static const char *const heads[] = {
		"From: Mallory <m@example.net>\r\nTo: trafik@stad.example\r\n"
		"Subject: Lampan\r\nMessage-ID: <1@example.org>\r\n",
		"From: Anna <anna@example.org>\r\nTo: trafik@stad.example\r\n"
		"Subject: Reklam\r\nMessage-ID: <1@example.org>\r\n",
		"From: Anna <anna@example.org>\r\nTo: trafik@stad.example\r\n"
		"Subject: Lampan\r\nMessage-ID: <2@example.org>\r\n",
		"From: Anna <anna@example.org>\r\nTo: trafik@stad.example\r\n"
		"Subject: Lampan\r\n",
		"From: Anna <anna@example.org>\r\nTo: trafik@stad.example\r\n"
		"Subject: Lampan\r\nMessage-ID: <1@example.org>\r\n"
		"Content-Type: text/plain; charset=utf-7\r\n",
	};
	char first[512], other[512];

	(void)state;
	snprintf(first, sizeof(first), "%s\r\nSläckt.\r\n", head);
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		print_message("input %zu\n", i);
		snprintf(other, sizeof(other), "%s\r\nSläckt.\r\n", heads[i]);
		assert_false(is_same(first, other));
	}
	snprintf(other, sizeof(other), "%s\r\nTänd.\r\n", head);
	assert_false(is_same(first, other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail_key__is_the_same_whatever_way_it_came),
		cmocka_unit_test(test_mail_key__is_another_when_another_wrote_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
