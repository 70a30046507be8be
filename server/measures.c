#include "server/measures.h"

#define COUNTER(name_, help_) .name = name_, .kind = METRICS_COUNTER, .help = help_
#define GAUGE(name_, help_) .name = name_, .kind = METRICS_GAUGE, .help = help_

const struct metrics_row measures[] = {
	[MEASURE_REQUESTS_2XX] = { COUNTER("synpunkt_http_requests_total",
					   "Requests answered, by kind of status"),
		.labels = "status=\"2xx\"" },
	[MEASURE_REQUESTS_3XX] = { COUNTER("synpunkt_http_requests_total",
					   "Requests answered, by kind of status"),
		.labels = "status=\"3xx\"" },
	[MEASURE_REQUESTS_4XX] = { COUNTER("synpunkt_http_requests_total",
					   "Requests answered, by kind of status"),
		.labels = "status=\"4xx\"" },
	[MEASURE_REQUESTS_5XX] = { COUNTER("synpunkt_http_requests_total",
					   "Requests answered, by kind of status"),
		.labels = "status=\"5xx\"" },
	[MEASURE_REQUEST_MS] = { .name = "synpunkt_http_request_seconds",
		.kind = METRICS_HISTOGRAM,
		.help = "From the first byte of a request to its answer",
		.scale = 1e-3,
		.bounds = { 1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 0 } },
	[MEASURE_CONNECTIONS] = { GAUGE(
		"synpunkt_http_connections", "Connections open now") },
	[MEASURE_SPOOL_BYTES] = { GAUGE(
		"synpunkt_http_spool_bytes", "Bytes of request bodies on disk now") },
	[MEASURE_INTAKE_STORED] = { COUNTER(
		"synpunkt_intake_stored_total", "Submissions that became cases") },
	[MEASURE_INTAKE_WAITING] = { GAUGE("synpunkt_intake_waiting",
		"Submissions waiting for the database now") },
	[MEASURE_DB_QUERIES] = { COUNTER("synpunkt_database_queries_total",
		"Statements answered by the database, well or not") },
	[MEASURE_DB_FAILURES] = { COUNTER(
		"synpunkt_database_failures_total", "Statements that failed") },
	[MEASURE_DB_RECONNECTS] = { COUNTER("synpunkt_database_reconnects_total",
		"Connections to the database made again") },
	[MEASURE_DB_CONNECTIONS] = { GAUGE(
		"synpunkt_database_connections", "Connections to the database now") },
	[MEASURE_DB_QUEUED] = { GAUGE("synpunkt_database_queued",
		"Statements waiting for a connection now") },
	[MEASURE_MAIL_SENT] = { COUNTER("synpunkt_mail_attempts_total",
					"Attempts to send a mail, by how they ended"),
		.labels = "outcome=\"sent\"" },
	[MEASURE_MAIL_LATER] = { COUNTER("synpunkt_mail_attempts_total",
					 "Attempts to send a mail, by how they ended"),
		.labels = "outcome=\"later\"" },
	[MEASURE_MAIL_FAILED] = { COUNTER("synpunkt_mail_attempts_total",
					  "Attempts to send a mail, by how they ended"),
		.labels = "outcome=\"failed\"" },
	[MEASURE_PUSH_SENT] = { COUNTER("synpunkt_push_attempts_total",
					"Attempts to tell a device, by how they ended"),
		.labels = "outcome=\"sent\"" },
	[MEASURE_PUSH_LATER] = { COUNTER("synpunkt_push_attempts_total",
					 "Attempts to tell a device, by how they ended"),
		.labels = "outcome=\"later\"" },
	[MEASURE_PUSH_GONE] = { COUNTER("synpunkt_push_attempts_total",
					"Attempts to tell a device, by how they ended"),
		.labels = "outcome=\"gone\"" },
	[MEASURE_ORDER_SENT] = { COUNTER("synpunkt_order_attempts_total",
					 "Attempts to reach a contractor, by how they ended"),
		.labels = "outcome=\"sent\"" },
	[MEASURE_ORDER_LATER] = { COUNTER("synpunkt_order_attempts_total",
					  "Attempts to reach a contractor, by how they ended"),
		.labels = "outcome=\"later\"" },
	[MEASURE_ORDER_STUCK] = { COUNTER("synpunkt_order_attempts_total",
					  "Attempts to reach a contractor, by how they ended"),
		.labels = "outcome=\"stuck\"" },
	[MEASURE_ORDER_WAITING] = { GAUGE(
		"synpunkt_order_waiting", "Work orders that wait to be sent") },
	[MEASURE_ORDER_OLDEST] = { GAUGE("synpunkt_order_oldest_seconds",
		"For how long the work order has waited that waits longest to be sent") },
	[MEASURE_MAIL_IN_TAKEN] = { COUNTER("synpunkt_mail_in_taken_total",
		"Letters that came in and were stored") },
	[MEASURE_MAIL_IN_REJECTED] = { COUNTER("synpunkt_mail_in_refused_total",
					       "Recipients of letters that were refused"),
		.labels = "answer=\"5xx\"" },
	[MEASURE_MAIL_IN_DEFERRED] = { COUNTER("synpunkt_mail_in_refused_total",
					       "Recipients of letters that were refused"),
		.labels = "answer=\"4xx\"" },
	[MEASURE_MAIL_IN_WAITING] = { GAUGE(
		"synpunkt_mail_in_waiting", "Letters waiting for the database now") },
	[MEASURE_MAIL_IN_OLDEST] = { GAUGE("synpunkt_mail_in_oldest_seconds",
		"For how long the stored letter has waited that waits longest to become a case") },
	[MEASURE_MAIL_IN_CONNECTIONS] = { GAUGE("synpunkt_mail_in_connections",
		"Conversations with mail servers now") },
	[MEASURE_MAIL_IN_BYTES] = { GAUGE(
		"synpunkt_mail_in_bytes", "Bytes of letters in memory now") },
	[MEASURE_MAIL_HELD] = { GAUGE("synpunkt_mail_held",
		"Letters that wait in quarantine for somebody's decision") },
	[MEASURE_MAIL_HELD_OVERDUE] = { GAUGE("synpunkt_mail_held_overdue",
		"Of those, letters that have waited more than SYNPUNKT_QUARANTINE_DAYS working days") },
	[MEASURE_SCANS_CLEAN] = { COUNTER("synpunkt_mail_in_scans_total",
					  "Letters given to the virus scanner, by what came of it"),
		.labels = "outcome=\"clean\"" },
	[MEASURE_SCANS_FOUND] = { COUNTER("synpunkt_mail_in_scans_total",
					  "Letters given to the virus scanner, by what came of it"),
		.labels = "outcome=\"found\"" },
	[MEASURE_SCANS_FAILED] = { COUNTER("synpunkt_mail_in_scans_total",
					   "Letters given to the virus scanner, by what came of it"),
		.labels = "outcome=\"failed\"" },
	[MEASURE_SCANS_AWAY] = { COUNTER("synpunkt_mail_in_scans_total",
					 "Letters given to the virus scanner, by what came of it"),
		.labels = "outcome=\"away\"" },
	[MEASURE_CHECK_DIFFERENCES] = { GAUGE("synpunkt_statistics_differences",
		"Cells of the figures that the last self-check found different from the events") },
	[MEASURE_CHECK_WRONG] = { GAUGE("synpunkt_statistics_frozen_wrong",
		"Frozen months that the last self-check found not as they were frozen") },
	[MEASURE_CHECKED_AT] = { GAUGE("synpunkt_statistics_checked_timestamp_seconds",
		"When the figures' last self-check was done; 0: never") },
	[MEASURE_RESTARTS] = { COUNTER("synpunkt_process_restarts_total",
		"Child processes that died and were started again") },
	[MEASURE_WORKERS_READY] = { COUNTER("synpunkt_workers_ready_total",
		"HTTP workers that became able to take and show a case") },
	[MEASURE_MAIL_WORKERS_READY] = { COUNTER("synpunkt_mail_workers_ready_total",
		"Mail workers that became able to take a letter") },
	{ 0 },
};

void measure_request(struct metrics *metrics, int status, unsigned ms)
{
	enum measure row = MEASURE_REQUESTS_5XX;

	if (status < 300)
		row = MEASURE_REQUESTS_2XX;
	else if (status < 400)
		row = MEASURE_REQUESTS_3XX;
	else if (status < 500)
		row = MEASURE_REQUESTS_4XX;
	metrics_add(metrics, row, 1);
	metrics_observe(metrics, MEASURE_REQUEST_MS, ms);
}
