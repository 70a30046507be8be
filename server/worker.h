/*
 * worker - one HTTP worker process: an event loop and all that its handlers use.
 *
 * A handler gets it by http_app(req). Everything here lives as long as the process,
 * belongs to its one thread, and is set before the first request is taken.
 */
#ifndef SYNPUNKT_SERVER_WORKER_H
#define SYNPUNKT_SERVER_WORKER_H

#include <stddef.h>

struct attachment_service;
struct blob_store;
struct catalogue;
struct city_holder;
struct count;
struct db_pool;
struct event_base;
struct http_server;
struct image_client;
struct intake;
struct metrics;
struct options;
struct quota;
struct template_set;
struct work_pool;

#define WORKER_SECRET_SIZE 32

struct worker {
	struct event_base *base;
	const struct options *options; /* what the settings say */
	struct shared *shared;      /* metrics and quotas, with the other processes */
	struct work_pool *work;     /* disk, hashing, file types: never on the loop */
	struct db_pool *write_pool; /* intake's batches, as synpunkt_resident */
	struct db_pool *read_pool;  /* follow-up and the rest, as synpunkt_resident */
	struct city_holder *city;   /* the present snapshot of the city's rows */
	struct intake *intake;
	struct blob_store *blobs;
	struct image_client *images;
	struct attachment_service *attachments;
	struct catalogue *catalogue;
	struct template_set *templates;
	struct http_server *http, *ops;
	unsigned char secret[WORKER_SECRET_SIZE];
};

#endif
