/*
 * attachment_scan - ClamAV's word on the files of a set at once, for who cannot wait
 * for job_check: what staff send must not go out before it is known.
 */
#ifndef SYNPUNKT_SERVER_ATTACHMENT_SCAN_H
#define SYNPUNKT_SERVER_ATTACHMENT_SCAN_H

#include <stdbool.h>
#include <stdint.h>

struct attachment_set;
struct clamav_result;
struct error;
struct metrics;

/*
 * err NULL: all of them are clean. Else what is wrong with the first that is not, by
 * its name, the field "attachment" and outcome a code for it:
 *   attachment-infected   ERR_UNSUPPORTED
 *   attachment-too-large  ERR_TOO_LARGE: larger than clamd takes
 *   attachment-unchecked  ERR_UNAVAILABLE: nobody answers there, or not as it should
 */
typedef void attachment_scanned_fn(
	const struct error *err, const char *outcome, void *arg);

/* Of a set that is stored. False: there is nothing to check, or nothing is checked
 * here. Else done runs once, never inside this call, unless the set is freed first; it
 * may free the set. */
bool attachment_set_scan(
	struct attachment_set *set, attachment_scanned_fn *done, void *arg);

/* Counts one answer, and logs it if somebody must know; metrics may be NULL. */
void attachment_scan_note(
	struct metrics *metrics, const struct clamav_result *result, uint64_t size);

#endif
