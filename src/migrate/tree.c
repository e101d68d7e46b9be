/*
 * Reading PostgreSQL's parse tree, as libpg_query writes it in JSON. Fields of value zero are left out, so that what is
 * missing and what is zero, false or "" are the same.
 */
#include <string.h>
#include <strings.h>

#include "lint.h"
#include "ytempire/base/mem.h"
#include "ytempire/engine/pg.h"

const json_t *node_get(const json_t *node, const char *key)
{
    return json_object_get(node, key);
}

const char *node_text(const json_t *node, const char *key)
{
    const char *text = json_string_value(json_object_get(node, key));

    return text != NULL ? text : "";
}

bool node_true(const json_t *node, const char *key)
{
    return json_is_true(json_object_get(node, key));
}

const json_t *node_inner(const json_t *node, const char **ret_kind)
{
    void *at = json_object_iter((json_t *)node);

    *ret_kind = at != NULL ? json_object_iter_key(at) : "";
    return at != NULL ? json_object_iter_value(at) : NULL;
}

/* -- names ----------------------------------------------------------------------------------------------------------------- */

/* As a person would write it: quoted only where it must be. */
static void add_name(struct str *to, const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_", digits[] = "0123456789$";
    size_t            length = strlen(name), plain = 0;

    while (plain < length && (strchr(letters, name[plain]) != NULL || (plain > 0 && strchr(digits, name[plain]) != NULL)))
        plain++;
    if (to->length > 0)
        str_add_char(to, '.');
    if (plain == length && length > 0)
        str_add(to, name);
    else
        pg_quote_identifier(to, name, length);
}

char *node_range_name(const json_t *range)
{
    struct str  name = STR_INIT;
    const char *schema = node_text(range, "schemaname");

    if (schema[0] != '\0')
        add_name(&name, schema);
    add_name(&name, node_text(range, "relname"));
    return str_take(&name);
}

static char *list_name(const json_t *list, size_t leave_out)
{
    struct str name = STR_INIT;
    size_t     count = json_array_size(list);

    for (size_t i = 0; i + leave_out < count; i++)
        add_name(&name, node_text(node_get(json_array_get(list, i), "String"), "sval"));
    return str_take(&name);
}

char *node_object_name(const json_t *object, size_t leave_out)
{
    const char   *kind;
    const json_t *inner = node_inner(object, &kind);
    struct str    name = STR_INIT;

    if (text_equal(kind, "List"))
        return list_name(node_get(inner, "items"), leave_out);
    if (text_equal(kind, "TypeName"))
        return list_name(node_get(inner, "names"), 0);
    if (text_equal(kind, "ObjectWithArgs"))
        return list_name(node_get(inner, "objname"), 0);
    add_name(&name, node_text(inner, "sval"));
    return str_take(&name);
}

/* -- calls and options ------------------------------------------------------------------------------------------------------ */

static bool calls(const json_t *call, const char *name)
{
    const json_t *names = node_get(call, "funcname");
    size_t        count = json_array_size(names);

    return count > 0 && text_equal(node_text(node_get(json_array_get(names, count - 1), "String"), "sval"), name);
}

const json_t *node_find_call(const json_t *node, const char *name)
{
    const json_t *kid, *found = NULL;
    const char   *key;
    size_t        index;

    if (json_is_array(node))
        json_array_foreach(node, index, kid) {
            found = node_find_call(kid, name);
            if (found != NULL)
                return found;
        }
    if (json_is_object(node))
        json_object_foreach((json_t *)node, key, kid) {
            if ((text_equal(key, "FuncCall") || text_equal(key, "funccall")) && calls(kid, name))
                return kid;
            found = node_find_call(kid, name);
            if (found != NULL)
                return found;
        }
    return NULL;
}

static const json_t *constant_of(const json_t *node)
{
    const char   *kind;
    const json_t *inner = node_inner(node, &kind);

    while (text_equal(kind, "TypeCast") || text_equal(kind, "NamedArgExpr"))
        inner = node_inner(node_get(inner, "arg"), &kind);
    return text_equal(kind, "A_Const") ? inner : NULL;
}

const char *node_call_argument(const json_t *call, size_t index)
{
    return json_string_value(node_get(node_get(constant_of(json_array_get(node_get(call, "args"), index)), "sval"), "sval"));
}

const json_t *node_find_option(const json_t *list, const char *space, const char *name)
{
    const json_t *entry;
    size_t        index;

    json_array_foreach(list, index, entry)
    {
        const json_t *option = node_get(entry, "DefElem");

        if (text_equal(node_text(option, "defname"), name) && text_equal(node_text(option, "defnamespace"), space))
            return option;
    }
    return NULL;
}

/* `x`, `x = true`, `x = 'on'`, `x = 1`; the parser gives words as strings and types, numbers as integers. */
bool node_option_on(const json_t *option)
{
    static const char *const off[] = {"false", "off", "no", "0"};
    const char              *kind, *text;
    const json_t            *value;

    if (option == NULL)
        return false;
    value = node_inner(node_get(option, "arg"), &kind);
    if (value == NULL)
        return node_get(option, "arg") == NULL;
    if (text_equal(kind, "Integer"))
        return json_integer_value(node_get(value, "ival")) != 0;
    text = node_text(value, "sval");
    for (size_t i = 0; i < COUNT_OF(off); i++)
        if (strcasecmp(text, off[i]) == 0)
            return false;
    return true;
}
