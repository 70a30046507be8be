#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/public_address.h"

static bool is_public(const char *text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	print_message("input: \"%s\"\n", text);
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return public_address((const struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return public_address((const struct sockaddr *)&v6);
}

static void test_public_address__is_of_the_internet(void **state)
{
	static const char *const good[] = { "1.1.1.1", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
		"172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
		"198.17.255.255", "223.255.255.255", "2606:4700::1111", "2a00::1",
		"3fff:ffff::1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(is_public(good[i]));
}

static void test_public_address__is_of_no_own_network(void **state)
{
	static const char *const bad[] = { "0.0.0.0", "10.0.0.1", "10.255.255.255",
		"100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255",
		"169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1",
		"192.168.1.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "240.0.0.1",
		"255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
		"64:ff9b::7f00:1", "fc00::1", "fd12::1", "fe80::1", "ff02::1",
		"2001:db8::1", "2001::1", "2002:7f00:1::1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(is_public(bad[i]));
}

static void test_public_address__knows_no_other_family(void **state)
{
	const struct sockaddr unix_socket = { .sa_family = AF_UNIX };

	(void)state;
	assert_false(public_address(&unix_socket));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_public_address__is_of_the_internet),
		cmocka_unit_test(test_public_address__is_of_no_own_network),
		cmocka_unit_test(test_public_address__knows_no_other_family),
	};

	return cmocka_run_group_tests_name("public_address", tests, NULL, NULL);
}
