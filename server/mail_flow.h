/*
 * mail_flow - from stored mail to case: takes one mail at a time from the database, has
 * it read in a confined process, decides by mail_thread, and writes what it became:
 * a new case through the one intake, words on a case, or a note. A mail whose
 * processing ends without that is due again when its lease is over. One that cannot be
 * read is a case for the dispatcher; no mail is dropped.
 */
#ifndef SYNPUNKT_SERVER_MAIL_FLOW_H
#define SYNPUNKT_SERVER_MAIL_FLOW_H

#include <stdbool.h>

struct error;
struct event_base;
struct mail_flow;
struct metrics;
struct options;

struct mail_flow_config {
	struct metrics *metrics;
	struct event_base *base;
	const struct options *options;
	const unsigned char *secret; /* 32 bytes: reply addresses and follow-up codes */
	int reader_fd;               /* for mail_reader_client_new() */
	int image_fd;                /* for image_client_new() */
};

struct mail_flow *mail_flow_new(
	const struct mail_flow_config *config, struct error *err);
/* It has the database and the city that it needs. */
bool mail_flow_ready(const struct mail_flow *flow);
/* What is under way is left to its lease. NULL is fine. */
void mail_flow_free(struct mail_flow *flow);

#endif
