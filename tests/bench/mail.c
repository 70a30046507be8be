/*
 * mail CONNECTIONS SECONDS HOST PORT RECIPIENT BYTES - hands in letters by LMTP over so
 * many conversations, one letter at a time each, and prints one JSON object: answers,
 * refused, perSecond, and percentiles in ms from MAIL to the 250 after the dot.
 *
 * A thread a conversation, which does nothing but wait: the machine is the server's.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/base.h"

#define CONNECTIONS_MAX 256
#define ANSWERS_MAX 400000 /* of a conversation */

struct talker {
	pthread_t thread;
	unsigned n;
	int fd;
	char in[4096];
	size_t have;
	char *letter; /* with room for its number at id_at */
	size_t size, id_at;
	size_t answers, refused;
	float *ms;
};

/* style: global - the program's arguments, read by its threads. */
static struct {
	struct sockaddr_in address;
	const char *recipient;
	size_t bytes;
	double end;
} run;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void put(struct talker *t, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(t->fd, bytes, n, MSG_NOSIGNAL);

		if (sent <= 0)
			die("send");
		bytes += sent;
		n -= (size_t)sent;
	}
}

static void more(struct talker *t)
{
	ssize_t n = recv(t->fd, t->in + t->have, sizeof(t->in) - t->have, 0);

	if (n <= 0)
		die("recv");
	t->have += (size_t)n;
}

/* The first digit of the next answer, whose last line has a space after its code. */
static char get(struct talker *t)
{
	char first = 0, after = '-';

	while (after == '-') {
		char *lf = memchr(t->in, '\n', t->have);

		for (; !lf; lf = memchr(t->in, '\n', t->have))
			more(t);
		first = t->in[0];
		after = t->in[3];
		t->have -= (size_t)(lf + 1 - t->in);
		memmove(t->in, lf + 1, t->have);
	}
	return first;
}

/* Where the number in the Message-ID stands is told apart. */
static size_t head_make(struct talker *t)
{
	char head[400];
	int n = snprintf(head, sizeof(head),
		"From: Bench <bench@example.org>\r\nTo: <%s>\r\nSubject: Lampan\r\n"
		"Message-ID: <%u.%d.0000000000@example.org>\r\n\r\n",
		run.recipient, t->n, (int)getpid());

	memcpy(t->letter, head, (size_t)n);
	t->id_at = (size_t)(strstr(head, "0000000000@") - head);
	return (size_t)n;
}

static void letter_make(struct talker *t)
{
	static const char line[] =
		"Lampan vid busskuren har varit trasig i flera veckor och det ar morkt.\r\n";
	size_t n = strlen(line);

	t->letter = mem_new(run.bytes + 512);
	t->size = head_make(t);
	for (size_t left = run.bytes; left > n; left -= n) {
		memcpy(t->letter + t->size, line, n);
		t->size += n;
	}
	memcpy(t->letter + t->size, ".\r\n", 3);
	t->size += 3;
}

static void hand_in(struct talker *t, const char *envelope)
{
	double start = now();
	char number[11];

	snprintf(number, sizeof(number), "%010zu", t->answers);
	memcpy(t->letter + t->id_at, number, 10);
	put(t, envelope, strlen(envelope));
	get(t);
	get(t);
	if (get(t) != '3')
		die("the letter was refused");
	put(t, t->letter, t->size);
	t->refused += get(t) != '2';
	t->ms[t->answers++] = (float)((now() - start) * 1000);
}

static void *talk(void *arg)
{
	struct talker *t = arg;
	char envelope[400];
	int on = 1;

	t->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (t->fd < 0 || connect(t->fd, (const struct sockaddr *)&run.address,
				 sizeof(run.address)) < 0)
		die("connect");
	setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	snprintf(envelope, sizeof(envelope),
		"MAIL FROM:<bench@example.org>\r\nRCPT TO:<%s>\r\nDATA\r\n",
		run.recipient);
	letter_make(t);
	get(t);
	put(t, "LHLO bench.example\r\n", 20);
	get(t);
	while (now() < run.end && t->answers < ANSWERS_MAX)
		hand_in(t, envelope);
	close(t->fd);
	return NULL;
}

static int by_time(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static void report(struct talker *talkers, unsigned n, double seconds)
{
	size_t answers = 0, refused = 0, at = 0;
	float *all;

	for (unsigned i = 0; i < n; i++) {
		answers += talkers[i].answers;
		refused += talkers[i].refused;
	}
	all = mem_new((answers + 1) * sizeof(*all));
	for (unsigned i = 0; i < n; i++) {
		memcpy(all + at, talkers[i].ms, talkers[i].answers * sizeof(*all));
		at += talkers[i].answers;
	}
	qsort(all, answers, sizeof(*all), by_time);
	printf("{\"answers\": %zu, \"refused\": %zu, \"perSecond\": %.1f, \"p50\": %.2f, "
	       "\"p99\": %.2f}\n",
		answers, refused, (double)answers / seconds, all[answers / 2],
		all[answers * 99 / 100]);
	mem_free(all);
}

int main(int argc, char **argv)
{
	static struct talker talkers[CONNECTIONS_MAX];
	unsigned n = argc == 7 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	double seconds = argc == 7 ? strtod(argv[2], NULL) : 0;

	if (n == 0 || n > CONNECTIONS_MAX) {
		fprintf(stderr,
			"usage: mail CONNECTIONS SECONDS HOST PORT RECIPIENT BYTES\n");
		return 2;
	}
	run.address.sin_family = AF_INET;
	run.address.sin_port = htons((uint16_t)strtoul(argv[4], NULL, 10));
	inet_pton(AF_INET, argv[3], &run.address.sin_addr);
	run.recipient = argv[5];
	run.bytes = strtoul(argv[6], NULL, 10);
	run.end = now() + seconds;
	for (unsigned i = 0; i < n; i++) {
		talkers[i].n = i;
		talkers[i].ms = mem_new(ANSWERS_MAX * sizeof(float));
		if (pthread_create(&talkers[i].thread, NULL, talk, &talkers[i]) != 0)
			die("thread");
	}
	for (unsigned i = 0; i < n; i++)
		pthread_join(talkers[i].thread, NULL);
	report(talkers, n, seconds);
	return 0;
}
