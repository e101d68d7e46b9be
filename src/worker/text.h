/* Text as the worker writes it for machines. */
#ifndef YTEMPIRE_WORKER_TEXT_H
#define YTEMPIRE_WORKER_TEXT_H

#include "ytempire/base/str.h"

/* A JSON string with its quotes; bytes that are no UTF-8 become U+FFFD. */
void text_add_json(struct str *to, const char *text);
/* The value of a Prometheus label, without its quotes. */
void text_add_label(struct str *to, const char *text);

#endif
