#include "server/open_words.h"

#include <stddef.h>

const struct open_word open_measures[] = {
	{ "received", "Synpunkter som kom in",
		"Ärenden som kom till nämnden eller bolaget under månaden, även de som "
		"kom dit från en annan. Ett ärende som flyttas räknas hos var och en "
		"som haft det.",
		"count" },
	{ "closed", "Avslutade ärenden",
		"Ärenden som avslutades under månaden och inte öppnades igen före dess "
		"slut.",
		"count" },
	{ "acknowledged-in-time", "Bekräftade inom utlovad tid",
		"Andel av de ärenden vars bekräftelse skulle ges under månaden. Den som "
		"inte ville ha svar räknas inte. n är hur många de var.",
		"percent" },
	{ "answered-in-time", "Besvarade inom utlovad tid",
		"Andel av de ärenden som skulle besvaras under månaden. Ett ärende utan "
		"svar är för sent. Den som inte ville ha svar räknas inte. n är hur "
		"många de var.",
		"percent" },
	{ "answer-days-median", "Arbetsdagar till första svaret, median",
		"Av de ärenden som fick sitt första svar under månaden. n är hur många "
		"de var.",
		"days" },
	{ "handling-days-median", "Arbetsdagar tills ärendet var klart, median",
		"Av de ärenden som avslutades under månaden, från den dag de kom in. n "
		"är hur många de var.",
		"days" },
	{ "handling-days-p90", "Arbetsdagar tills nio av tio ärenden var klara",
		"90:e percentilen av samma arbetsdagar, närmaste rang.", "days" },
	{ 0 },
};

const struct open_word open_dimensions[] = {
	{ "whole", "Hela nämnden", "Alla ärenden hos nämnden eller bolaget. Utan kod.",
		NULL },
	{ "category", "Ämne",
		"Ämnen som kan vara känsliga finns bara i "
		"summan för hela nämnden.",
		NULL },
	{ "type", "Typ", "Klagomål, förslag, beröm och så vidare.", NULL },
	{ "channel", "Kanal", "Hur synpunkten kom in.", NULL },
	{ "district", "Stadsdelsområde",
		"Var det synpunkten gäller ligger. Finns bara för nämnder utan känsliga "
		"ämnen.",
		NULL },
	{ 0 },
};
