#include "tests/unit/test.h"

#include "server/agent_word.h"

static void test_agent_word__keeps_browser_and_system(void **state)
{
	static const struct {
		const char *agent, *word;
	} cases[] = {
		{ "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
			"Firefox, Linux" },
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, "
		  "like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
			"Edge, Windows" },
		{ "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
		  "(KHTML, like Gecko) Version/17.6 Safari/605.1.15",
			"Safari, macOS" },
		{ "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like "
		  "Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
			"Samsung Internet, Android" },
		{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) "
		  "AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile Safari/604.1",
			"Chrome, iPhone" },
		{ "curl/7.88.1", "curl" },
		{ "Something (Linux)", "Linux" },
		{ "<script>anna@example.se</script>", "" },
		{ "", "" },
		{ NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char word[AGENT_WORD_SIZE];

		agent_word(cases[i].agent, word);
		assert_string_equal(word, cases[i].word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agent_word__keeps_browser_and_system),
	};

	return cmocka_run_group_tests_name("agent_word", tests, NULL, NULL);
}
