#include "server/recovery_codes.h"

#include "lib/db_array.h"
#include "lib/http.h"
#include "lib/json_write.h"
#include "lib/secret.h"
#include "server/session.h"
#include "server/worker.h"

const char *recovery_codes_make(struct http_request *req, struct recovery_codes *codes)
{
	const struct worker *worker = http_app(req);
	struct db_array *hashes = db_array_new(http_arena(req));
	char hash[SHA256_HEX_SIZE];

	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		recovery_make(codes->text[i]);
		recovery_hash(worker->secret, session_get(req)->user_id, codes->text[i],
			hash);
		db_array_text(hashes, hash);
	}
	return db_array_literal(hashes);
}

void recovery_codes_write(
	struct json_write *w, struct recovery_codes *codes, bool is_new)
{
	jw_key(w, "recoveryCodes");
	jw_array(w);
	for (size_t i = 0; is_new && i < RECOVERY_CODES; i++)
		jw_string(w, codes->text[i]);
	jw_array_end(w);
	recovery_codes_wipe(codes);
}

void recovery_codes_wipe(struct recovery_codes *codes)
{
	secret_wipe(codes, sizeof(*codes));
}
