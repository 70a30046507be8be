/*
 * worker - one HTTP worker process: an event loop and all that its handlers use.
 *
 * A handler gets it by http_app(req). Everything here lives as long as the process,
 * belongs to its one thread, and is set before the first request is taken. What is
 * replaced later (city, catalogue) says how long it stays.
 */
#ifndef SYNPUNKT_SERVER_WORKER_H
#define SYNPUNKT_SERVER_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/measures.h"

struct attachment_service;
struct blob_store;
struct catalogue;
struct city_holder;
struct clamav;
struct count;
struct db_pool;
struct desk_events;
struct event;
struct event_base;
struct evbuffer;
struct http_server;
struct image_client;
struct intake;
struct oidc;
struct options;
struct own_text_holder;
struct pdf_print;
struct quota;
struct suggest_holder;
struct template_set;
struct work_pool;

#define WORKER_SECRET_SIZE 32

/* What a worker is given by its parent; the parent keeps it and its descriptors, so
 * that the next worker in the same place gets the same. */
struct worker_start {
	const struct options *options;
	struct metrics *metrics; /* these three are shared with the other processes */
	struct quota *quota;
	struct count *count;
	unsigned slot;       /* in them */
	int http_fd, ops_fd; /* listening */
	int image_fd;        /* this worker's end of a pair */
	unsigned char secret[WORKER_SECRET_SIZE];
	uint8_t boot_secret[32]; /* random for each boot, the same in every worker */
};

struct worker {
	const struct worker_start *start;
	const struct options *options;
	struct event_base *base;
	struct metrics *metrics;
	struct quota *quota; /* submissions an hour, by address */
	struct count *count; /* connections, by address */
	const unsigned char *secret;
	struct work_pool *work;       /* disk, hashing, file types: never on the loop */
	struct db_pool *write_pool;   /* intake's batches, as synpunkt_resident */
	struct db_pool *read_pool;    /* follow-up and the rest, as synpunkt_resident */
	struct db_pool *signin_pool;  /* as synpunkt_signin */
	struct db_pool *desk_pool;    /* as synpunkt_desk */
	struct db_pool *person_pool;  /* as synpunkt_desk, for what takes long */
	struct db_pool *report_pool;  /* as synpunkt_report */
	struct db_pool *compare_pool; /* the same, for the figures of all boards */
	struct desk_events *desk_events;
	struct work_pool *compare_work;  /* the figures of all boards: seconds each */
	struct work_pool *password_work; /* passwords only: slow, and few may wait */
	struct city_holder *city;        /* the present snapshot of the city's rows */
	struct intake *intake;
	struct blob_store *blobs;
	struct image_client *images;
	struct attachment_service *attachments;
	struct clamav *clamav;             /* NULL: nothing is checked */
	struct catalogue *words;           /* what the program itself says */
	const struct catalogue *catalogue; /* with the city's own words of today */
	struct own_text_holder *own_texts; /* sets it anew */
	struct suggest_holder *suggest;    /* what suggests subjects and flags */
	struct template_set *templates;
	struct pdf_print *pdf;    /* pages that become PDF, in a process for each */
	struct oidc *oidc;        /* providers that staff sign in with */
	char *push_key;           /* public, base64url; NULL: no push messages */
	struct evbuffer *openapi; /* the text at /api/v1/openapi.json */
	struct http_server *http, *ops;
	struct event *starting;    /* until it has been ready once */
	uint64_t totals[MEASURES]; /* of others' counters, as last added to metrics */
};

/* Whether this worker could take a case and show one now. */
bool worker_ready(const struct worker *worker);

/* A child of the supervisor: serves until SIGTERM, then finishes what is in work.
 * arg is a struct worker_start. Returns the exit code. */
int worker_run(void *arg);

#endif
