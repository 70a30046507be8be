#include "server/dcat.h"

#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "server/day.h"
#include "server/open_http.h"
#include "server/open_words.h"
#include "server/rdf.h"

#define EU "http://publications.europa.eu/resource/authority/"
#define SWEDISH EU "language/SWE"
#define PUBLIC_ACCESS EU "access-right/PUBLIC"

struct making {
	const struct dcat *dcat;
	struct arena *arena;
	struct rdf *rdf;
};

/* A thing in the catalogue, or a page, by what follows the public address. */
static const char *at(const struct making *making, const char *path)
{
	return arena_printf(making->arena, "%s%s", making->dcat->base, path);
}

static const char *thing(const struct making *making, const char *name)
{
	return arena_printf(
		making->arena, "%s" DCAT_PATH "#%s", making->dcat->base, name);
}

/* Swedish and English. */
static void said(const struct making *making, const char *predicate, const char *sv,
	const char *en)
{
	rdf_text(making->rdf, predicate, sv, "sv");
	rdf_text(making->rdf, predicate, en, "en");
}

static const char *day_text(const struct making *making, int64_t seconds)
{
	char text[DAY_TEXT];

	return arena_dup(making->arena, day_format(day_of_instant(seconds), text));
}

static void modified_add(const struct making *making)
{
	if (making->dcat->modified > 0)
		rdf_typed(making->rdf, "dcterms:modified",
			day_text(making, making->dcat->modified), RDF_XSD "date");
}

static void catalogue_add(const struct making *making)
{
	struct rdf *rdf = making->rdf;

	rdf_subject(rdf, thing(making, "katalog"));
	rdf_link(rdf, "rdf:type", RDF_DCAT "Catalog");
	said(making, "dcterms:title", "Synpunkter på stadens verksamhet",
		"Complaints and suggestions about the city's services");
	said(making, "dcterms:description",
		"Statistik över klagomål, förslag, beröm och frågor till stadens nämnder "
		"och bolag.",
		"Statistics of complaints, suggestions, praise and questions to the "
		"city's boards and companies.");
	rdf_link(rdf, "dcterms:publisher", thing(making, "utgivare"));
	rdf_link(rdf, "dcterms:license", OPEN_LICENCE);
	rdf_link(rdf, "dcterms:language", SWEDISH);
	rdf_link(rdf, "foaf:homepage", at(making, "/oppnadata/"));
	rdf_link(rdf, "dcat:themeTaxonomy", EU "data-theme");
	modified_add(making);
	rdf_link(rdf, "dcat:dataset", thing(making, "synpunkter"));
	rdf_link(rdf, "dcat:dataset", thing(making, "kodlistor"));
	rdf_link(rdf, "dcat:service", thing(making, "tjanst"));
}

static void agents_add(const struct making *making)
{
	struct rdf *rdf = making->rdf;
	const struct dcat *dcat = making->dcat;

	rdf_subject(rdf, thing(making, "utgivare"));
	rdf_link(rdf, "rdf:type", RDF_FOAF "Agent");
	rdf_text(rdf, "foaf:name", dcat->publisher, "sv");
	rdf_link(rdf, "dcterms:type",
		"http://purl.org/adms/publishertype/LocalAuthority");
	if (dcat->homepage)
		rdf_link(rdf, "foaf:homepage", dcat->homepage);
	rdf_subject(rdf, thing(making, "kontakt"));
	rdf_link(rdf, "rdf:type", RDF_VCARD "Organization");
	rdf_text(rdf, "vcard:fn", dcat->publisher, NULL);
	rdf_link(rdf, "vcard:hasEmail",
		arena_printf(making->arena, "mailto:%s", dcat->mail));
}

/* What both datasets say. */
static void dataset_add(const struct making *making, const char *name)
{
	struct rdf *rdf = making->rdf;

	rdf_subject(rdf, thing(making, name));
	rdf_link(rdf, "rdf:type", RDF_DCAT "Dataset");
	rdf_link(rdf, "dcterms:publisher", thing(making, "utgivare"));
	rdf_link(rdf, "dcat:contactPoint", thing(making, "kontakt"));
	rdf_link(rdf, "dcterms:accessRights", PUBLIC_ACCESS);
	rdf_link(rdf, "dcterms:language", SWEDISH);
	rdf_link(rdf, "dcat:landingPage", at(making, "/oppnadata/"));
	rdf_link(rdf, "dcat:theme", EU "data-theme/GOVE");
	rdf_link(rdf, "dcat:distribution",
		thing(making, arena_printf(making->arena, "%s-csv", name)));
	rdf_link(rdf, "dcat:distribution",
		thing(making, arena_printf(making->arena, "%s-json", name)));
}

static void temporal_add(const struct making *making)
{
	const struct dcat *dcat = making->dcat;

	if (dcat->n_months == 0)
		return;
	rdf_link(making->rdf, "dcterms:temporal", thing(making, "tid"));
	rdf_subject(making->rdf, thing(making, "tid"));
	rdf_link(making->rdf, "rdf:type", RDF_DCTERMS "PeriodOfTime");
	rdf_typed(making->rdf, "dcat:startDate",
		arena_printf(making->arena, "%s-01", dcat->months[0]), RDF_XSD "date");
}

static void datasets_add(const struct making *making)
{
	struct rdf *rdf = making->rdf;

	dataset_add(making, "kodlistor");
	said(making, "dcterms:title", "Kodlistor till synpunkter månad för månad",
		"Code lists of complaints and suggestions by month");
	said(making, "dcterms:description",
		"Nämnder och bolag, ämnen, stadsdelsområden, typer, kanaler, indelningar "
		"och mått, med den tid de gäller.",
		"Boards and companies, subjects, districts, types, channels, dimensions "
		"and measures, with the time for which each is valid.");
	dataset_add(making, "synpunkter");
	said(making, "dcterms:title", "Synpunkter månad för månad",
		"Complaints and suggestions by month");
	said(making, "dcterms:description",
		"Hur många synpunkter som kom till varje nämnd och bolag, om vad, och hur "
		"snabbt de besvarades. Bara månader som är fastställda. Tal från 1 till 4 "
		"är borttagna, liksom tal som skulle avslöja dem.",
		"How many complaints and suggestions each board and company got, about "
		"what, and how fast they were answered. Only months that are final. "
		"Numbers from 1 to 4 are withheld, and so are those that would reveal "
		"them.");
	said(making, "dcat:keyword", "synpunkter", "complaints");
	said(making, "dcat:keyword", "klagomål", "suggestions");
	rdf_link(rdf, "dcterms:accrualPeriodicity", EU "frequency/MONTHLY");
	rdf_text(rdf, "dcat:version", OPEN_VERSION, NULL);
	rdf_link(rdf, "dcat:distribution", thing(making, "synpunkter-api"));
	modified_add(making);
	temporal_add(making);
}

static void distribution_add(
	const struct making *making, const char *dataset, const char *ending)
{
	bool csv = !strcmp(ending, "csv");

	rdf_subject(making->rdf,
		thing(making, arena_printf(making->arena, "%s-%s", dataset, ending)));
	rdf_link(making->rdf, "rdf:type", RDF_DCAT "Distribution");
	said(making, "dcterms:title", csv ? "CSV-filer" : "JSON-filer",
		csv ? "CSV files" : "JSON files");
	rdf_link(making->rdf, "dcat:accessURL", at(making, "/oppnadata/"));
	rdf_link(making->rdf, "dcterms:license", OPEN_LICENCE);
	rdf_text(making->rdf, "dcterms:format", csv ? "text/csv" : "application/json",
		NULL);
}

static void file_add(const struct making *making, const char *folder, const char *name,
	const char *ending)
{
	rdf_link(making->rdf, "dcat:downloadURL",
		arena_printf(making->arena, "%s/oppnadata/v1/%s%s.%s",
			making->dcat->base, folder, name, ending));
}

static void distributions_add(const struct making *making, const char *ending)
{
	const struct dcat *dcat = making->dcat;

	distribution_add(making, "synpunkter", ending);
	for (size_t i = 0; i < dcat->n_months; i++)
		file_add(making, "manad/", dcat->months[i], ending);
	file_add(making, "", "rattelser", ending);
	distribution_add(making, "kodlistor", ending);
	for (size_t i = 0; open_list(i, NULL); i++)
		file_add(making, "kodlistor/", open_list(i, NULL), ending);
}

static void service_add(const struct making *making)
{
	struct rdf *rdf = making->rdf;

	rdf_subject(rdf, thing(making, "synpunkter-api"));
	rdf_link(rdf, "rdf:type", RDF_DCAT "Distribution");
	said(making, "dcterms:title", "Kvalitetsmått som API",
		"Quality indicators as an API");
	rdf_link(rdf, "dcat:accessURL", at(making, "/api/v1/quality-indicators"));
	rdf_link(rdf, "dcat:accessService", thing(making, "tjanst"));
	rdf_link(rdf, "dcterms:license", OPEN_LICENCE);
	rdf_text(rdf, "dcterms:format", "application/json", NULL);
	rdf_subject(rdf, thing(making, "tjanst"));
	rdf_link(rdf, "rdf:type", RDF_DCAT "DataService");
	said(making, "dcterms:title", "Kvalitetsmått per nämnd och månad",
		"Quality indicators by board and month");
	rdf_link(rdf, "dcat:endpointURL", at(making, "/api/v1/quality-indicators"));
	rdf_link(rdf, "dcat:endpointDescription", at(making, "/api/v1/openapi.json"));
	rdf_link(rdf, "dcat:servesDataset", thing(making, "synpunkter"));
	rdf_link(rdf, "dcterms:publisher", thing(making, "utgivare"));
	rdf_link(rdf, "dcat:contactPoint", thing(making, "kontakt"));
	rdf_link(rdf, "dcterms:accessRights", PUBLIC_ACCESS);
	rdf_link(rdf, "dcterms:license", OPEN_LICENCE);
}

struct rdf *dcat_make(struct arena *arena, const struct dcat *dcat)
{
	struct making making = { .dcat = dcat, .arena = arena, .rdf = rdf_new(arena) };

	catalogue_add(&making);
	agents_add(&making);
	datasets_add(&making);
	distributions_add(&making, "csv");
	distributions_add(&making, "json");
	service_add(&making);
	return making.rdf;
}
