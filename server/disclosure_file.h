/*
 * disclosure_file - what is handed out of a disclosure as files: the bundle (PDF), the
 * table (CSV, XLSX), and the board's register of disclosures (CSV).
 *
 *   /desk/utlamnande/{id}/pdf, /csv, /xlsx
 *   /desk/utlamnande/register/{board}/csv
 *
 * What is masked was cut by the database: it is neither here nor in the process that
 * makes the file.
 */
#ifndef SYNPUNKT_SERVER_DISCLOSURE_FILE_H
#define SYNPUNKT_SERVER_DISCLOSURE_FILE_H

#include "lib/http.h"

extern const struct http_route disclosure_file_routes[];

#endif
