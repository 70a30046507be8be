#include "lib/vips_api.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"

#define VIPS_API_LIBRARY "libvips.so.42"

/* clang-format off */
#define MEMBER(prefix, name) { prefix #name, offsetof(struct vips_api, name) }
/* clang-format on */
#define SYMBOL(name) MEMBER("vips_", name)

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
	SYMBOL(init),
	SYMBOL(version),
	SYMBOL(concurrency_set),
	SYMBOL(cache_set_max),
	MEMBER("g_", log_set_writer_func),
	SYMBOL(operation_block_set),
	SYMBOL(image_new_from_buffer),
	SYMBOL(image_new_from_memory),
	SYMBOL(image_write_to_memory),
	SYMBOL(image_get_width),
	SYMBOL(image_get_height),
	SYMBOL(image_get_bands),
	SYMBOL(image_hasalpha),
	SYMBOL(array_double_newv),
	SYMBOL(thumbnail_buffer),
	SYMBOL(thumbnail_image),
	SYMBOL(colourspace),
	SYMBOL(cast),
	SYMBOL(flatten),
	SYMBOL(copy),
	SYMBOL(jpegsave_buffer),
	SYMBOL(pngsave_buffer),
	SYMBOL(webpsave_buffer),
};

static int vips_api_bind(void *library, struct vips_api *ret, struct error *err)
{
	size_t i;
	void *at;

	for (i = 0; i < ARRAY_LEN(symbols); i++) {
		at = dlsym(library, symbols[i].name);
		if (!at)
			return error_set(err, ERR_INTERNAL, "libvips lacks \"%s\"",
				symbols[i].name);
		/* POSIX says that a function's address fits (dlsym(3)) */
		memcpy((char *)ret + symbols[i].offset, &at, sizeof(at));
	}
	return 0;
}

/* Modules lie beside the library, in a folder with its version. What GModule calls
 * on loading one is called here by hand. */
static int vips_api_load_heif(const struct vips_api *api, struct error *err)
{
	typedef const char *check_init_fn(void *module);
	check_init_fn *check_init = NULL;
	char path[4096];
	void *module, *at;
	const char *end;
	Dl_info where;

	if (!dladdr((void *)(uintptr_t)api->init, &where))
		return error_set(err, ERR_INTERNAL, "libvips is nowhere");
	end = strrchr(where.dli_fname, '/');
	snprintf(path, sizeof(path), "%.*s/vips-modules-%d.%d/vips-heif.so",
		end ? (int)(end - where.dli_fname) : 1, end ? where.dli_fname : ".",
		api->version(0), api->version(1));
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!module) /* built in, then */
		return 0;
	at = dlsym(module, "g_module_check_init");
	if (!at)
		return error_set(
			err, ERR_INTERNAL, "the HEIF module cannot be started");
	memcpy(&check_init, &at, sizeof(at));
	check_init(module);
	return 0;
}

/* What libraries have to say of a stranger's file is not for our log. */
static GLogWriterOutput vips_api_be_silent(
	GLogLevelFlags level, const GLogField *fields, gsize n, gpointer arg)
{
	return G_LOG_WRITER_HANDLED;
}

int vips_api_load(struct vips_api *ret, bool heif, struct error *err)
{
	struct vips_api api = { 0 };
	void *library = dlopen(VIPS_API_LIBRARY, RTLD_NOW | RTLD_GLOBAL);

	if (!library)
		return error_set(
			err, ERR_INTERNAL, "%s is not there", VIPS_API_LIBRARY);
	if (vips_api_bind(library, &api, err) < 0)
		return -1;
	/* where it looks for modules and settings: nowhere */
	setenv("VIPSHOME", "/nonexistent", 1);
	/* its vector code is made at run time, in memory that can be executed */
	setenv("VIPS_NOVECTOR", "1", 1);
	if (api.init("picture") != 0)
		return error_set(err, ERR_INTERNAL, "libvips does not start");
	if (heif && vips_api_load_heif(&api, err) < 0)
		return -1;
	api.log_set_writer_func(vips_api_be_silent, NULL, NULL);
	api.concurrency_set(1);
	api.cache_set_max(0);
	*ret = api;
	return 0;
}

void vips_api_permit(const struct vips_api *api, const char *loader)
{
	api->operation_block_set("VipsForeignLoad", TRUE);
	api->operation_block_set(loader, FALSE);
}
