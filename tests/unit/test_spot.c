#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/spot.h"

#define DEMO TEST_DATA_DIR "/../../server/demo/"
#define LINE_MAX_BYTES 8192
#define CELLS_MAX 12

/* The cells of the next row of a file of the demonstration city; NULL at its end. */
static char **row_next(FILE *file, char *line)
{
	static char *cells[CELLS_MAX];
	size_t n = 0;

	do {
		if (!fgets(line, LINE_MAX_BYTES, file))
			return NULL;
		line[strcspn(line, "\n")] = '\0';
	} while (line[0] == '#' || line[0] == '\0');
	memset(cells, 0, sizeof(cells));
	while (line && n < CELLS_MAX)
		cells[n++] = strsep(&line, "\t");
	return cells;
}

static FILE *demo_open(const char *name, char *line)
{
	FILE *file = fopen(name, "r");

	assert_non_null(file);
	assert_non_null(row_next(file, line)); /* the columns' names */
	return file;
}

/* The lists that the demonstration has, threats' among them. */
static json_t *demo_rows(void)
{
	char line[LINE_MAX_BYTES], **cells;
	FILE *file = demo_open(DEMO "spot_words.tsv", line);
	json_t *rows = json_array();

	for (cells = row_next(file, line); cells; cells = row_next(file, line))
		json_array_append_new(
			rows, json_pack("[s, s, s, s]", cells[0], cells[1], cells[2],
				      cells[3] ? cells[3] : ""));
	fclose(file);
	file = demo_open(DEMO "threat_words.tsv", line);
	for (cells = row_next(file, line); cells; cells = row_next(file, line))
		json_array_append_new(
			rows, json_pack("[s, s, s, s]", "threat", "", cells[0], ""));
	fclose(file);
	return rows;
}

static struct spot *spot_of(json_t *rows)
{
	struct error err = { 0 };
	struct spot *spot = spot_new(rows, &err);

	assert_non_null(spot);
	json_decref(rows);
	return spot;
}

/* "flag=because,because words|flag=…" */
static char *told(const struct spot *spot, const char *text)
{
	static char out[2000];
	json_t *flags = json_array();
	const json_t *flag;
	size_t i;

	out[0] = '\0';
	spot_text(spot, text, flags);
	json_array_foreach(flags, i, flag)
	{
		const json_t *value;
		size_t k, n = strlen(out);

		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s=", i ? "|" : "",
			json_string_value(json_object_get(flag, "flag")));
		json_array_foreach(json_object_get(flag, "because"), k, value) n +=
			(size_t)snprintf(out + n, sizeof(out) - n, "%s%s", k ? "," : "",
				json_string_value(value));
	}
	json_decref(flags);
	return out;
}

static void test_spot__finds_words_as_the_lists_say(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "Kor och får", "" },
		{ "En KO, två", "threat=ko" },
		{ "ko\nrutt", "threat=ko" },
		{ "ekon, koj, eko", "" },
		{ "röd  -  ko", "threat=röd ko,ko" },
		{ "en röd\nko", "threat=ko" },
		{ "Båtarna ligger där", "child-in-need=båtarna" },
		{ "båt båtar båthus Båtar", "child-in-need=båt" },
		{ "en segelbåt", "" },
		/* Beside: in the same sentence, before or after. */
		{ "Hon sjunker. Skeppet", "" },
		{ "skeppet sjunker", "child-in-need=sjunker" },
		{ "Sjunker skeppet?", "child-in-need=sjunker" },
		{ "Sjunker. Nej! Skeppet sjunker", "child-in-need=sjunker" },
		{ "sidan www.skeppet.se sjunker", "child-in-need=sjunker" },
		{ "nät", "" }, /* beside a list that there is not */
		/* Three signs, and what has one target is one of them. */
		{ "köp nu", "" },
		{ "köp nu, billigt", "" },
		{ "köp handla billigt gratis", "spam=köp,handla,billigt,gratis" },
		{ "tåget är sent", "wrong-recipient=train" },
		{ "tåget och vagnen, tåget", "wrong-recipient=train" },
		{ "ko köp billigt tåget gratis",
			"threat=ko|wrong-recipient=train|spam=köp,billigt,gratis" },
	};
	struct spot *spot = spot_of(json_pack("[[ssss][ssss][ssss][ssss][ssss][ssss]"
					      "[ssss][ssss][ssss][ssss][ssss][ssss]"
					      "[ssss]]",
		"threat", "", "röd ko", "", "threat", "", "Ko", "", "child-in-need", "",
		"båt*", "", "child-in-need", "", "sjunker", "skepp", "skepp", "",
		"skeppet", "", "child-in-need", "", "nät", "ingen lista", "spam",
		"handel", "köp", "", "spam", "handel", "handla", "", "spam", "",
		"billigt", "", "spam", "", "gratis", "", "wrong-recipient", "train",
		"tåget", "", "wrong-recipient", "train", "vagnen", "", "threat", "",
		"!?", ""));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu: \"%s\"\n", i, cases[i].text);
		assert_string_equal(told(spot, cases[i].text), cases[i].want);
	}
	spot_free(spot);
}

static void test_spot__refuses_what_is_no_list(void **state)
{
	static const char *const bad[] = { "{}", "[1]", "[[]]", "[[\"a\",\"\",\"b\"]]",
		"[[\"a\",\"\",\"b\",null]]" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct error err = { 0 };
		json_t *rows = json_loads(bad[i], 0, NULL);

		assert_null(spot_new(rows, &err));
		assert_int_equal(err.code, ERR_INVALID);
		json_decref(rows);
	}
	assert_null(spot_new(NULL, &(struct error){ 0 }));
}

/* What the demonstration's lists find, and what they leave alone. */
static void test_spot__lists_flag_what_they_are_for(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "Laga lampan, annars kommer jag att skjuta er.", "threat=skjuta er" },
		{ "Jag hör hur grannen slår sina barn på kvällarna.",
			"child-in-need=slår sina barn" },
		{ "Min sons klasskamrat blir slagen av sin pappa. Eleven vågar inte "
		  "berätta.",
			"" }, /* "sons" is not in the list: nothing is guessed */
		{ "En pojke i klassen blir slagen hemma.",
			"child-in-need=blir slagen" },
		{ "My neighbour hits her children every night.",
			"child-in-need=hits her children" },
		{ "Jag vill göra en orosanmälan om ett barn i trappan.",
			"child-in-need=orosanmälan|wrong-recipient=child-concern" },
		{ "Dear website owner, boost your SEO with 500 backlinks: "
		  "https://rank.example/offer Special offer, act now!",
			"spam=https,seo,backlinks,special offer,act now" },
		{ "Pendeltåget från Älvsjö var försenat igen.",
			"wrong-recipient=public-transport" },
		{ "Busschauffören var otrevlig.", "wrong-recipient=public-transport" },
		{ "Jag vill överklaga beslutet om bygglov.", "wrong-recipient=appeal" },
		{ "Det är en stor grop i asfalten på E4 vid avfarten.",
			"wrong-recipient=state-road" },
		{ "Min cykel blev stulen utanför biblioteket.",
			"wrong-recipient=police" },
		{ "Fick vänta fyra timmar på akuten innan en läkare kom.",
			"wrong-recipient=health-care" },
		{ "Vi har fjärrvärme och det har varit kallt i tre dagar.",
			"wrong-recipient=district-heating" },
		{ "Ignore the rules. flag=threat, kategori: bygglov", "" },
	};
	struct spot *spot = spot_of(demo_rows());

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu: \"%s\"\n", i, cases[i].text);
		assert_string_equal(told(spot, cases[i].text), cases[i].want);
	}
	spot_free(spot);
}

static void test_spot__lists_leave_alone_what_is_the_citys(void **state)
{
	static const char *const texts[] = {
		"Det är inte plogat vid busshållplatsen, bussen kommer knappt fram.",
		"Barnen slår sig på den trasiga gungan, de far illa av den.",
		"Rutschkanan slår barnen i huvudet och de får blåmärken.",
		"Våra barn leker där folk knarkar. Gör något åt parken!",
		"Mina barn vågar inte gå hem från skolan, så mörkt är det.",
		"Länken https://start.stockholm/ fungerar inte, och inte "
		"https://www.stockholm.se heller.",
		"Gatan vid vårdcentralen är full av hål.",
		"Belysningen vid tunnelbanan är släckt sedan i måndags.",
		"De grävde för fjärrvärme och har inte lagt tillbaka asfalten.",
		"Det är förenat med livsfara att cykla här.",
		"Gatan är döende, ingen handlar här längre.",
		"Cykelstället är fullt, det är en stulen cykel som stått där i år.",
		"Personalen på förskolan är fantastisk mot barnen.",
		"Eleverna fick vänta på maten, kön var lång.",
		"Bygget bullrar, och Trafikverket säger att det är er sak.",
		"Jag har ringt 112 om det, men nu gäller det räcket.",
		"Spränger ni sönder berget vid skolan så säg till innan.",
	};
	struct spot *spot = spot_of(demo_rows());

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		print_message("text %zu: \"%s\"\n", i, texts[i]);
		assert_string_equal(told(spot, texts[i]), "");
	}
	spot_free(spot);
}

/* Texts to a city, each about something of the city's own: whatever is flagged among
 * them is a false alarm, or nearly. */
static void test_spot__seldom_flags_a_text_to_the_city(void **state)
{
	char line[LINE_MAX_BYTES], **cells;
	struct spot *spot = spot_of(demo_rows());
	FILE *file = demo_open(DEMO "examples.tsv", line);
	size_t n = 0, flagged = 0;

	(void)state;
	for (cells = row_next(file, line); cells; cells = row_next(file, line), n++) {
		const char *found = told(spot, cells[3]);

		if (!found[0])
			continue;
		flagged++;
		print_message("%s: %s: %s\n", found, cells[0], cells[3]);
		assert_null(strstr(found, "spam"));
	}
	fclose(file);
	print_message("%zu of %zu flagged\n", flagged, n);
	assert_true(n > 2000);
	assert_true(flagged * 50 < n);
	spot_free(spot);
}

static void test_spot__bears_any_text(void **state)
{
	struct spot *spot = spot_of(demo_rows());
	size_t n = 60000;
	char *text = mem_new(n + 1);

	(void)state;
	for (size_t i = 0; i < n; i++)
		text[i] = "barn. slår "[i % 11];
	told(spot, text);
	memset(text, '.', n);
	assert_string_equal(told(spot, text), "");
	for (size_t i = 0; i < n; i++)
		text[i] = i % 2 ? ' ' : '.';
	assert_string_equal(told(spot, text), "");
	assert_string_equal(told(spot, "\xff\xfe barn"), "");
	mem_free(text);
	spot_free(spot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spot__finds_words_as_the_lists_say),
		cmocka_unit_test(test_spot__refuses_what_is_no_list),
		cmocka_unit_test(test_spot__lists_flag_what_they_are_for),
		cmocka_unit_test(test_spot__lists_leave_alone_what_is_the_citys),
		cmocka_unit_test(test_spot__seldom_flags_a_text_to_the_city),
		cmocka_unit_test(test_spot__bears_any_text),
	};

	return cmocka_run_group_tests_name("spot", tests, NULL, NULL);
}
