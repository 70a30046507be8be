/*
 * own_text_preview - words of the city's own as people will meet them, before they are
 * saved: the part of the page that shows them, or the letter, made by what makes pages
 * and letters, with examples where they have a case's number or a date.
 */
#ifndef SYNPUNKT_SERVER_OWN_TEXT_PREVIEW_H
#define SYNPUNKT_SERVER_OWN_TEXT_PREVIEW_H

#include <jansson.h>

struct http_request;

/* Of a row {text, language, wording} as synpunkt_setting shows it: {html}, a whole
 * document for a frame without scripts, or {subject, text}. JSON null for a row that is
 * gone, or that does not render. A new reference. */
json_t *own_text_preview(struct http_request *req, const json_t *row);

#endif
