/*
 * image_worker - the process that turns a picture from a stranger into one of ours.
 *
 * It takes requests from the HTTP workers over socket pairs (lib/fdpass.h) and
 * forks one confined process for each picture: a decoder that crashes, loops or
 * grows costs that picture only. What comes out is made from pixels alone: turned
 * upright, in sRGB, at most 4096 pixels long, without any metadata, and a small
 * one beside it. JPEG, PNG and WebP stay what they are; HEIC becomes
 * JPEG.
 *
 * The parent makes the pairs and keeps both ends open, so a worker that is
 * started again finds what was waiting. It says hello on every socket first; the
 * clients then send again what the dead one had taken.
 */
#ifndef SYNPUNKT_SERVER_IMAGE_WORKER_H
#define SYNPUNKT_SERVER_IMAGE_WORKER_H

#include <stddef.h>
#include <stdint.h>

/* Zero stands for the value behind it. */
struct image_worker_config {
	const int *sockets; /* the worker's end of each pair; they stay the caller's */
	size_t n_sockets;
	const char *spool_dir; /* results are made there, without names */
	unsigned at_once;      /* pictures in work, 2 */
	unsigned limit_ms;     /* for one picture, 20,000 */
	size_t memory;         /* for one picture, 512 MiB */
	uint64_t pixels_max;   /* before decoding, 100,000,000 */
};

/*
 * For a process of its own, forked and without threads. After SIGTERM or SIGINT it
 * goes on until every client that said hello has said bye (image_client_free()) and
 * nothing is in work, so that HTTP workers can finish; or until nothing was asked
 * for a second. Returns the exit code.
 */
int image_worker_run(const struct image_worker_config *config);

#endif
