/*
 * mail_out - sends what the outbox says, on the job worker's loop.
 *
 * A row is taken for as long as a lease, with its Message-ID made and stored, before a
 * byte is sent; it is marked as sent when the server has answered 250, and that mark is
 * tried until the database takes it. So no letter is lost, and one can reach somebody
 * twice only when the connection (or this process) ends between the letter's last byte
 * and the mark, with the same Message-ID both times.
 */
#ifndef SYNPUNKT_SERVER_MAIL_OUT_H
#define SYNPUNKT_SERVER_MAIL_OUT_H

/* Letters that nobody wrote a word of, to one address within an hour: more are put off,
 * as many again wait, and the rest are not written (migrations/0030_reach.sql). */
#define MAIL_OUT_AUTOMATIC_PER_HOUR "10"

struct blob_store;
struct db_pool;
struct error;
struct event_base;
struct mail_out;
struct metrics;
struct options;
struct work_pool;

struct mail_out_config {
	struct event_base *base;
	struct db_pool *pool;     /* as synpunkt_job */
	struct work_pool *work;   /* ends before this */
	struct blob_store *blobs; /* where files that go along are */
	const struct options *options;
	const unsigned char *secret; /* of the follow-up codes */
	struct metrics *metrics;
};

/* Reads the password file. NULL with ERR_INVALID or ERR_INTERNAL when a setting cannot
 * be used. */
struct mail_out *mail_out_new(const struct mail_out_config *config, struct error *err);
void mail_out_free(struct mail_out *out); /* NULL is fine */

/* Takes no more; drained runs when nothing is under way, perhaps at once. */
void mail_out_drain(struct mail_out *out, void (*drained)(void *arg), void *arg);

#endif
