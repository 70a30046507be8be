/*
 * report_save - what is written of a report's sections: read from a body, and put
 * together with what was written before into a version (synpunkt_period.save_for()).
 */
#ifndef SYNPUNKT_SERVER_REPORT_SAVE_H
#define SYNPUNKT_SERVER_REPORT_SAVE_H

#include <jansson.h>

struct faults;

/* {sections: [{id, text}]} as {id: text or null}. A new reference, also with faults. */
json_t *report_texts_read(const json_t *body, struct faults *faults);

/* The version that these texts make of a report as report_view() has it: [{id, text,
 * suggested}]. What is as suggested, or null, follows the suggestion. A new reference.
 */
json_t *report_version(const json_t *report, const json_t *texts);

#endif
