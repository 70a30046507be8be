/*
 * split_parts - what a colleague wants a letter about several things split into: the
 * body of a request, judged by itself. What the case has to do with it split_case
 * judges.
 */
#ifndef SYNPUNKT_SERVER_SPLIT_PARTS_H
#define SYNPUNKT_SERVER_SPLIT_PARTS_H

#include <stddef.h>

#include <jansson.h>

#include "server/attachment.h"

struct city;
struct faults;

/* Besides the first, which stays as it is. As split_begin() in 0064_split.sql. */
#define SPLIT_PARTS_MAX 9

/* A further matter. Strings belong to the arena of the faults it was read with. */
struct split_part {
	const char *text;     /* the words of the letter that are about it */
	const char *category; /* code; NULL: nobody knows */
	const char *type;     /* code; NULL: as the letter's */
	const char *board;    /* that the preview named; NULL: not said */
	const char *ground;   /* on which it goes to another board; NULL: not said */
	int place, contact;   /* whether they go along: -1 not said, 0, 1 */
	int attachments[ATTACHMENT_FILES_MAX]; /* numbers of the letter's */
	size_t n_attachments;
};

struct split_parts {
	struct split_part items[SPLIT_PARTS_MAX];
	size_t n;
};

/* The body's object; ret is whole unless there are faults, which name the member
 * ("parts[1].text"). */
void split_parts_read(const json_t *body, const struct city *city,
	struct split_parts *ret, struct faults *faults);

/* "parts[1].text", in the arena of the faults. */
const char *split_part_member(
	const struct faults *faults, size_t part, const char *member);

#endif
