/*
 * All files at once, so that the longest wait for clamd is one file's, not ten files'.
 */
#include "server/attachment_scan.h"

#include "lib/base.h"
#include "lib/clamav.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/metrics.h"
#include "server/attachment_private.h"
#include "server/measures.h"

static const enum measure scan_measures[] = {
	[CLAMAV_CLEAN] = MEASURE_FILES_CLEAN,
	[CLAMAV_FOUND] = MEASURE_FILES_FOUND,
	[CLAMAV_TOO_LARGE] = MEASURE_FILES_FAILED,
	[CLAMAV_AWAY] = MEASURE_FILES_AWAY,
	[CLAMAV_FAILED] = MEASURE_FILES_FAILED,
};

static const char unchecked[] = "attachment-unchecked";
static const char cannot_check[] = "\"%s\" could not be checked for viruses now";

static const struct {
	enum err_code code;
	const char *outcome, *text;
} refusals[] = {
	[CLAMAV_FOUND] = { ERR_UNSUPPORTED, "attachment-infected",
		"\"%s\" holds harmful code, says the virus check" },
	[CLAMAV_TOO_LARGE] = { ERR_TOO_LARGE, "attachment-too-large",
		"\"%s\" is larger than the virus check takes" },
	[CLAMAV_AWAY] = { ERR_UNAVAILABLE, unchecked, cannot_check },
	[CLAMAV_FAILED] = { ERR_UNAVAILABLE, unchecked, cannot_check },
};

void attachment_scan_note(
	struct metrics *metrics, const struct clamav_result *result, uint64_t size)
{
	if (metrics)
		metrics_add(metrics, scan_measures[result->verdict], 1);
	if (result->verdict == CLAMAV_FOUND)
		log_event(LOG_LEVEL_WARNING, "file_infected",
			LOG_S("found", result->name));
	else if (result->verdict == CLAMAV_TOO_LARGE)
		log_event(LOG_LEVEL_WARNING, "file_too_large_to_check",
			LOG_I("size", size));
	else if (result->verdict == CLAMAV_FAILED)
		log_event(LOG_LEVEL_WARNING, "file_not_checked");
}

/* What was found goes before what could not be looked at; set->n: all are clean. */
static size_t scan_worst(const struct attachment_set *set)
{
	size_t worst = set->n;

	for (size_t i = 0; i < set->n; i++) {
		if (set->entries[i].verdict == CLAMAV_FOUND)
			return i;
		if (worst == set->n && set->entries[i].verdict != CLAMAV_CLEAN)
			worst = i;
	}
	return worst;
}

static void scan_finish(struct attachment_set *set)
{
	size_t worst = scan_worst(set);
	enum clamav_verdict verdict;
	struct error err = { 0 };

	if (worst == set->n) {
		set->scanned(NULL, NULL, set->arg);
		return;
	}
	verdict = set->entries[worst].verdict;
	error_set(&err, refusals[verdict].code, refusals[verdict].text,
		set->files[worst].name);
	error_set_field(&err, "attachment");
	set->scanned(&err, refusals[verdict].outcome, set->arg);
}

static void scan_on_answer(const struct clamav_result *result, void *arg)
{
	struct attachment_entry *entry = arg;
	struct attachment_set *set = entry->set;

	entry->scan = NULL;
	entry->verdict = result->verdict;
	attachment_scan_note(set->service->config.metrics, result, entry->stored_size);
	set->in_scan--;
	if (set->in_scan == 0)
		scan_finish(set);
}

bool attachment_set_scan(
	struct attachment_set *set, attachment_scanned_fn *done, void *arg)
{
	struct clamav *clamav = set->service->config.clamav;

	set->scanned = done;
	set->arg = arg;
	for (size_t i = 0; clamav && i < set->n; i++) {
		struct attachment_entry *entry = &set->entries[i];
		bool is_made = file_type_is_picture(entry->type);
		const struct clamav_bytes bytes = {
			.fd = is_made ? entry->made_fd : entry->fd,
			.n = entry->stored_size,
		};

		if (!set->files[i].stored_sha256)
			continue; /* it was refused */
		entry->scan = clamav_scan(clamav, &bytes, scan_on_answer, entry);
		set->in_scan++;
	}
	return set->in_scan > 0;
}
