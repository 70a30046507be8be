#include "tests/unit/test.h"

#include "lib/arena.h"
#include "lib/utf8.h"
#include "server/attachment.h"
#include "server/attachment_name.h"

static void test_attachment_name__is_fit_to_show(void **state)
{
	static const struct {
		const char *given, *shown;
	} cases[] = {
		{ "bild.jpg", "bild.jpg" },
		{ "Räksmörgås på Åsögatan.jpeg", "Räksmörgås på Åsögatan.jpeg" },
		{ "ภาพ.png", "ภาพ.png" },
		{ NULL, "bilaga" },
		{ "", "bilaga" },
		{ "  ", "bilaga" },
		{ "..", "bilaga" },
		{ "/etc/passwd", "passwd" },
		{ "..\\..\\windows\\win.ini", "win.ini" },
		{ "C:\\Users\\Åsa\\bild.jpg", "bild.jpg" },
		{ "a/b\\c.txt", "c.txt" },
		{ "a\\b/c.txt", "c.txt" },
		{ "katalog/", "bilaga" },
		{ "rad\r\nbrytning\t.txt", "radbrytning.txt" },
		{ "\x7f\x1b[31m.txt", "[31m.txt" },
		{ "c1\xc2\x85.txt", "c1.txt" },
		{ "bild\u202egpj.exe", "bildgpj.exe" },
		{ "a\u2066b\u2069\u200b\u00ad\ufeff.txt", "ab.txt" },
		{ " mellan slag .txt ", "mellan slag .txt" },
		{ "trasig\xff\xc3.txt", "trasig.txt" },
		{ ".htaccess", ".htaccess" },
	};
	struct arena *arena = arena_new();
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(
			attachment_name_tidy(arena, cases[i].given), cases[i].shown);
	arena_free(arena);
}

static void test_attachment_name__is_cut_before_its_ending(void **state)
{
	struct arena *arena = arena_new();
	char given[1000] = "";
	const char *shown;
	size_t i;

	for (i = 0; i < 200; i++)
		strncat(given, "å", sizeof(given) - strlen(given) - 1);
	shown = attachment_name_tidy(arena, given);
	assert_int_equal(utf8_count(shown, strlen(shown)), ATTACHMENT_NAME_MAX);
	strncat(given, ".jpeg", sizeof(given) - strlen(given) - 1);
	shown = attachment_name_tidy(arena, given);
	assert_int_equal(utf8_count(shown, strlen(shown)), ATTACHMENT_NAME_MAX);
	assert_string_equal(shown + strlen(shown) - 5, ".jpeg");
	arena_free(arena);
}

static void test_attachment_name__is_saved_as_what_it_is(void **state)
{
	static const struct {
		const char *name, *type, *header;
	} cases[] = {
		{ "bild.jpg", "image/jpeg", "inline; filename*=UTF-8''bild.jpg" },
		{ "bild.JPEG", "image/jpeg", "inline; filename*=UTF-8''bild.JPEG" },
		{ "IMG_1.HEIC", "image/jpeg",
			"inline; filename*=UTF-8''IMG_1.HEIC.jpg" },
		{ "å b.png", "image/png", "inline; filename*=UTF-8''%C3%A5%20b.png" },
		{ "x.js", "text/plain", "attachment; filename*=UTF-8''x.js.txt" },
		{ "x", "application/pdf", "attachment; filename*=UTF-8''x.pdf" },
		{ "x.exe", "application/octet-stream",
			"attachment; filename*=UTF-8''x.exe.bin" },
		{ "a\"b;c'd.txt", "text/plain",
			"attachment; filename*=UTF-8''a%22b%3Bc%27d.txt" },
		{ "r\r\nX: y.txt", "text/plain",
			"attachment; filename*=UTF-8''r%0D%0AX%3A%20y.txt" },
	};
	struct arena *arena = arena_new();
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(attachment_name_disposition(
					    arena, cases[i].name, cases[i].type),
			cases[i].header);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attachment_name__is_fit_to_show),
		cmocka_unit_test(test_attachment_name__is_cut_before_its_ending),
		cmocka_unit_test(test_attachment_name__is_saved_as_what_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
