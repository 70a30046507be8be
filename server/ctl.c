#include "server/ctl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"

static const struct ctl_command commands[] = {
	{ "migrate", "[--check]", "bring the database's tables up to this version",
		ctl_migrate },
	{ "import",
		"organisation|categories|units|rules|policies|redirects|helplines|\n"
		"       exceptions|approvals|threat-words|disposal-rules|mailboxes|\n"
		"       denominators|goals|requirements|attributes|examples|\n"
		"       example-words|spot-words|auto-categories|contractors FILE\n"
		"       synpunktctl import areas FILE.geojson --kind K --name-property P\n"
		"       [--valid-from DATE] [--crs EPSG:4326|EPSG:3006|EPSG:3011]\n"
		"       synpunktctl import places FILE [--source NAME]\n"
		"       synpunktctl import tyck-till FILE.csv [--map FILE] [--dry-run]",
		"load the city's rows from plain files", ctl_import },
	{ "due", "DATE N | --list FIRST-YEAR LAST-YEAR",
		"print the N-th working day after DATE, or which days are working days",
		ctl_due },
	{ "route",
		"[--category C] [--type T] [--lat Y --lon X] [--district D] [--unit U]\n"
		"       [--text T] [--channel H] [--mailbox ADDRESS] [--language L]\n"
		"       [--date DATE] [--explain]",
		"say which board would get a case, and why", ctl_route },
	{ "rules",
		"check FILE\n"
		"       synpunktctl rules rehearse FILE --since DATE [--until DATE] [--on "
		"DATE]\n"
		"\n"
		"rehearse compares FILE with the rules in force today, or on the day of --on,\n"
		"over the cases received in the period, as if they came on that day: its boards\n"
		"and categories count, with the season of each case's own day. Protected and\n"
		"disposed cases are left out.",
		"say what is wrong in routing rules, or what they would have done to past cases",
		ctl_rules },
	{ "statistics",
		"[--board B] --month YYYY-MM [--straight] [--check] [--freeze]\n"
		"       [--correct REASON] | --verify",
		"print a month in figures, of a board or of the city, or freeze it",
		ctl_statistics },
	{ "reorganise",
		"rehearse|plan|carry-out FILE.json\n"
		"       synpunktctl reorganise withdraw CODE",
		"say what a reorganisation would do, plan it, and carry the open cases over",
		ctl_reorganise },
	{ "render", "TEMPLATE DATA.json [--partials DIR]", "render a Mustache template",
		ctl_render },
	{ "parse-mail", "FILE.eml", "print what a mail says, as the server reads it",
		ctl_parse_mail },
	{ "oidc",
		"key FILE [--algorithm NAME] [--rotate]\n"
		"       synpunktctl oidc providers\n"
		"       synpunktctl oidc map list\n"
		"       synpunktctl oidc map add ISSUER GROUP ROLE@BOARD[/UNIT] "
		"[--from DATE] [--to DATE]\n"
		"       synpunktctl oidc map days ID [--from DATE] [--to DATE]\n"
		"       synpunktctl oidc map end ID\n"
		"       synpunktctl oidc link USERNAME ISSUER SUBJECT\n"
		"       synpunktctl oidc open USERNAME",
		"keys, providers, and what their groups stand for", ctl_oidc },
	{ "user",
		"add USERNAME --name NAME --roles ROLE@BOARD[/UNIT][,ROLE@BOARD…] "
		"[--email ADDRESS]\n"
		"       [--password-file FILE]\n"
		"       synpunktctl user email USERNAME [--email ADDRESS]\n"
		"       synpunktctl user reset USERNAME [--password-file FILE]\n"
		"       synpunktctl user disable USERNAME\n"
		"       synpunktctl user totp-reset USERNAME\n"
		"       synpunktctl user role add|remove USERNAME ROLE@BOARD[/UNIT] "
		"[--from DATE] [--to DATE]\n"
		"       synpunktctl user substitute USERNAME SUBSTITUTE|nobody "
		"[--from DATE] --to DATE",
		"make, close or renew an account of staff; prints a made-up password",
		ctl_user },
	{ "audit", "verify [--anchors DIR]",
		"find what was changed, removed or put in behind the events' back",
		ctl_audit },
	{ "disposal",
		"plan [--as-of DATE]\n"
		"       synpunktctl disposal run --by NAME [--rule R] [--yes]\n"
		"       synpunktctl disposal hold --case NUMBER | --board B --reason TEXT "
		"--by NAME [--until DATE]\n"
		"       synpunktctl disposal release --case NUMBER | --board B --by NAME\n"
		"       synpunktctl disposal holds",
		"dispose of what a decision says shall go, or keep it from going",
		ctl_disposal },
	{ "person", "export --email ADDRESS | --phone NUMBER [--board B]",
		"print everything that is held on one person", ctl_person },
	{ "mailbox", "list | test ADDRESS",
		"print the addresses that mail is taken for, or who gets the mail to one and why",
		ctl_mailbox },
	{ "qr",
		"[--unit U] [--category C] [--type T] --format svg|pdf [--size "
		"poster|label]\n"
		"       [--output FILE]",
		"make a QR code that leads to the form, as a picture, a poster or a label",
		ctl_qr },
	{ "poster", "< WORDS.json > POSTER.pdf",
		"draw a poster as the server asks for it", ctl_poster },
	{ "pdf", "pdf|docx|odt SECONDS BYTES < PAGE > FILE",
		"make a page into a tagged PDF or a document as the server asks for it",
		ctl_pdf },
	{ "classifier", "train | evaluate [FILE.jsonl]",
		"learn what texts are about, or say how often that is right",
		ctl_classifier },
	{ "suggest", "< TEXT", "say what a text is likely to be about", ctl_suggest },
	{ "config", "[--file FILE] | --routes | --access | --openapi",
		"print the settings and where each comes from, the addresses served, or who may do what",
		ctl_config },
	{ "demo-cases", "FILE --count N [--months M] [--seed S] [--staff FILE]",
		"put made-up cases into a database that has none", ctl_demo_cases },
	{ "demo-deeds", "FILE",
		"put made-up improvements, praise and answers beside them",
		ctl_demo_deeds },
};

static void usage_print(FILE *to)
{
	fputs("usage: synpunktctl [--json] COMMAND …\n\n", to);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(to, "  %-11s %s\n", commands[i].name, commands[i].what);
	fputs("\nsynpunktctl COMMAND --help says more. Exit: 0 done, 1 failed, 2 usage.\n",
		to);
}

static void command_print(const struct ctl_command *command, FILE *to)
{
	fprintf(to, "usage: synpunktctl %s %s\n", command->name, command->usage);
}

static void say(struct ctl *ctl, const char *fmt, va_list args)
{
	const char *text = arena_vprintf(ctl->arena, fmt, args);

	if (ctl->json)
		ctl_print_json(json_pack("{s:s}", "error", text));
	else
		fprintf(stderr, "synpunktctl: %s\n", text);
}

int ctl_fail(struct ctl *ctl, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(ctl, fmt, args);
	va_end(args);
	return CTL_FAILED;
}

int ctl_misuse(struct ctl *ctl, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(ctl, fmt, args);
	va_end(args);
	if (!ctl->json && ctl->command)
		command_print(ctl->command, stderr);
	return CTL_USAGE;
}

void ctl_print_json(json_t *value)
{
	json_dumpf(value, stdout, JSON_COMPACT);
	fputc('\n', stdout);
	json_decref(value);
}

static const struct ctl_option *option_find(
	const struct ctl_option *options, const char *name)
{
	for (; options && options->name; options++) {
		if (!strcmp(options->name, name))
			return options;
	}
	return NULL;
}

/* The value is the next argument; how many arguments the option took, 0 on a mistake.
 */
static int option_take(struct ctl *ctl, char **argv, const struct ctl_option *option)
{
	if (option->flag) {
		*option->flag = true;
		return 1;
	}
	if (!argv[1]) {
		ctl_misuse(ctl, "%s needs a value", argv[0]);
		return 0;
	}
	*option->value = argv[1];
	return 2;
}

int ctl_arguments(struct ctl *ctl, char **argv, const struct ctl_option *options,
	const char **words, size_t n)
{
	size_t have = 0;

	while (*argv) {
		const struct ctl_option *option = option_find(options, *argv);
		int taken = 1;

		if (option)
			taken = option_take(ctl, argv, option);
		else if (!strncmp(*argv, "--", 2))
			return ctl_misuse(ctl, "unknown option \"%s\"", *argv);
		else if (have == n)
			return ctl_misuse(ctl, "too many arguments: \"%s\"", *argv);
		else
			words[have++] = *argv;
		if (taken == 0)
			return CTL_USAGE;
		argv += taken;
	}
	return have < n ? ctl_misuse(ctl, "an argument is missing") : 0;
}

int ctl_int_parse(const char *text, long min, long max, long *ret, struct error *err)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (!strchr("-0123456789", text[0]) || end == text || *end != '\0' ||
		value < min || value > max)
		return error_set(err, ERR_INVALID,
			"\"%s\" is not a number from %ld to %ld", text, min, max);
	*ret = value;
	return 0;
}

char *ctl_file_read(
	struct ctl *ctl, const char *path, size_t *ret_size, struct error *err)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "rbe") : stdin;
	char *bytes = NULL, *kept;
	size_t room = 0, size = 0, got;

	if (!file) {
		error_set(err, ERR_NOT_FOUND, "cannot read \"%s\": %m", path);
		return NULL;
	}
	do {
		if (size + 1 >= room)
			bytes = mem_grow(bytes, room = room ? room * 2 : 64 * KIB);
		got = fread(bytes + size, 1, room - size - 1, file);
		size += got;
	} while (got > 0 && size <= CTL_FILE_MAX);
	if (ferror(file) || size > CTL_FILE_MAX)
		error_set(err, size > CTL_FILE_MAX ? ERR_TOO_LARGE : ERR_INTERNAL,
			"\"%s\" is no file to be read, or above %zu MiB", path,
			CTL_FILE_MAX / MIB);
	kept = ferror(file) || size > CTL_FILE_MAX
		       ? NULL
		       : arena_dup_n(ctl->arena, bytes, size);
	if (file != stdin)
		fclose(file);
	mem_free(bytes);
	*ret_size = size;
	return kept;
}

/* --json may stand anywhere; it is taken out so that no command needs to know it. */
static void arguments_sift(struct ctl *ctl, char **argv, bool *ret_help)
{
	char **to = argv;

	for (; *argv; argv++) {
		if (!strcmp(*argv, "--json"))
			ctl->json = true;
		else if (!strcmp(*argv, "--help") || !strcmp(*argv, "-h"))
			*ret_help = true;
		else
			*to++ = *argv;
	}
	*to = NULL;
}

static int run(struct ctl *ctl, char **argv)
{
	bool help = false;

	arguments_sift(ctl, argv, &help);
	for (size_t i = 0; argv[0] && i < ARRAY_LEN(commands); i++) {
		if (!strcmp(commands[i].name, argv[0]))
			ctl->command = &commands[i];
	}
	if (help && ctl->command) {
		printf("%s\n", ctl->command->what);
		command_print(ctl->command, stdout);
		return CTL_DONE;
	}
	if (ctl->command)
		return ctl->command->run(ctl, argv + 1);
	if (argv[0])
		return ctl_misuse(ctl, "unknown command \"%s\"", argv[0]);
	usage_print(help ? stdout : stderr);
	return help ? CTL_DONE : CTL_USAGE;
}

int main(int argc, char **argv)
{
	struct ctl ctl = { .arena = arena_new() };
	int rc = run(&ctl, argc > 0 ? argv + 1 : argv);

	if (ctl.db)
		PQfinish(ctl.db);
	arena_free(ctl.arena);
	/* A full disk must not look like success. */
	if (fflush(stdout) != 0 && rc == CTL_DONE)
		rc = CTL_FAILED;
	return rc;
}
