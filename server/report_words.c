#include "server/report_words.h"

#include <string.h>

#include "lib/base.h"

static const struct {
	const char *key, *text;
} words[] = {
	{ "activities.none", "Nämnden arbetade inte med någon förbättringsåtgärd under "
			     "{span}." },
	{ "activities.now",
		"Status är den som gäller nu. Slutdatum är dagen då "
		"aktiviteten blev klar, och annars den planerade. Listan har "
		"högst 200 aktiviteter." },
	{ "activities.number",
		"Förbättringsåtgärder som nämnden arbetade med under {span}: "
		"{n}. Av dem är {done} genomförda, {ongoing} pågår och "
		"{planned} är planerade." },
	{ "changed.done", "Förbättringsåtgärder som blev klara under {span}: {n}." },
	{ "changed.none", "Ingen förbättringsåtgärd blev klar under {span}." },
	{ "children.few", "Barn lämnade några få ärenden under {span}." },
	{ "children.none", "Barn lämnade inga ärenden under {span}." },
	{ "children.note", "Räknat efter ärenden som kom genom barnens egen ingång "
			   "eller markerades som ett barns." },
	{ "children.number", "Barn lämnade {n} ärenden under {span}." },
	{ "column.activity", "Aktivitet" },
	{ "column.answered", "Besvarade i tid" },
	{ "column.end", "Slutdatum" },
	{ "column.goal", "Mål" },
	{ "column.indicator", "Indikator" },
	{ "column.months", "Månader med försenade" },
	{ "column.partly", "Gräns för delvis" },
	{ "column.responsible", "Ansvarig" },
	{ "column.start", "Startdatum" },
	{ "column.status", "Status" },
	{ "column.target", "Årsmål" },
	{ "column.verdict", "Måluppfyllelse" },
	{ "column.weeks", "Veckor med ökning" },
	{ "complete", "Alla månader i perioden är låsta." },
	{ "corrected", "Någon månad har rättats efter att den låstes, och siffrorna "
		       "här är de rättade." },
	{ "days", "{n} arbetsdagar" },
	{ "indicators.improved",
		"Andelen är de klagomål som avslutades i perioden och är "
		"kopplade till en förbättringsåtgärd som har börjat, av alla "
		"klagomål som avslutades." },
	{ "indicators.one", "{name}: {outcome} (årsmål {target}, {verdict})." },
	{ "indicators.rule",
		"Ett mål är uppfyllt när utfallet når årsmålet, delvis "
		"uppfyllt när det inte gör det men når gränsen för delvis, "
		"och annars ej uppfyllt. Att nå är att vara lika med eller "
		"högre, för handläggningstiden lika med eller lägre. Det "
		"avgörs av det exakta utfallet, inte av det avrundade. Där "
		"mål saknas visas utfallet ändå." },
	{ "indicators.satisfaction",
		"Nöjdhetsindex är medelvärdet av båda frågorna, av de "
		"månader som har minst 10 svar. Andra månaders svar får inte "
		"redovisas och räknas inte in." },
	{ "indicators.untargeted", "{name}: {outcome} (mål saknas)." },
	{ "kind.annual", "Verksamhetsberättelse {year}" },
	{ "kind.tertial-1", "Tertialrapport 1 {year}" },
	{ "kind.tertial-2", "Tertialrapport 2 {year}" },
	{ "late.delayed", "Besked om försening" },
	{ "late.due", "Svar som skulle lämnas" },
	{ "late.late", "Därav inte i tid" },
	{ "late.misdirected", "Kom först till fel nämnd" },
	{ "late.note", "Siffrorna säger vad som hände, inte varför. Skriv orsakerna "
		       "i texten." },
	{ "late.nothing", "Inget svar skulle ha lämnats under {span}." },
	{ "late.number",
		"Under {span} skulle {of} svar ha lämnats. {in} lämnades i "
		"tid ({share}), och {late} kom senare eller har inte kommit." },
	{ "late.overdue", "Försenade vid periodens slut" },
	{ "late.passed_on", "Överlämnade till en annan nämnd" },
	{ "late.registered_late", "Registrerade sent" },
	{ "late.reopened", "Återöppnade" },
	{ "late.why", "Vid periodens slut var {overdue} ärenden försenade. Besked "
		      "om försening lämnades {delayed} gånger, och {passed} "
		      "ärenden lämnades över till en annan nämnd." },
	{ "measure.acknowledged", "Bekräftade i tid" },
	{ "measure.answered", "Besvarade i tid" },
	{ "measure.handling", "Handläggningstid, median" },
	{ "measure.improved", "Klagomål som har lett till en förbättringsåtgärd" },
	{ "measure.satisfaction", "Nöjdhetsindex" },
	{ "no-before", "Siffror för samma period året före saknas." },
	{ "not-begun", "Ingen av periodens månader är slut än, och därför finns det "
		       "inga siffror." },
	{ "open-months", "Någon månad är inte låst än, och siffrorna kan ändras." },
	{ "operation.few", "Ingen driftform hade under {span} så många ärenden att "
			   "antalet kan visas." },
	{ "operation.list", "Ärendena under {span} efter driftform: {list}." },
	{ "operation.none",
		"Ärendena har ingen enhet med känd driftform, och därför kan "
		"upphandlad och egen verksamhet inte jämföras." },
	{ "operation.note", "Driftformen är den som enheten hade när ärendet kom in." },
	{ "over", "Perioden är slut." },
	{ "points", "{n} av 100" },
	{ "page.activities", "Aktiviteter" },
	{ "page.analysis", "Analys" },
	{ "page.back", "Till rapporten" },
	{ "page.compare", "Jämför nämnder och bolag" },
	{ "page.contents", "Innehåll" },
	{ "page.copied", "Kopierat." },
	{ "page.copy", "Kopiera" },
	{ "page.docx", "Word (DOCX)" },
	{ "page.files", "Rapporten som fil" },
	{ "page.ils", "Text till ILS-webb" },
	{ "page.ils-lead",
		"Kopiera del för del till ILS-webb. I indikatorer och aktiviteter är kolumnerna skilda av tabbar." },
	{ "page.indicators", "Indikatorer" },
	{ "page.lead",
		"Tertialrapporter och verksamhetsberättelser om synpunkter och klagomål, med siffror från månadernas rapporter." },
	{ "page.list", "Rapporter, {board}" },
	{ "page.months", "Månadernas siffror" },
	{ "page.none", "Det finns inga rapporter att visa." },
	{ "page.odt", "OpenDocument (ODT)" },
	{ "page.old",
		"Det här är en tidigare version av texten. Siffrorna i tabellerna är de som gäller nu." },
	{ "page.outdated", "Siffrorna har ändrats sedan texten skrevs." },
	{ "page.pdf", "PDF" },
	{ "page.reports", "Rapporter" },
	{ "page.saved", "Version {n}, sparad {at} av {by}." },
	{ "page.types", "Nämnder och bolag efter typ" },
	{ "page.types-csv", "CSV, för kalkylprogram" },
	{ "page.types-files", "Tabellen som fil" },
	{ "page.types-lead",
		"Siffrorna är de som står i nämndernas egna rapporter, bredvid samma period året före." },
	{ "page.types-periods", "Andra perioder" },
	{ "page.unsaved", "Ingen text är sparad än." },
	{ "risks.list", "Ämnen att pröva i väsentlighets- och riskanalysen efter "
			"{span}: {list}." },
	{ "risks.none", "Inget ämne ökade mer än slumpen förklarar under {span}, och "
			"inget ämne hade försenade ärenden månad efter månad." },
	{ "risks.note", "Ett ämne är med om det i någon vecka ökade mer än slumpen "
			"förklarar, eller om minst fem ärenden var försenade vid "
			"slutet av minst tre av periodens månader." },
	{ "small", "Antal från 1 till 4 visas som <5. Där ·· står skulle talet "
		   "avslöja ett sådant antal, i den här rapporten eller "
		   "tillsammans med månadernas rapporter." },
	{ "state.done", "Genomförd" },
	{ "state.dropped", "Genomförs inte" },
	{ "state.ongoing", "Pågår" },
	{ "state.planned", "Planerad" },
	{ "table.about-age", "Ålder, av dem som har svarat" },
	{ "table.about-sex", "Kön, av dem som har svarat" },
	{ "table.activities", "Aktiviteter" },
	{ "table.boards-types", "Inkomna ärenden, varje nämnd och bolag efter typ" },
	{ "table.children", "Ärenden från barn" },
	{ "table.indicators", "Indikatorer med årsmål och utfall" },
	{ "table.late", "Svar som dröjde" },
	{ "table.operation", "Ärenden efter driftform" },
	{ "table.risks", "Ämnen med ökning eller upprepade förseningar" },
	{ "table.top", "De vanligaste ämnena" },
	{ "table.types", "Nämndens ärenden efter typ" },
	{ "through", "Perioden är inte slut: siffrorna gäller till och med "
		     "{month}." },
	{ "title.activities", "Aktiviteter" },
	{ "title.changed", "Vad vi har ändrat" },
	{ "title.children", "Barn" },
	{ "title.indicators", "Indikatorer" },
	{ "title.late", "Det som inte besvarades i tid" },
	{ "title.operation", "Upphandlad och egen verksamhet" },
	{ "title.risks", "Underlag till väsentlighets- och riskanalysen" },
	{ "title.told", "Vad invånarna har sagt" },
	{ "title.types", "Typer av ärenden" },
	{ "title.who", "Könsuppdelad redovisning" },
	{ "told.before", "Samma period året före var det {n} ({change})." },
	{ "told.causes", "Vanligast var {list}." },
	{ "told.few", "Inget enskilt ämne hade så många ärenden att antalet kan "
		      "visas." },
	{ "told.number", "Under {span} tog {board} emot {n} ärenden med synpunkter, "
			 "klagomål, frågor och beröm." },
	{ "types.boards", "Nämnd för nämnd" },
	{ "types.few", "Ingen typ av ärende hade under {span} så många ärenden att "
		       "antalet kan visas." },
	{ "types.list", "Ärendena under {span} fördelade sig så: {list}." },
	{ "types.once",
		"Ett ärende som har flyttats räknas som inkommet hos var och en som har haft det, men bara en gång i raden för hela staden. Nämnder och bolag är de som hade ärenden då." },
	{ "types.title", "Nämnder och bolag efter typ, {name}" },
	{ "verdict.fulfilled", "uppfyllt" },
	{ "verdict.no-outcome", "utfall saknas eller kan inte visas" },
	{ "verdict.no-target", "mål saknas" },
	{ "verdict.not", "ej uppfyllt" },
	{ "verdict.partly", "delvis uppfyllt" },
	{ "who.missing", "Uppgift saknas eller kan inte visas" },
	{ "who.none", "Könsuppdelad redovisning saknas: kön är inte insamlat för "
		      "perioden, eller så har ingen månad så många svar att de kan "
		      "visas." },
	{ "who.note", "Kön och ålder frågas den som har skrivit i webbformuläret, "
		      "frivilligt. Talen är från de månader där varje grupp har "
		      "minst fem svar; övriga månaders svar räknas som saknade." },
	{ "who.told", "Kön är känt för {n} av {of} ärenden: {list}. Uppgiften är "
		      "frivillig, och för de övriga saknas den." },
};

const char *report_word(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!strcmp(words[i].key, key))
			return words[i].text;
	}
	return NULL;
}

json_t *report_words_page(void)
{
	static const char page[] = "page.";
	json_t *all = json_object();

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!strncmp(words[i].key, page, strlen(page)))
			json_object_set_new(all, words[i].key + strlen(page),
				json_string(words[i].text));
	}
	return all;
}
