/*
 * order_way_page - the ways whose contractor answers on the order's page
 * (order_page.h): by letter, and by a link that is handed on.
 */
#include <stddef.h>

#include "server/order_key.h"
#include "server/order_way.h"

static void letter_send(struct order_task *task)
{
	char token[ORDER_TOKEN_SIZE], hash[ORDER_HASH_SIZE];

	order_token_make(task->tools->secret, task->ref, token);
	order_token_hash(token, hash);
	order_task_post(task, "order", hash);
}

static void letter_recall(struct order_task *task)
{
	order_task_post(task, "order-recall", NULL);
}

const struct order_way order_way_mail = {
	.code = "mail", .send = letter_send, .recall = letter_recall
};

/* Whoever gave the order has the link from its answer: nothing is sent. */
const struct order_way order_way_link = { .code = "link" };
