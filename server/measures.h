/*
 * measures - what /metrics tells, as one table. Figures on cases for boards are not
 * here: those come from the events in the database.
 */
#ifndef SYNPUNKT_SERVER_MEASURES_H
#define SYNPUNKT_SERVER_MEASURES_H

#include "lib/metrics.h"

enum measure {
	MEASURE_REQUESTS_2XX,
	MEASURE_REQUESTS_3XX,
	MEASURE_REQUESTS_4XX,
	MEASURE_REQUESTS_5XX,
	MEASURE_REQUEST_MS,
	MEASURE_CONNECTIONS,
	MEASURE_SPOOL_BYTES,
	MEASURE_INTAKE_STORED,
	MEASURE_INTAKE_WAITING,
	MEASURE_DB_QUERIES,
	MEASURE_DB_FAILURES,
	MEASURE_DB_RECONNECTS,
	MEASURE_DB_CONNECTIONS,
	MEASURE_DB_QUEUED,
	MEASURE_MAIL_SENT,
	MEASURE_MAIL_LATER,
	MEASURE_MAIL_FAILED,
	MEASURE_RESTARTS,
	MEASURE_WORKERS_READY,
	MEASURES,
};

extern const struct metrics_row measures[];

/* Counts one answered request. */
void measure_request(struct metrics *metrics, int status, unsigned ms);

#endif
