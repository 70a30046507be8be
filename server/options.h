/*
 * options - the product's settings as a struct, and the table that fills it, documents
 * it and is printed by `synpunktctl config`.
 */
#ifndef SYNPUNKT_SERVER_OPTIONS_H
#define SYNPUNKT_SERVER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/settings.h"

/* Who may sign in with a password that we keep. */
enum local_accounts {
	LOCAL_ALWAYS,
	LOCAL_BREAK_GLASS, /* at an address of its own, when the provider is away */
};

/* Texts, paths and addresses that were left empty are NULL. */
struct options {
	const char *http, *ops, *lmtp; /* addresses */
	const char *smtp;              /* URL of the server that takes our mail */
	const char *smtp_user, *smtp_password_file, *smtp_ca_file;
	const char *mail_from;
	int64_t mail_timeout_s;
	const char *mail_authserv_id; /* whose word on mails counts; NULL: none's */
	const char *mail_spam_header;
	const char *clamav; /* address of a clamd; NULL: nothing is checked */
	int64_t clamav_timeout_ms;
	int64_t quarantine_days;
	int64_t lmtp_size, lmtp_memory, lmtp_connections;
	int64_t lmtp_idle_ms, lmtp_data_ms, lmtp_data_total_ms;
	const char *push_key_file; /* NULL: no push messages */
	const char *push_subject, *push_hosts, *push_ca_file;
	int smtp_tls;             /* enum smtp_tls */
	const char *database;     /* libpq connection string, without a user */
	const char *state;        /* directory of attachments/ and spool/ */
	const char *anchors;      /* NULL: state/anchors */
	const char *certificates; /* NULL: state/certificates */
	const char *secret_file;  /* WORKER_SECRET_SIZE bytes or more */
	const char *user;
	const char *lock;
	const char *public_url; /* without a final slash */
	const char *publisher, *publisher_url, *open_data_mail; /* of open data */
	const char *webhook_ca_file;
	bool webhook_private;
	const char *contractor_ca_file;
	bool contractor_private;
	int64_t contractor_timeout_s;
	const char *frame_ancestors;        /* origins, by spaces: frame_origin.h */
	const char *tiles;                  /* folder */
	const char *tile_url, *tile_credit; /* tile_source.h */
	const char *safe_exit;              /* where a child's pages are left for */
	const char *sign_language_url, *read_aloud_url; /* http(s), or NULL */
	const char *tls_cert, *tls_key;
	const char *trusted_proxies; /* addresses or networks, by commas */
	int64_t http_workers;
	int64_t intake_per_hour;
	int64_t connections, connections_per_address;
	int64_t database_connections;
	int64_t database_timeout_ms;
	int64_t spool_bytes;
	int64_t form_least_ms;
	int64_t headers_ms, body_ms, idle_ms;
	int64_t clear_ms;
	int64_t session_idle_s, session_longest_s;
	const char *oidc;         /* folder of oidc_config.h; NULL: no providers */
	const char *oidc_ca_file; /* NULL: the system's */
	bool oidc_private;
	int64_t oidc_timeout_s;
	int local_accounts; /* enum local_accounts */
	int64_t near_due_days;
	const char *digest_at; /* "07:30", local */
	const char *check_at;  /* "02:30", local; or NULL */
	int64_t grace_s;
	int log_format, log_level; /* enum log_format, enum log_level */
};

extern const struct settings_table options_table;

#endif
