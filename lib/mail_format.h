/*
 * mail_format - what a letter of plain text needs to go through any mail server: words
 * of a header in ASCII (RFC 2047), a date (RFC 5322, 3.3), a body in quoted-printable
 * (RFC 2045, 6.7), an address whose domain is ASCII (IDNA). It reads no mail.
 */
#ifndef SYNPUNKT_LIB_MAIL_FORMAT_H
#define SYNPUNKT_LIB_MAIL_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct evbuffer;

/* A header's unstructured text or display name. Plain ASCII stays as it is, anything
 * else becomes encoded words of at most 75 characters, none of which cuts a character
 * in two, each on a line of its own. Control characters become spaces: no value makes a
 * header of its own. For a display name ASCII is put in quotes where it must be. */
char *mail_header_text(struct arena *arena, const char *text);
char *mail_header_name(struct arena *arena, const char *text);

#define MAIL_DATE_SIZE sizeof("Sun, 22 Nov 2026 05:00:00 +0000")
void mail_date(int64_t unix_seconds, char ret[MAIL_DATE_SIZE]);

/* The address with its domain as the DNS has it ("xn--…"); the part before the @ stays.
 * NULL when the domain can be none, or the address holds a control character, space or
 * angle bracket. */
char *mail_address_ascii(struct arena *arena, const char *address);
/* The part before the @ is beyond ASCII: the server must know SMTPUTF8 (RFC 6531). */
bool mail_address_needs_utf8(const char *address);

/* Adds text (UTF-8, lines ended by LF or CRLF) with CRLF line ends, none longer than 76
 * and none that begins with a full stop. Ends with a line end. */
void mail_quoted_printable(struct evbuffer *out, const char *text, size_t n);

#endif
