/* options - the product's settings as a struct; options_settings is the table that
 * fills it, documents it and is printed by `synpunktctl config`. */
#ifndef SYNPUNKT_SERVER_OPTIONS_H
#define SYNPUNKT_SERVER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	const char *http, *ops, *lmtp; /* addresses, "127.0.0.1:8080" */
	const char *smtp;
	const char *database;    /* libpq connection string without a user */
	const char *state;       /* directory of attachments/ and spool/ */
	const char *secret_file; /* 32 bytes; codes and time stamps are made of it */
	const char *user;        /* to become after binding; "" stays as it is */
	const char *lock;        /* file locked before binding */
	const char *public_url;  /* "https://synpunkt.example"; "" is taken from Host */
	const char *tls_cert, *tls_key;
	const char *trusted_proxies; /* addresses or networks, separated by commas */
	int64_t http_workers;
	int64_t intake_per_hour;
	int64_t connections, connections_per_address;
	int64_t database_timeout_ms;
	int64_t form_least_ms; /* the HTML form's time trap */
	int64_t grace_s;       /* for what is in work when the server stops */
	const char *log_format, *log_level;
};

#endif
