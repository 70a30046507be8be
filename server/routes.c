#include "server/routes.h"

#include "server/api_client_cases.h"
#include "server/api_client_http.h"
#include "server/app_page.h"
#include "server/area_http.h"
#include "server/audit_http.h"
#include "server/case_http.h"
#include "server/city_http.h"
#include "server/compare_http.h"
#include "server/dcat_http.h"
#include "server/desk_held.h"
#include "server/desk_http.h"
#include "server/desk_mail.h"
#include "server/desk_mask.h"
#include "server/desk_page.h"
#include "server/desk_related.h"
#include "server/desk_split.h"
#include "server/desk_watch.h"
#include "server/desk_workload.h"
#include "server/disclosure_file.h"
#include "server/disclosure_http.h"
#include "server/draft_http.h"
#include "server/follow_up_http.h"
#include "server/group_map_http.h"
#include "server/improvement_http.h"
#include "server/mailbox_http.h"
#include "server/map_http.h"
#include "server/map_page.h"
#include "server/marking_http.h"
#include "server/mention_http.h"
#include "server/oidc_http.h"
#include "server/open311_http.h"
#include "server/open_http.h"
#include "server/open_page.h"
#include "server/openapi_http.h"
#include "server/ops_http.h"
#include "server/order_http.h"
#include "server/order_list_http.h"
#include "server/own_password.h"
#include "server/own_text_http.h"
#include "server/pack_change_http.h"
#include "server/pack_http.h"
#include "server/passkey_http.h"
#include "server/people_http.h"
#include "server/person_http.h"
#include "server/place_http.h"
#include "server/praise_http.h"
#include "server/presence_http.h"
#include "server/proposal_http.h"
#include "server/push_http.h"
#include "server/qr_http.h"
#include "server/quality_http.h"
#include "server/register_http.h"
#include "server/rehearse_http.h"
#include "server/reorganise_http.h"
#include "server/reply_preview.h"
#include "server/report_forms.h"
#include "server/report_http.h"
#include "server/resident_http.h"
#include "server/result_http.h"
#include "server/rule_explain.h"
#include "server/rule_http.h"
#include "server/saved_view.h"
#include "server/session_http.h"
#include "server/session_list.h"
#include "server/setting_http.h"
#include "server/signal_http.h"
#include "server/statistics_http.h"
#include "server/suggest_http.h"
#include "server/support_http.h"
#include "server/take_down.h"
#include "server/template_fit.h"
#include "server/template_http.h"
#include "server/template_put.h"
#include "server/tile_http.h"
#include "server/tile_source.h"
#include "server/told_page.h"
#include "server/totp_http.h"
#include "server/type_compare_http.h"
#include "server/webhook_http.h"

const struct http_route *const routes_public[] = { api_client_routes, app_page_routes,
	api_client_cases_routes, area_routes, audit_routes, case_routes, city_routes,
	compare_routes, dcat_routes, desk_routes, desk_act_routes, desk_held_routes,
	desk_mail_routes, desk_mask_routes, desk_page_routes, desk_related_routes,
	desk_split_routes, desk_watch_routes, desk_workload_routes, disclosure_routes,
	disclosure_document_routes, disclosure_file_routes, disclosure_mail_routes,
	disclosure_put_routes, draft_routes, follow_up_routes, group_map_routes,
	improvement_routes, improvement_put_routes, mailbox_routes, map_routes,
	map_page_routes, marking_routes, mention_routes, oidc_routes, oidc_state_routes,
	open311_routes, open_routes, open_page_routes, openapi_routes, order_routes,
	order_list_routes, own_password_routes, own_text_routes, pack_routes,
	pack_change_routes, passkey_routes, people_routes, person_routes, place_routes,
	praise_routes, presence_routes, proposal_routes, push_routes, qr_routes,
	quality_routes, register_routes, reorganise_routes, rehearse_routes,
	reply_preview_routes, report_form_routes, report_routes, resident_routes,
	result_routes, rule_routes, rule_change_routes, rule_explain_routes,
	saved_view_routes, session_routes, session_list_routes, setting_routes,
	signal_routes, statistics_routes, suggest_routes, support_routes,
	take_down_routes, template_routes, template_fit_routes, template_put_routes,
	tile_routes, tile_source_routes, told_routes, totp_routes, type_compare_routes,
	webhook_routes, NULL };
const struct http_route *const routes_ops[] = { ops_routes, NULL };
