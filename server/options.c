#include "server/options.h"

#include <stddef.h>

#include "lib/base.h"

static const char *const log_formats[] = { "text", "json", NULL };
/* In the order of enum smtp_tls. */
static const char *const smtp_tls_words[] = { "try", "required", "never", NULL };
/* In the order of enum local_accounts. */
static const char *const local_words[] = { "always", "break-glass", NULL };
static const char *const log_levels[] = { "debug", "info", "warning", "error", NULL };

#define ROW(name_, kind_, member)                                                      \
	.name = "SYNPUNKT_" name_, .kind = SETTINGS_##kind_,                           \
	.offset = offsetof(struct options, member)

static const struct settings_row rows[] = {
	{ ROW("HTTP", ADDRESS, http), .standard = "127.0.0.1:8080",
		.help = "where residents' pages and the API are served" },
	{ ROW("OPS", ADDRESS, ops), .standard = "127.0.0.1:8081",
		.help = "where /live, /ready and /metrics are served" },
	{ ROW("LMTP", ADDRESS, lmtp), .standard = "127.0.0.1:2424",
		.help = "where mail is taken in by LMTP: a loopback address or unix:PATH" },
	{ ROW("LMTP_SIZE", SIZE, lmtp_size), .min = 65536, .max = 268435456,
		.standard = "50MiB", .help = "largest letter that is taken in" },
	{ ROW("LMTP_MEMORY", SIZE, lmtp_memory), .min = 1048576, .max = 17179869184,
		.standard = "256MiB",
		.help = "memory of all letters under way; more are told to come again" },
	{ ROW("LMTP_CONNECTIONS", INT, lmtp_connections), .min = 1, .max = 10000,
		.standard = "100", .help = "conversations with mail servers at once" },
	{ ROW("LMTP_IDLE_MS", INT, lmtp_idle_ms), .min = 100, .max = 3600000,
		.standard = "300000",
		.help = "time between two commands of a mail server, in milliseconds" },
	{ ROW("LMTP_DATA_MS", INT, lmtp_data_ms), .min = 100, .max = 600000,
		.standard = "60000",
		.help = "time for a letter's bytes, in milliseconds; longer at a least rate" },
	{ ROW("LMTP_DATA_TOTAL_MS", INT, lmtp_data_total_ms), .min = 100,
		.max = 3600000, .standard = "600000",
		.help = "time for a letter's bytes in any case, in milliseconds" },
	{ ROW("SMTP", TEXT, smtp), .min = 1, .max = 200,
		.standard = "smtp://127.0.0.1:25",
		.help = "the server that takes our mail, smtp://host:port or "
			"smtps://host:port" },
	{ ROW("SMTP_TLS", ENUM, smtp_tls), .choices = smtp_tls_words, .standard = "try",
		.help = "STARTTLS: try takes any certificate; with a user, required" },
	{ ROW("SMTP_CA_FILE", PATH, smtp_ca_file), .standard = "",
		.help = "authorities in PEM for that server; empty: the system's" },
	{ ROW("SMTP_USER", TEXT, smtp_user), .max = 200, .standard = "",
		.help = "name to sign in to that server with; empty: no sign-in" },
	{ ROW("SMTP_PASSWORD_FILE", PATH, smtp_password_file), .standard = "",
		.help = "file whose first line is the password" },
	{ ROW("MAIL_FROM", TEXT, mail_from), .min = 3, .max = 200,
		.standard = "synpunkt@localhost",
		.help = "address that mail comes from, and that bounces go to" },
	{ ROW("MAIL_TIMEOUT_S", INT, mail_timeout_s), .min = 1, .max = 600,
		.standard = "120", .help = "seconds that sending one mail may take" },
	{ ROW("MAIL_AUTHSERV_ID", TEXT, mail_authserv_id), .max = 255, .standard = "",
		.help = "name under which our own mail server writes Authentication-Results "
			"(RFC 8601); it must remove what others send under it; empty: "
			"nobody's count" },
	{ ROW("MAIL_SPAM_HEADER", TEXT, mail_spam_header), .min = 1, .max = 100,
		.standard = "X-Spam-Flag",
		.help = "header in which that server says yes or true of spam; it must "
			"remove what others send under it" },
	{ ROW("PUSH_KEY_FILE", PATH, push_key_file), .standard = "",
		.help = "private key in PEM, P-256, that push messages are signed with "
			"(VAPID); empty: none are sent" },
	{ ROW("PUSH_SUBJECT", TEXT, push_subject), .max = 200, .standard = "",
		.help = "whom a push service may write to, mailto: or https:; empty: "
			"SYNPUNKT_MAIL_FROM" },
	{ ROW("PUSH_HOSTS", TEXT, push_hosts), .min = 1, .max = 2000,
		.standard = "fcm.googleapis.com updates.push.services.mozilla.com "
			    "*.push.apple.com *.notify.windows.com",
		.help = "hosts of push services that are sent to, by spaces; *. for all "
			"below, :port if not 443" },
	{ ROW("PUSH_CA_FILE", PATH, push_ca_file), .standard = "",
		.help = "authorities in PEM for them; empty: the system's" },
	{ ROW("CLAMAV", ADDRESS, clamav), .standard = "",
		.help = "ClamAV's clamd, unix:PATH or numeric HOST:PORT, that mail and "
			"files of cases are checked by; empty: none is" },
	{ ROW("CLAMAV_TIMEOUT_MS", INT, clamav_timeout_ms), .min = 100, .max = 600000,
		.standard = "60000",
		.help = "longest wait for its word on a letter or a file" },
	{ ROW("QUARANTINE_DAYS", INT, quarantine_days), .min = 0, .max = 100,
		.standard = "2",
		.help = "working days after which a letter in quarantine is shown as "
			"late" },
	{ ROW("DATABASE", TEXT, database), .min = 1, .max = 1000,
		.standard = "host=/var/run/postgresql dbname=synpunkt",
		.help = "libpq connection string without a user; the host is a socket "
			"folder or a numeric address" },
	{ ROW("STATE", PATH, state), .standard = "/var/lib/synpunkt",
		.help = "folder of attachments and of uploads under way" },
	{ ROW("ANCHORS", PATH, anchors), .standard = "",
		.help = "folder of the daily anchors of all cases; empty: anchors under "
			"SYNPUNKT_STATE" },
	{ ROW("CERTIFICATES", PATH, certificates), .standard = "",
		.help = "folder of the certificates of disposals; empty: certificates "
			"under SYNPUNKT_STATE" },
	{ ROW("SECRET_FILE", PATH, secret_file), .standard = "/etc/synpunkt/secret",
		.help = "file of at least 32 random bytes; follow-up codes depend on it" },
	{ ROW("USER", TEXT, user), .max = 32, .standard = "",
		.help = "user to become after binding the ports, when started as root" },
	{ ROW("LOCK", PATH, lock), .standard = "/run/synpunkt.lock",
		.help = "file that is locked while the server runs" },
	{ ROW("PUBLIC_URL", TEXT, public_url), .max = 200, .standard = "",
		.help = "address residents know, as https://synpunkt.example; empty: from "
			"the request" },
	{ ROW("PUBLISHER", TEXT, publisher), .min = 1, .max = 200,
		.standard = "Stockholms stad",
		.help = "who publishes the open data, as the catalogue of them says" },
	{ ROW("PUBLISHER_URL", LINK, publisher_url), .max = 500, .standard = "",
		.help = "its page on the web; empty: the catalogue names none" },
	{ ROW("OPEN_DATA_MAIL", TEXT, open_data_mail), .max = 200, .standard = "",
		.help = "address for questions about the open data; empty: "
			"SYNPUNKT_MAIL_FROM" },
	{ ROW("WEBHOOK_CA_FILE", PATH, webhook_ca_file), .standard = "",
		.help = "authorities in PEM for the receivers of webhooks; empty: the "
			"system's" },
	{ ROW("WEBHOOK_PRIVATE", BOOL, webhook_private), .standard = "false",
		.help = "webhooks may go to addresses of this machine and of private "
			"networks, and by http" },
	{ ROW("CONTRACTOR_CA_FILE", PATH, contractor_ca_file), .standard = "",
		.help = "authorities in PEM for contractors' servers; empty: the "
			"system's" },
	{ ROW("CONTRACTOR_PRIVATE", BOOL, contractor_private), .standard = "false",
		.help = "orders may go to addresses of this machine and of private "
			"networks, and by http" },
	{ ROW("CONTRACTOR_TIMEOUT_S", INT, contractor_timeout_s), .min = 1, .max = 600,
		.standard = "20",
		.help = "seconds that a contractor's server may take to answer" },
	{ ROW("TILES", PATH, tiles), .standard = "",
		.help = "folder of PMTiles files, served at /tiles/; empty: none" },
	{ ROW("TILE_URL", TEXT, tile_url), .max = 300, .standard = "",
		.help = "what the public map and the app's are drawn on: a PMTiles file, "
			"as /tiles/stad.pmtiles, or pictures, as "
			"https://kartor.example/{z}/{x}/{y}.png; empty: the districts' "
			"outlines alone" },
	{ ROW("TILE_CREDIT", TEXT, tile_credit), .max = 200, .standard = "",
		.help = "whose map that is, as its owner wants it said" },
	{ ROW("FRAME_ANCESTORS", TEXT, frame_ancestors), .max = 1000, .standard = "",
		.help = "origins, by spaces, whose pages may show the residents' form in "
			"a frame, as https://stad.example; empty: none" },
	{ ROW("SAFE_EXIT", TEXT, safe_exit), .min = 1, .max = 200,
		.standard = "https://www.wikipedia.org/",
		.help = "page that the pages for children are left for in haste; one "
			"that says nothing about who was there" },
	{ ROW("SIGN_LANGUAGE_URL", LINK, sign_language_url), .max = 500, .standard = "",
		.help = "the city's page in sign language, linked at the foot of every "
			"page; empty: no link" },
	{ ROW("READ_ALOUD_URL", LINK, read_aloud_url), .max = 500, .standard = "",
		.help = "where a page can be had read aloud, linked at the foot of every "
			"page; empty: no link" },
	{ ROW("TLS_CERT", PATH, tls_cert), .standard = "",
		.help = "certificate chain in PEM; with it TLS is spoken; read again on "
			"SIGHUP" },
	{ ROW("TLS_KEY", PATH, tls_key), .standard = "",
		.help = "the certificate's private key in PEM" },
	{ ROW("TRUSTED_PROXIES", TEXT, trusted_proxies), .max = 1000, .standard = "",
		.help = "addresses or networks, by commas, whose X-Forwarded-For and "
			"X-Forwarded-Proto count" },
	{ ROW("HTTP_WORKERS", INT, http_workers), .min = 1, .max = 64, .standard = "2",
		.help = "processes that serve HTTP" },
	{ ROW("INTAKE_PER_HOUR", INT, intake_per_hour), .min = 0, .max = 65535,
		.standard = "300",
		.help = "submissions an address may send in an hour; 0: any number" },
	{ ROW("CONNECTIONS", INT, connections), .min = 10, .max = 100000,
		.standard = "2000", .help = "connections a worker serves at once" },
	{ ROW("CONNECTIONS_PER_ADDRESS", INT, connections_per_address), .min = 0,
		.max = 10000, .standard = "100",
		.help = "connections an address may have at once; 0: any number" },
	{ ROW("DATABASE_CONNECTIONS", INT, database_connections), .min = 1, .max = 64,
		.standard = "2",
		.help = "connections of each worker that read; two more write" },
	{ ROW("DATABASE_TIMEOUT_MS", INT, database_timeout_ms), .min = 100,
		.max = 600000, .standard = "5000",
		.help = "longest wait for the database, in milliseconds" },
	{ ROW("SPOOL_BYTES", SIZE, spool_bytes), .min = 1048576, .max = 1099511627776,
		.standard = "4GiB",
		.help = "disk that a worker's uploads under way may take" },
	{ ROW("FORM_LEAST_MS", INT, form_least_ms), .min = 0, .max = 60000,
		.standard = "3000",
		.help = "a form sent faster than this is asked to be sent again" },
	{ ROW("HEADERS_MS", INT, headers_ms), .min = 100, .max = 600000,
		.standard = "10000",
		.help = "longest time for a request's headers, in milliseconds" },
	{ ROW("BODY_MS", INT, body_ms), .min = 100, .max = 600000, .standard = "60000",
		.help = "time for a request's body, in milliseconds; longer at a least rate" },
	{ ROW("IDLE_MS", INT, idle_ms), .min = 100, .max = 600000, .standard = "75000",
		.help = "time between two requests of a connection, in milliseconds" },
	{ ROW("CLEAR_MS", INT, clear_ms), .min = 1, .max = 86400000,
		.standard = "337500",
		.help = "time between two of the 256 parts of the attachment store in which "
			"files of no case are cleared away, in milliseconds" },
	{ ROW("SESSION_IDLE_S", INT, session_idle_s), .min = 1, .max = 86400,
		.standard = "3600",
		.help = "seconds without a call after which staff sign in again" },
	{ ROW("SESSION_LONGEST_S", INT, session_longest_s), .min = 1, .max = 604800,
		.standard = "43200",
		.help = "seconds after which staff sign in again in any case" },
	{ ROW("OIDC", PATH, oidc), .standard = "",
		.help = "folder with a file NAME.conf for each OpenID provider that staff "
			"sign in with; empty: none" },
	{ ROW("OIDC_CA_FILE", PATH, oidc_ca_file), .standard = "",
		.help = "authorities in PEM for the providers; empty: the system's" },
	{ ROW("OIDC_PRIVATE", BOOL, oidc_private), .standard = "false",
		.help = "providers may be at addresses of this machine and of private "
			"networks, and spoken to by http" },
	{ ROW("OIDC_TIMEOUT_S", INT, oidc_timeout_s), .min = 1, .max = 60,
		.standard = "10",
		.help = "seconds that a provider may take to answer" },
	{ ROW("LOCAL_ACCOUNTS", ENUM, local_accounts), .choices = local_words,
		.standard = "always",
		.help = "who signs in with a password kept here: always offered, or at "
			"/desk/lokal alone (break-glass)" },
	{ ROW("NEAR_DUE_DAYS", INT, near_due_days), .max = 30, .standard = "2",
		.help = "working days left when a case is shown as soon due" },
	{ ROW("DIGEST_AT", TEXT, digest_at), .max = 5, .standard = "07:30",
		.help = "local time, HH:MM, of the letter that staff get on working "
			"days; empty: none" },
	{ ROW("CHECK_AT", TEXT, check_at), .max = 5, .standard = "02:30",
		.help = "local time after which the figures are checked against the events, "
			"once a day; empty: never" },
	{ ROW("GRACE_S", INT, grace_s), .min = 1, .max = 600, .standard = "20",
		.help = "seconds that work under way has when the server stops" },
	{ ROW("LOG", ENUM, log_format), .choices = log_formats, .standard = "text",
		.help = "format of the log on standard error" },
	{ ROW("LOG_LEVEL", ENUM, log_level), .choices = log_levels, .standard = "info",
		.help = "least level that is logged" },
	{ 0 },
};

/* SYNPUNKT_TEST_… names are the tests' own. */
const struct settings_table options_table = {
	.prefix = "SYNPUNKT_",
	.ignored = "SYNPUNKT_TEST_",
	.config = "SYNPUNKT_CONFIG",
	.rows = rows,
};
