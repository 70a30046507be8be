/* people_body - what is asked for when an account or a role is changed. */
#ifndef SYNPUNKT_SERVER_PEOPLE_BODY_H
#define SYNPUNKT_SERVER_PEOPLE_BODY_H

struct http_request;

/* The strings live as long as the request; NULL for what was not given. */
struct people_given {
	const char *username, *name, *email, *reason;
	int closed;                 /* 1: to be closed */
	const char *issuer, *group; /* of a provider */
	const char *role, *board, *unit, *valid_from,
		*valid_to; /* board "*": of none */
};

enum people_form {
	PEOPLE_ADD,    /* an account with its first role */
	PEOPLE_CHANGE, /* name, address, closed */
	PEOPLE_ROLE,
	PEOPLE_REASON, /* why, and no more */
	PEOPLE_GROUP,  /* a group, and the role that it stands for */
	PEOPLE_DAYS,
};

/* -1: it was answered. */
int people_body_read(
	struct http_request *req, enum people_form form, struct people_given *ret);

/* The role, and of a new account its names, as synpunkt_people's functions read it. */
const char *people_role_text(
	struct http_request *req, const struct people_given *given);
const char *people_group_text(
	struct http_request *req, const struct people_given *given);
const char *people_days_text(
	struct http_request *req, const struct people_given *given);
const char *people_change_text(
	struct http_request *req, const struct people_given *given);

#endif
