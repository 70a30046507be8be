/*
 * image_worker - the process that turns a picture from a stranger into one of ours.
 *
 * A confined_worker (lib/confined_worker.h) for the HTTP workers. What comes out is
 * made from pixels alone: turned upright, in sRGB, at most 4096 pixels long, without
 * any metadata, and a small one beside it. JPEG, PNG and WebP stay what they are; HEIC
 * becomes JPEG. Areas that are to be covered are black before anything is encoded.
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

/* As confined_worker_run(). */
int image_worker_run(const struct image_worker_config *config);

#endif
