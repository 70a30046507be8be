/*
 * mail_held_store - the statements by which mail_flow holds a mail for the desk to
 * decide on (migrations/0029_quarantine.sql).
 */
#ifndef SYNPUNKT_SERVER_MAIL_HELD_STORE_H
#define SYNPUNKT_SERVER_MAIL_HELD_STORE_H

#include <stdint.h>

#include "lib/db.h"

struct case_number;
struct mail_case_mail;
struct metrics;

struct mail_held {
	const char *shown; /* a JSON object: what the desk is shown of the mail */
	const struct case_number *about; /* that a signed address names; year 0: none */
};

struct db_call *mail_held_store_hold(const struct mail_case_mail *mail,
	const struct mail_held *held, db_done_fn *done, void *arg);

/* For some seconds, as if it had not been tried. */
struct db_call *mail_held_store_postpone(
	const struct mail_case_mail *mail, db_done_fn *done, void *arg);

/* Tells metrics how many are held, and how many of those for more than days working
 * days. They must outlive the pool. */
void mail_held_store_measure(
	struct db_pool *pool, struct metrics *metrics, int64_t days);

#endif
