#include "server/image_worker.h"

#include "lib/base.h"
#include "lib/confined_worker.h"
#include "lib/file_type.h"
#include "server/image_decode.h"
#include "server/image_wire.h"

#define IMAGE_MEMORY (512 * MIB)
#define IMAGE_PIXELS_MAX 100000000

static bool image_worker_accepts(const uint32_t facts[CONFINED_FACTS])
{
	return file_type_is_picture((enum file_type)facts[IMAGE_FACT_TYPE]) &&
	       facts[IMAGE_FACT_AREAS] <= IMAGE_AREAS_MAX;
}

static enum confined_outcome image_worker_decode(
	const struct confined_job *job, uint32_t ret[CONFINED_FACTS], void *arg)
{
	const struct image_worker_config *config = arg;
	struct image_decode order = { .picture = job->file,
		.made = job->made[0],
		.thumbnail = job->made[1],
		.type = (enum file_type)job->facts[IMAGE_FACT_TYPE],
		.n_areas = job->facts[IMAGE_FACT_AREAS],
		.memory = config->memory ? config->memory : IMAGE_MEMORY,
		.pixels_max =
			config->pixels_max ? config->pixels_max : IMAGE_PIXELS_MAX,
		.cpu_seconds = job->cpu_seconds };

	return (enum confined_outcome)image_decode_run(&order, ret);
}

int image_worker_run(const struct image_worker_config *config)
{
	struct image_worker_config own = *config;
	struct confined_worker_config worker = { .sockets = own.sockets,
		.n_sockets = own.n_sockets,
		.spool_dir = own.spool_dir,
		.at_once = own.at_once,
		.limit_ms = own.limit_ms,
		.accepts = image_worker_accepts,
		.work = image_worker_decode,
		.arg = &own };

	return confined_worker_run(&worker);
}
