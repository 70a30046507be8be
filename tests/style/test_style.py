#!/usr/bin/env python3
"""Small good and bad snippets for every rule of the checker."""

import os
import sys
import unittest

import c_rules
import c_source
import repo_rules
import sql_rules
import style


def c_findings(text, path="server/x.c"):
    return sorted({rule for _, rule, _ in c_rules.check(c_source.read(path, text))})


def in_body(*lines):
    return "void f(int n)\n{\n" + "\n".join("\t" + line for line in lines) + "\n}\n"


GOOD_C = """#include <stdio.h>

#include "lib/base.h"

/* system() in a comment, and "malloc(" too */
static const char *const names[] = { "strcpy(x)", "a // b" };

struct thing {
	int n;
};

typedef void thing_fn(struct thing *t);

static int walk(struct thing *t, int (*step)(int a, int b), const char *format, ...);

static int walk(struct thing *t, int (*step)(int a, int b), const char *format, ...)
{
	struct tm tm;

	localtime_r(NULL, &tm);
	for (int i = 0; i < t->n; i++) {
		if (t->free(i) == 1 && step(i, t->n ? 1 : 0) >= 0)
			goto out;
	}
	use((struct thing){ .n = 1 }, t->n ? 1 : 2, t->n ? 3 : 4);
out:
	return 0;
}
"""


class GoodC(unittest.TestCase):
    def test_nothing_is_found(self):
        self.assertEqual(c_findings(GOOD_C), [])

    def test_functions_are_seen(self):
        source = c_source.read("server/x.c", GOOD_C)
        self.assertEqual([f.name for f in source.functions], ["walk"])
        self.assertEqual(source.functions[0].parameters(), 3)
        self.assertEqual([n for _, n in source.includes], ["<stdio.h", '"lib/base.h'])

    def test_neighbouring_strings_are_one(self):
        source = c_source.read("x.c", 'a = "SELECT "\n\t"1"; b = "2";')
        self.assertEqual(source.strings, [(1, "SELECT 1"), (2, "2")])

    def test_initialisers_are_not_nesting(self):
        text = in_body("const struct a x[] = {", "\t{ 1,", "\t\t.b = {", "\t\t\t{ 2 },",
            "\t\t\t{ 3 },", "\t\t}, },", "};")
        self.assertEqual(c_findings(text), [])

    def test_in_lib_memory_is_its_own(self):
        self.assertEqual(c_findings(in_body("free(p);"), "lib/x.c"), [])


BAD_C = [
    ("line-comment", "int f(void); // gone tomorrow\n"),
    ("forbidden-function", in_body("strcpy(a, b);")),
    ("forbidden-function", in_body("n = atoi(text);")),
    ("forbidden-function", "#define NOW(t) localtime(t)\n"),
    ("allocation", in_body("p = malloc(n);")),
    ("built-sql", in_body("p = PQescapeLiteral(c, s, n);")),
    ("blocking-query", in_body("res = PQexecParams(c, s);")),
    ("goto", in_body("again:", "goto again;")),
    ("goto", in_body("goto a;", "goto b;", "a:", "b:", "return;")),
    ("assignment-in-condition", in_body("if ((n = read_it()) < 0)", "\treturn;")),
    ("assignment-in-condition", in_body("while (x && (p = next(p)))", "\tuse(p);")),
    ("nested-ternary", in_body("n = a ? 1 : b ? 2 : 3;")),
    ("nested-ternary", in_body("n = a ? (b ? 1 : 2) : 3;")),
    ("hidden-return", "#define TRY(x) \\\n\tif (x) \\\n\t\treturn -1\n"),
    ("typedef", "typedef struct a {\n\tint n;\n} a_t;\n"),
    ("global", "static int counter;\n"),
    ("global", "static struct {\n\tint n;\n} state = { 1 };\n"),
    ("global", "struct pool *pool = NULL;\n"),
    ("parameters", "void f(int a, int b, int c, int d, int e, int g)\n{\n}\n"),
    ("function-size", in_body(*["call();"] * 80)),
    ("file-size", "int f(void);\n" * 601),
    ("nesting", in_body("if (a)", "\tif (b)", "\t\tif (c)", "\t\t\td();")),
    ("include-order", '#include "lib/a.h"\n#include "lib/b.h"\n#include <stdio.h>\n'),
    ("include-direction", '#include "tests/unit/test.h"\n'),
    ("include-direction", '#include "base.h"\n'),
    ("private-header", '#include "lib/http_private.h"\n'),
]

BAD_LIB = [
    ("include-direction", '#include "server/city.h"\n'),
    ("domain-word", "int complaint_count(void);\n"),
    ("global", "static unsigned char seed[32];\n"),
]

BAD_HEADERS = [
    ("header-guard", "#ifndef X_H\n#define X_H\n#endif\n"),
    ("header-guard", "int f(void);\n"),
]


class BadC(unittest.TestCase):
    def expect(self, cases, path):
        for rule, text in cases:
            with self.subTest(rule=rule, text=text[:60]):
                self.assertIn(rule, c_findings(text, path))

    def test_in_the_server(self):
        self.expect(BAD_C, "server/x.c")

    def test_in_lib(self):
        self.expect(BAD_LIB, "lib/x.c")

    def test_headers(self):
        self.expect(BAD_HEADERS, "lib/x.h")

    def test_own_header_first(self):
        source = c_source.read("lib/log.c", '#include <stdio.h>\n\n#include "lib/log.h"\n')
        self.assertIn("own-header", {rule for _, rule, _ in c_rules.includes(source)})

    def test_names_of_tests(self):
        text = in_body("cmocka_unit_test(test_it_works),")
        self.assertIn("test-name", c_findings(text, "tests/unit/test_x.c"))

    def test_main_files_may_hold_state(self):
        self.assertEqual(c_findings("static int stop;\n", "server/synpunktd.c"), [])

    def test_the_tool_may_wait_for_the_database(self):
        self.assertEqual(c_findings(in_body("PQexec(c, s);"), "server/ctl_x.c"), [])


GOOD_SQL = [
    "SELECT c.id FROM synpunkt.case c JOIN synpunkt.leg l ON l.case_id = c.id",
    "WITH a AS (SELECT 1), b (x) AS MATERIALIZED (SELECT 2) SELECT * FROM a JOIN b ON true",
    "SELECT * FROM unnest($1::bigint[]) WITH ORDINALITY",
    "INSERT INTO synpunkt.x (a) VALUES ($1::text) ON CONFLICT (a) DO UPDATE SET a = 1",
    "SELECT 1 FROM synpunkt.job FOR UPDATE SKIP LOCKED",
    "SELECT a IS DISTINCT FROM b, extract(year FROM at), EXTRACT(day FROM at) FROM s.t",
]
BAD_SQL = [
    ("unqualified-name", "SELECT id FROM cases"),
    ("unqualified-name", "INSERT INTO outbox (a) VALUES (1)"),
    ("unqualified-name", "UPDATE board SET name = 'from x'"),
    ("unqualified-name", "DELETE FROM ONLY board"),
    ("uncast-placeholder", "SELECT a FROM s.t WHERE a = $1"),
]
GOOD_MIGRATION = """
CREATE TABLE synpunkt.a (b bigint REFERENCES synpunkt.c (id)); -- FROM nowhere
CREATE INDEX a_b ON synpunkt.a (b);
CREATE TRIGGER t BEFORE INSERT OR UPDATE ON synpunkt.a FOR EACH ROW EXECUTE FUNCTION s.f();
GRANT SELECT, INSERT, UPDATE ON synpunkt.a TO synpunkt_job;
REVOKE ALL ON FUNCTION s.f() FROM PUBLIC;
CREATE FUNCTION s.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
BEGIN ATOMIC SELECT count(*) FROM synpunkt.a; END;
"""
BAD_MIGRATION = [
    ("unqualified-name", "CREATE TABLE a (b int);"),
    ("unqualified-name", "CREATE UNIQUE INDEX a_b ON a (b);"),
    ("unqualified-name", "CREATE TABLE s.a (b bigint REFERENCES c);"),
    ("unqualified-name", "CREATE OR REPLACE FUNCTION f() RETURNS int AS 'x';"),
    ("definer-path", "CREATE FUNCTION s.f() RETURNS int SECURITY DEFINER AS 'x';"),
]


class Sql(unittest.TestCase):
    def test_good_statements(self):
        for text in GOOD_SQL:
            with self.subTest(text=text):
                self.assertEqual(list(sql_rules.check_strings([(1, text)])), [])

    def test_bad_statements(self):
        for rule, text in BAD_SQL:
            with self.subTest(text=text):
                found = [r for _, r, _ in sql_rules.check_strings([(1, text)])]
                self.assertIn(rule, found)

    def test_good_migration(self):
        self.assertEqual(list(sql_rules.check_migration(GOOD_MIGRATION)), [])

    def test_bad_migrations(self):
        for rule, text in BAD_MIGRATION:
            with self.subTest(text=text):
                found = [r for _, r, _ in sql_rules.check_migration(text)]
                self.assertIn(rule, found)

    def test_other_strings_are_left_alone(self):
        self.assertEqual(list(sql_rules.check_strings([(1, "SELECT, from me")])), [])


SV = 'msgid ""\nmsgstr "Language: sv\\n"\n\nmsgid "a"\nmsgstr "Hej {name}"\n\nmsgid "b"\nmsgstr "B"\n'


class Repository(unittest.TestCase):
    def rules(self, found):
        return sorted({f[-2] for f in found})

    def test_text(self):
        for rule, path, text in [
            ("work-mark", "x.md", "TO" + "DO: later\n"),
            ("line-end", "x.c", "a\r\n"),
            ("trailing-space", "x.c", "a \n"),
            ("last-line", "x.c", "a"),
            ("file-size", "x.mjs", "a\n" * 601),
        ]:
            with self.subTest(rule=rule):
                self.assertIn(rule, self.rules(repo_rules.check_text(path, text)))
        self.assertEqual(self.rules(repo_rules.check_text("x.md", "a\n")), [])

    def test_templates(self):
        bad = '<script>x</script><p style="a"><a onclick="b">'
        self.assertEqual(
            self.rules(repo_rules.check_template(bad)), ["inline-script", "inline-style"]
        )
        good = '<script src="/a.js"></script><p class="style">on=off</p>'
        self.assertEqual(self.rules(repo_rules.check_template(good)), [])

    def test_catalogues(self):
        good = SV.replace("Hej", "Hello")
        files = {"t/sv.po": SV, "t/en.po": good}
        self.assertEqual(list(repo_rules.check_catalogues(files)), [])
        for text in (
            good.replace('"b"', '"c"'),
            good.replace("{name}", "{nam}"),
            good.replace('"B"', '""'),
        ):
            files["t/en.po"] = text
            self.assertTrue(list(repo_rules.check_catalogues(files)), text)
        files = {"t/sv.po": SV, "t/fi.po": 'msgid "a"\nmsgstr ""\n'}
        self.assertEqual(list(repo_rules.check_catalogues(files)), [])

    def test_readme_of_folders(self):
        paths = ["lib/a.c", "tests/unit/a.c", "tests/README.md"]
        found = [f[0] for f in repo_rules.folders_without_readme(paths)]
        self.assertEqual(found, ["lib/README.md", "tests/unit/README.md"])

    def test_modules_in_the_readme(self):
        texts = {"lib/README.md": "`log` lines, `http_*` the wire, `db*`"}
        paths = ["lib/log.c", "lib/http_uri.c", "lib/db.h", "lib/db_rows.c", "lib/tls.h"]
        found = [f[0] for f in repo_rules.unnamed_modules(paths, texts)]
        self.assertEqual(found, ["lib/tls.h"])

    def test_migration_rows(self):
        paths = ["migrations/0001_a.sql", "migrations/0002_b.sql", "migrations/meson.build"]
        one, two = "| `0001_a.sql` | a |\n", "| `0002_b.sql` | b |\n"
        self.assertEqual(list(repo_rules.migration_rows(paths, one + two)), [])
        for bad in (one, one + one + two, two + one, one + two + two.replace("2", "3")):
            self.assertTrue(list(repo_rules.migration_rows(paths, bad)), bad)

    def test_settings(self):
        table = {"server/options.c": '{ "SYNPUNKT_HTTP", 1 },\n{ ROW("OPS", TEXT, ops) },'}
        found = list(repo_rules.undocumented_settings(table, "`SYNPUNKT_HTTP`"))
        self.assertEqual([f[3] for f in found], ["not in README.md: SYNPUNKT_OPS"])

    def test_security(self):
        texts = {"lib/db.c": "", "tests/api/a.test.mjs": "test('it\\'s so', () => {});"}
        good = "| a | in `lib/db.c` | `tests/api/a.test.mjs`: *it's so* |"
        self.assertEqual(self.rules(repo_rules.check_security(good, texts)), [])
        # Its text is looked at by nobody, but it is there.
        data = "| a | `server/demo/categories.tsv` | `tests/api/a.test.mjs`: *it's so* |"
        self.assertEqual(self.rules(repo_rules.check_security(data, texts)), [])
        for bad in (
            good.replace("db.c", "gone.c"),
            good.replace("db.c", "gone.tsv"),
            good.replace("it's so", "it's"),
            good.replace("it's so", "it's so*, *it's other"),
            good.replace("a.test", "b.test"),
            "| a | in `lib/db.c` | |",
        ):
            found = self.rules(repo_rules.check_security(bad, texts))
            self.assertIn("security", found, bad)

    def test_requirements(self):
        table = "## OWASP ASVS\n| 1.2.3 | a thing | {} | nobody shows it |"
        good = repo_rules.check_security(table.format("not met"), {})
        self.assertEqual(self.rules(good), [])
        bad = repo_rules.check_security(table.format("soon"), {})
        self.assertIn("security", self.rules(bad))
        missing = [found[2] for found in repo_rules.check_requirements(table)]
        self.assertIn("1.1.1 of ASVS has no row, or several", missing)

    def test_exceptions(self):
        lines = ["int a; /* style: global, why */", "int b;", "int c;"]
        self.assertTrue(style.is_excepted(lines, 1))
        self.assertTrue(style.is_excepted(lines, 2))
        self.assertFalse(style.is_excepted(lines, 3))


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    unittest.main(verbosity=0)
