#include "lib/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/secret.h"

#define TICKET_KEYS_SIZE 80

/* Forward secrecy and authenticated encryption only; TLS 1.3 has nothing else. */
#define TLS12_CIPHERS                                                                  \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                   \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"                   \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"

/* OpenSSL would take finite fields too, of which one handshake costs the server as much
 * as hundreds, and whoever asks for it nothing (CVE-2002-20001). */
#define GROUPS "X25519:P-256:P-384"

struct tls {
	SSL_CTX *context;
	char *cert_file, *key_file;
	unsigned char ticket_keys[TICKET_KEYS_SIZE];
};

/* style: parameters, as OpenSSL calls it */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *n,
	const unsigned char *in, unsigned in_n, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen;

	if (SSL_select_next_proto(&chosen, n, ours, sizeof(ours) - 1, in, in_n) !=
		OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *context_new(const struct tls *tls)
{
	static const unsigned char session_id[] = "http";
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (!context)
		abort();
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_cipher_list(context, TLS12_CIPHERS);
	SSL_CTX_set1_groups_list(context, GROUPS);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
					     SSL_OP_CIPHER_SERVER_PREFERENCE |
					     SSL_OP_PRIORITIZE_CHACHA |
					     SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* Tickets only: a cache of sessions is memory that strangers fill. */
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_session_id_context(context, session_id, sizeof(session_id) - 1);
	SSL_CTX_set_tlsext_ticket_keys(
		context, (void *)tls->ticket_keys, sizeof(tls->ticket_keys));
	SSL_CTX_set_num_tickets(context, 1);
	/* An idle connection then holds no 34 KiB of record buffers. */
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS |
					  SSL_MODE_ENABLE_PARTIAL_WRITE |
					  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
	return context;
}

static int context_load(SSL_CTX *context, const struct tls *tls, struct error *err)
{
	if (SSL_CTX_use_certificate_chain_file(context, tls->cert_file) != 1)
		return error_set(
			err, ERR_INVALID, "the TLS certificate cannot be read");
	if (SSL_CTX_use_PrivateKey_file(context, tls->key_file, SSL_FILETYPE_PEM) != 1)
		return error_set(err, ERR_INVALID,
			"the TLS key cannot be read or is not the certificate's");
	if (SSL_CTX_check_private_key(context) != 1)
		return error_set(
			err, ERR_INVALID, "the TLS key is not the certificate's");
	return 0;
}

int tls_reload(struct tls *tls, struct error *err)
{
	SSL_CTX *context = context_new(tls);
	int loaded = context_load(context, tls, err);

	/* The queue is the thread's; what stays in it would confuse a connection. */
	ERR_clear_error();
	if (loaded < 0) {
		SSL_CTX_free(context);
		return -1;
	}
	SSL_CTX_free(tls->context);
	tls->context = context;
	return 0;
}

struct tls *tls_new(const char *cert_file, const char *key_file,
	const uint8_t secret[32], struct error *err)
{
	static const unsigned char purpose[] = "tls tickets", more[] = "tls tickets 2";
	struct tls *tls = mem_new(sizeof(*tls));

	tls->cert_file = mem_dup(cert_file);
	tls->key_file = mem_dup(key_file);
	crypto_generichash(tls->ticket_keys, 64, purpose, sizeof(purpose), secret, 32);
	crypto_generichash(tls->ticket_keys + 64, 16, more, sizeof(more), secret, 32);
	if (tls_reload(tls, err) < 0) {
		tls_free(tls);
		return NULL;
	}
	return tls;
}

void tls_free(struct tls *tls)
{
	if (!tls)
		return;
	SSL_CTX_free(tls->context);
	mem_free(tls->cert_file);
	mem_free(tls->key_file);
	secret_wipe(tls->ticket_keys, sizeof(tls->ticket_keys));
	mem_free(tls);
}

SSL *tls_session_new(struct tls *tls)
{
	SSL *ssl = SSL_new(tls->context);

	if (!ssl)
		abort();
	return ssl;
}
