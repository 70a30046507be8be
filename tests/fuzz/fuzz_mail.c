#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/mail_read.h"
#include "lib/utf8.h"

/* Whatever the mail: what comes out is clean text, fits together and is JSON; words are
 * new as long as there are any. */

static void check_text(const char *text)
{
	if (text && (!utf8_is_text(text, strlen(text)) || strchr(text, '\r')))
		abort();
}

static void check_attachments(const struct mail *mail)
{
	uint64_t at = 0;

	for (size_t i = 0; i < mail->n_attachments; i++) {
		const struct mail_attachment *one = &mail->attachments[i];

		check_text(one->name);
		if (one->name[0] == '\0' || strpbrk(one->name, "/\\\n\t") ||
			one->offset != at || strlen(one->sha256) != 64)
			abort();
		at += one->size;
	}
}

static void check_mail(const struct mail *mail)
{
	json_t *value = mail_json(mail);

	if (!value || !mail->because)
		abort();
	json_decref(value);
	check_text(mail->subject);
	check_text(mail->from_name);
	check_text(mail->text);
	check_text(mail->new_text);
	check_attachments(mail);
	if (strlen(mail->new_text) > strlen(mail->text) ||
		(utf8_is_blank(mail->new_text, strlen(mail->new_text)) &&
			!utf8_is_blank(mail->text, strlen(mail->text))))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* charsets and libmagic are loaded once, as in the reader's process */
	static struct mail_read *reader;
	struct mail_read_config config = { .authserv_id = "mx.stad.example" };
	struct arena *arena = arena_new();
	char *bytes = mem_new(size + 1);
	int fd = memfd_create("attachments", MFD_CLOEXEC);

	if (!reader)
		reader = mail_read_new(&config, NULL);
	if (!reader || fd < 0)
		abort();
	memcpy(bytes, data, size);
	check_mail(mail_read_run(reader, arena, bytes, size, fd));
	close(fd);
	mem_free(bytes);
	arena_free(arena);
	return 0;
}
