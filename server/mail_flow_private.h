/*
 * mail_flow_private - for the files of mail_flow only: mail_flow takes one mail at a
 * time, mail_way is one attempt at one, mail_way_hold whether it goes on by itself,
 * mail_way_import whether it is one of the present app's, mail_way_case the new case of
 * it.
 */
#ifndef SYNPUNKT_SERVER_MAIL_FLOW_PRIVATE_H
#define SYNPUNKT_SERVER_MAIL_FLOW_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "lib/db.h"
#include "server/mail_case_store.h"
#include "server/mail_flow.h"
#include "server/mail_thread.h"
#include "server/submission.h"

struct arena;
struct city_holder;
struct clamav;
struct error;
struct event;
struct intake;
struct intake_call;
struct mail_files;
struct mail_files_service;
struct mail_reader_call;
struct mail_reader_client;
struct mail_scan;
struct suggest_holder;
struct work_pool;

struct mail_flow {
	struct mail_flow_config config;
	struct db_pool *pool, *write,
		*read; /* the latter two for intake and its city */
	struct city_holder *city;
	struct work_pool *work; /* guesses at subjects, for intake */
	struct suggest_holder *suggest;
	struct intake *intake;
	struct mail_reader_client *reader;
	struct mail_files_service *files;
	struct clamav *clamav; /* NULL: nothing is checked */
	struct event *poll;
	bool is_paused;       /* until the next poll: the scanner is away */
	struct mail_way *way; /* the mail under way, or NULL */
};

/* One attempt at one delivery. */
struct mail_way {
	struct mail_flow *flow;
	struct arena *arena;
	const char *id, *attempt, *envelope_from, *board, *unit, *token, *mailbox;
	int64_t received_at;  /* in microseconds since 1970 */
	int raw_fd, bytes_fd; /* the mail; what came with it */
	struct mail_files *files;
	json_t *json; /* NULL: it cannot be read */
	const char *class, *because;
	bool never_answer;
	bool is_released; /* the desk has let it go on */
	/* By the scanner: names of what was found, or NULL; whether the desk does not
	 * know of it yet; and that it could not look. */
	const char *found;
	bool is_newly_found, is_too_large, is_unchecked;
	json_t *withheld; /* what does not become a case's, as mail_scan has it */
	struct mail_facts facts;
	struct mail_decision decision;
	struct case_number stored; /* what it is already, by an attempt before */
	bool is_imported;          /* its case is one of the present app's */
	int64_t original_at;       /* when that got it, in microseconds; 0: not said */
	const char *letter;        /* of ours that it answers, or NULL */
	struct submission submission;
	struct db_call *db;
	struct mail_reader_call *reading;
	struct intake_call *storing;
	struct mail_scan *scan;
};

/* ---- mail_flow: takes the oldest that is due, unless one is under way ---- */

void mail_flow_claim(struct mail_flow *flow);

/* ---- mail_way: its steps; each ends the attempt or starts the next ---- */

/* rows: what mail_case_store_claim() says. Its first step is mail_way_begin().
 */
struct mail_way *mail_way_new(struct mail_flow *flow, const struct db_rows *rows);
/* One that has nothing yet but what claims. */
struct mail_way *mail_way_empty(struct mail_flow *flow);
void mail_way_begin(struct mail_way *way);
void mail_way_free(struct mail_way *way);

/* more: there may be another one due. */
void mail_way_end(struct mail_way *way, bool more);
/* The lease brings it back. */
void mail_way_fail(struct mail_way *way, const char *step, const struct error *err);
void mail_way_settle(struct mail_way *way, const struct mail_case_end *end);
/* What the statements need to know of it. */
struct mail_case_mail mail_way_mail(const struct mail_way *way);
/* Read, and checked if need be: what is it to become? */
void mail_way_look(struct mail_way *way);

/* ---- mail_way_hold ---- */

/* By the scanner, if there is one; then mail_way_look(). */
void mail_way_check(struct mail_way *way);
/* True: it is held, which ends the attempt. */
bool mail_way_hold(struct mail_way *way);

/* ---- mail_way_import ---- */

/* It is to be a new case, unless it is known by the number that it has elsewhere. */
void mail_way_import(struct mail_way *way);
/* What is different of a case that is the present app's. */
void mail_way_import_fill(const struct mail_way *way, struct submission *ret);

/* ---- mail_way_case ---- */

/* A new case of it. */
void mail_way_submit(struct mail_way *way);
/* It is this case already, by an attempt before. */
void mail_way_settle_stored(struct mail_way *way);

#endif
