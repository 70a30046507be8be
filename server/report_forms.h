/* report_forms - the reports of a board as pages and files:
 * /statistik/{board}/rapport/{period}, below it .pdf, .docx, .odt and /ils. */
#ifndef SYNPUNKT_SERVER_REPORT_FORMS_H
#define SYNPUNKT_SERVER_REPORT_FORMS_H

#include "lib/http.h"

extern const struct http_route report_form_routes[];

#endif
