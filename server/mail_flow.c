/*
 * A mail's way:
 *
 *   mail_flow_claim  take the oldest that is due
 *   flow_on_claimed  ask for its bytes; the rest is mail_way's:
 *   way_on_raw       hand them to the mail reader
 *   way_on_read      what it says, or that it cannot be read
 *   way_on_checked   what ClamAV says of it, where there is one (mail_way_hold)
 *   way_on_looked    which case its references name, or it is already; decide;
 *                    or it is held for the desk, until that lets it go on
 *   way_on_imported  it is known by the number that it has in the present app, and a
 *                    note on that case; or a new case (mail_way_import)
 *   way_on_added     its words are on a case, or that takes no more: a new case
 *   way_on_files     what came with a new case's is stored
 *   way_on_case      the new case has its number
 *   way_on_settled   done: the next
 *
 * Whatever fails on the way ends the attempt; the lease brings the mail back. A crash
 * between the new case and settling it makes no second one: the key of the intake is
 * the delivery's, and whatever case was stored by it is the mail's, however it reads
 * the next time.
 *
 * What fails again and again is a case without a word of it, for the dispatcher, who
 * has the original.
 */
#include "server/mail_flow.h"

#include <event2/event.h>

#include "lib/base.h"
#include "lib/clamav.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/work.h"
#include "server/city_holder.h"
#include "server/intake.h"
#include "server/mail_case_store.h"
#include "server/mail_files.h"
#include "server/mail_flow_private.h"
#include "server/mail_held_store.h"
#include "server/mail_reader_client.h"
#include "server/options.h"
#include "server/suggest_holder.h"

#define FLOW_WAITING_MAX 8

/* NOTIFY wakes it at once; this finds what was missed, or whose lease is over. */
static const struct timeval poll_interval = { .tv_sec = 5 };
static const struct timeval starting_interval = { .tv_usec = 50000 };

/* ---- taking ---- */

static void flow_on_claimed(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_flow *flow = ((struct mail_way *)arg)->flow;

	flow->way->db = NULL;
	mail_way_end(flow->way, /* more= */ false);
	if (err)
		log_event(LOG_LEVEL_WARNING, "mail_claim_failed",
			LOG_S("error", err->text), LOG_S("sqlstate", err->sqlstate));
	if (err || db_rows_count(rows) == 0)
		return;
	flow->way = mail_way_new(flow, rows);
	mail_way_begin(flow->way);
}

void mail_flow_claim(struct mail_flow *flow)
{
	if (flow->way || flow->is_paused || !city_holder_get(flow->city))
		return;
	flow->way = mail_way_empty(flow);
	flow->way->db = mail_case_store_claim(flow->pool, flow_on_claimed, flow->way);
}

static void flow_on_poll(evutil_socket_t fd, short what, void *arg)
{
	struct mail_flow *flow = arg;

	event_add(flow->poll,
		city_holder_get(flow->city) ? &poll_interval : &starting_interval);
	mail_case_store_measure(flow->pool, flow->config.metrics);
	mail_held_store_measure(flow->pool, flow->config.metrics,
		flow->config.options->quarantine_days);
	flow->is_paused = false;
	mail_flow_claim(flow);
}

static void flow_heard(const char *payload, void *arg)
{
	mail_flow_claim(arg);
}

/* ---- making it ---- */

static int flow_make_clamav(struct mail_flow *flow, struct error *err)
{
	const struct options *options = flow->config.options;

	if (!options->clamav)
		return 0;
	flow->clamav =
		clamav_new(&(struct clamav_config){ .base = flow->config.base,
				   .address = options->clamav,
				   .timeout_ms = (unsigned)options->clamav_timeout_ms },
			err);
	return flow->clamav ? 0 : -1;
}

static int flow_make(struct mail_flow *flow, struct error *err)
{
	const struct mail_case_pool config = { .base = flow->config.base,
		.options = flow->config.options };

	flow->pool = mail_case_store_pool(
		&config, "synpunkt_mail_case", "synpunkt mail case", err);
	if (!flow->pool)
		return -1;
	flow->write = mail_case_store_pool(
		&config, "synpunkt_resident", "synpunkt mail write", err);
	if (!flow->write)
		return -1;
	flow->read = mail_case_store_pool(
		&config, "synpunkt_resident", "synpunkt mail city", err);
	if (!flow->read)
		return -1;
	flow->city = city_holder_new(flow->config.base, flow->read, NULL, NULL);
	flow->work = work_pool_new(flow->config.base, 1, FLOW_WAITING_MAX);
	flow->suggest = suggest_holder_new(flow->config.base, flow->pool, flow->work);
	flow->intake = intake_new(&(struct intake_config){ .base = flow->config.base,
		.pool = flow->write,
		.city = flow->city,
		.secret = flow->config.secret,
		.max_waiting = FLOW_WAITING_MAX,
		.suggest = flow->suggest,
		.work = flow->work });
	flow->reader =
		mail_reader_client_new(flow->config.base, flow->config.reader_fd);
	flow->files = mail_files_service_new(
		&(struct mail_files_config){ .base = flow->config.base,
			.state = flow->config.options->state,
			.image_fd = flow->config.image_fd },
		err);
	if (!flow->files || flow_make_clamav(flow, err) < 0)
		return -1;
	db_pool_listen(flow->pool, "synpunkt_mail_in", flow_heard, flow);
	return 0;
}

struct mail_flow *mail_flow_new(
	const struct mail_flow_config *config, struct error *err)
{
	struct mail_flow *flow = mem_new(sizeof(*flow));

	flow->config = *config;
	flow->poll = evtimer_new(config->base, flow_on_poll, flow);
	if (flow_make(flow, err) < 0) {
		mail_flow_free(flow);
		return NULL;
	}
	event_add(flow->poll, &starting_interval);
	return flow;
}

bool mail_flow_ready(const struct mail_flow *flow)
{
	return db_pool_ready(flow->pool) && db_pool_ready(flow->write) &&
	       city_holder_get(flow->city);
}

void mail_flow_free(struct mail_flow *flow)
{
	if (!flow)
		return;
	if (flow->way)
		mail_way_free(flow->way);
	clamav_free(flow->clamav);
	mail_files_service_free(flow->files);
	mail_reader_client_free(flow->reader);
	intake_free(flow->intake);
	if (flow->work)
		work_pool_free(flow->work);
	suggest_holder_free(flow->suggest);
	city_holder_free(flow->city);
	db_pool_free(flow->read);
	db_pool_free(flow->write);
	db_pool_free(flow->pool);
	event_free(flow->poll);
	mem_free(flow);
}
