/*
 * tls - the server side of TLS 1.2 and 1.3 by OpenSSL: certificate, key, reloading.
 *
 * Connections keep the certificate they were made with.
 */
#ifndef SYNPUNKT_LIB_TLS_H
#define SYNPUNKT_LIB_TLS_H

#include <stdint.h>

#include <openssl/types.h>

struct error;
struct tls;

/* PEM files; the certificate's file may hold its chain. secret is equal in all
 * workers, so that a session ticket of one is good at another. NULL on failure. */
struct tls *tls_new(const char *cert_file, const char *key_file,
	const uint8_t secret[32], struct error *err);
void tls_free(struct tls *tls); /* NULL is fine */

/* Reads both files again. -1: they cannot be used, and the old ones stay. */
int tls_reload(struct tls *tls, struct error *err);

/* For one connection; the caller's to free. Ends the process without memory. */
SSL *tls_session_new(struct tls *tls);

#endif
