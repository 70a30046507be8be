#include "server/map_filter.h"

#include <string.h>

#include "lib/fault.h"
#include "server/request_read.h"

void map_filter_read(
	struct http_request *req, struct map_filter *ret, struct faults *faults)
{
	*ret = (struct map_filter){ .category = request_value(req, "category"),
		.district = request_value(req, "district"),
		.status = request_value(req, "status") };
	if (ret->status && strcmp(ret->status, "open") != 0 &&
		strcmp(ret->status, "closed") != 0)
		faults_add(faults, "status", "must be open or closed");
}
