/* TLS on the wire: versions, headers, uploads, a certificate that changes. */
#include "tests/unit/test_http_raw.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/tls.h"

#define H " HTTP/1.1\r\nHost: a\r\n"

static struct raw_server server; /* style: global */
static char cert_file[100], key_file[100];

static void write_pair(long serial)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	FILE *file;

	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial);
	X509_gmtime_adj(X509_getm_notBefore(cert), -100);
	X509_gmtime_adj(X509_getm_notAfter(cert), 10000);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
		(const unsigned char *)"localhost", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	file = fopen(cert_file, "w");
	assert_int_equal(PEM_write_X509(file, cert), 1);
	fclose(file);
	file = fopen(key_file, "w");
	assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static int setup(void **state)
{
	static char dir[] = "/tmp/http-tls-XXXXXX";
	struct http_config config;

	assert_non_null(mkdtemp(dir));
	snprintf(cert_file, sizeof(cert_file), "%s/cert.pem", dir);
	snprintf(key_file, sizeof(key_file), "%s/key.pem", dir);
	write_pair(1);
	raw_config(&server, &config);
	config.tls_cert_file = cert_file;
	config.tls_key_file = key_file;
	raw_start(&server, &config);
	return 0;
}

static int teardown(void **state)
{
	raw_stop(&server);
	unlink(cert_file);
	unlink(key_file);
	*strrchr(cert_file, '/') = '\0';
	rmdir(cert_file);
	return 0;
}

struct client {
	SSL_CTX *context;
	SSL *ssl;
	int fd;
};

static bool client_open(struct client *c, int version)
{
	c->context = SSL_CTX_new(TLS_client_method());
	/* Below level 1 OpenSSL would not even offer TLS 1.1. */
	SSL_CTX_set_security_level(c->context, 0);
	SSL_CTX_set_min_proto_version(c->context, version);
	SSL_CTX_set_max_proto_version(c->context, version);
	c->ssl = SSL_new(c->context);
	c->fd = raw_connect(&server);
	SSL_set_fd(c->ssl, c->fd);
	return SSL_connect(c->ssl) == 1;
}

static void client_close(struct client *c)
{
	SSL_shutdown(c->ssl);
	SSL_free(c->ssl);
	SSL_CTX_free(c->context);
	close(c->fd);
}

static void client_ask(struct client *c, const char *text, char ret[16384])
{
	size_t n = 0;
	char *end, *length;
	int got;

	assert_true(SSL_write(c->ssl, text, (int)strlen(text)) > 0);
	for (;;) {
		got = SSL_read(c->ssl, ret + n, (int)(16383 - n));
		if (got <= 0)
			return;
		n += (size_t)got;
		ret[n] = '\0';
		end = strstr(ret, "\r\n\r\n");
		length = strstr(ret, "Content-Length: ");
		if (end && length &&
			ret + n >= end + 4 + strtoul(length + 16, NULL, 10))
			return;
	}
}

static void test_http_tls__answers(void **state)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	char answer[16384];
	struct client c;

	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		assert_true(client_open(&c, versions[i]));
		for (int n = 0; n < 3; n++) {
			client_ask(&c, "GET /about" H "\r\n", answer);
			assert_non_null(strstr(answer, "\r\n\r\nsecure "));
			assert_non_null(strstr(answer,
				"\r\nStrict-Transport-Security: max-age=31536000; "
				"includeSubDomains\r\n"));
		}
		client_ask(&c, "GET /plain" H "Connection: close\r\n\r\n", answer);
		assert_non_null(strstr(answer, "hello"));
		/* It ends with a word, not a cut. */
		assert_int_equal(SSL_read(c.ssl, answer, 1), 0);
		assert_int_equal(SSL_get_error(c.ssl, 0), SSL_ERROR_ZERO_RETURN);
		client_close(&c);
	}
}

static void test_http_tls__refuses_old_versions(void **state)
{
	struct client c;

	assert_false(client_open(&c, TLS1_1_VERSION));
	client_close(&c);
}

static void test_http_tls__cuts_a_silent_handshake(void **state)
{
	int fd = raw_connect(&server);
	long before = raw_now_ms();

	assert_true(raw_is_closed(fd));
	assert_in_range(raw_now_ms() - before, 350, 900);
	close(fd);
	/* Plain text where a handshake should be. */
	fd = raw_connect(&server);
	raw_send(fd, "GET / HTTP/1.1\r\n\r\n");
	while (!raw_is_closed(fd))
		;
	close(fd);
}

static void test_http_tls__takes_uploads(void **state)
{
	static char block[100000];
	char answer[16384] = "";
	struct client c;
	int got;

	assert_true(client_open(&c, TLS1_3_VERSION));
	snprintf(answer, sizeof(answer),
		"POST /size" H "Content-Length: 5000000\r\n\r\n");
	SSL_write(c.ssl, answer, (int)strlen(answer));
	for (int i = 0; i < 50; i++)
		assert_int_equal(SSL_write(c.ssl, block, sizeof(block)), sizeof(block));
	got = SSL_read(c.ssl, answer, sizeof(answer) - 1);
	assert_true(got > 0);
	answer[got] = '\0';
	assert_non_null(strstr(answer, "5000000 file"));
	client_close(&c);
}

static void test_http_tls__sends_large_answers(void **state)
{
	static char block[65536];
	struct client c;
	size_t n = 0;
	int got;

	assert_true(client_open(&c, TLS1_3_VERSION));
	assert_true(SSL_write(c.ssl, "GET /big" H "Connection: close\r\n\r\n",
			    sizeof("GET /big" H "Connection: close\r\n\r\n") - 1) > 0);
	for (got = 1; got > 0; n += got > 0 ? (size_t)got : 0)
		got = SSL_read(c.ssl, block, sizeof(block));
	assert_true(n > 8 * MIB);
	client_close(&c);
}

static struct error reload_error; /* style: global */
static int reloaded;

static void reload(struct raw_server *s)
{
	reload_error = (struct error){ 0 };
	reloaded = http_server_reload_tls(s->http, &reload_error);
}

static long serial_of(struct client *c)
{
	X509 *cert = SSL_get1_peer_certificate(c->ssl);
	long serial = ASN1_INTEGER_get(X509_get0_serialNumber(cert));

	X509_free(cert);
	return serial;
}

static long serial_now(void)
{
	struct client c;
	long serial;

	assert_true(client_open(&c, TLS1_3_VERSION));
	serial = serial_of(&c);
	client_close(&c);
	return serial;
}

static void test_http_tls__reloads(void **state)
{
	char answer[16384];
	struct client old;
	FILE *file;

	assert_int_equal(serial_now(), 1);
	assert_true(client_open(&old, TLS1_3_VERSION));
	write_pair(2);
	raw_on_loop(&server, reload);
	assert_int_equal(reloaded, 0);
	assert_int_equal(serial_now(), 2);
	/* Who was there goes on. */
	client_ask(&old, "GET /plain" H "\r\n", answer);
	assert_non_null(strstr(answer, "hello"));
	client_close(&old);

	file = fopen(cert_file, "w");
	fprintf(file, "no certificate\n");
	fclose(file);
	raw_on_loop(&server, reload);
	assert_int_equal(reloaded, -1);
	assert_int_equal(reload_error.code, ERR_INVALID);
	assert_int_equal(serial_now(), 2);
	write_pair(3);
	unlink(key_file);
	raw_on_loop(&server, reload);
	assert_int_equal(reloaded, -1);
	assert_int_equal(serial_now(), 2);
}

/* A ticket of one worker is good at another with the same secret. */
static void test_http_tls__tickets_hold_for_all_workers(void **state)
{
	static const uint8_t secret[32] = { 7 };
	struct tls *one, *two;
	struct error err = { 0 };
	SSL *a, *b;
	unsigned char keys[2][80];

	write_pair(4);
	one = tls_new(cert_file, key_file, secret, &err);
	two = tls_new(cert_file, key_file, secret, &err);
	assert_non_null(one);
	assert_non_null(two);
	a = tls_session_new(one);
	b = tls_session_new(two);
	for (int i = 0; i < 2; i++)
		SSL_CTX_get_tlsext_ticket_keys(
			SSL_get_SSL_CTX(i ? a : b), keys[i], sizeof(keys[i]));
	assert_memory_equal(keys[0], keys[1], sizeof(keys[0]));
	SSL_free(a);
	SSL_free(b);
	tls_free(one);
	tls_free(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http_tls__answers),
		cmocka_unit_test(test_http_tls__refuses_old_versions),
		cmocka_unit_test(test_http_tls__cuts_a_silent_handshake),
		cmocka_unit_test(test_http_tls__takes_uploads),
		cmocka_unit_test(test_http_tls__sends_large_answers),
		cmocka_unit_test(test_http_tls__reloads),
		cmocka_unit_test(test_http_tls__tickets_hold_for_all_workers),
	};

	return cmocka_run_group_tests_name("http_tls", tests, setup, teardown);
}
