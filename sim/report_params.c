/* report_params.c - parameters: what the rack has chosen for its parts, and what the parts are by
 * themselves, each value with its source or marked as an estimate. */
#include <string.h>

#include "html.h"
#include "rack.h"
#include "report_page.h"
#include "sources.h"

/* ---- what the rack has chosen ------------------------------------------------------------------------ */

static bool is_reference_of_one(const struct report_param *q)
{
    return strcmp(q->type, "i2c") == 0 || strcmp(q->type, "pin") == 0;
}

/* The same choices, addresses and pins aside? */
static bool same_choice(const struct report_part *a, const struct report_part *b)
{
    bool same = strcmp(a->kind_name, b->kind_name) == 0 && strcmp(a->library, b->library) == 0 &&
                a->n == b->n;

    for (int32_t i = 0; same && i < a->n; i++) {
        const struct report_param *x = &a->params[i], *y = &b->params[i];
        same = strcmp(x->key, y->key) == 0 && x->in_library == y->in_library &&
               (is_reference_of_one(x) || strcmp(x->text, y->text) == 0);
    }
    return same;
}

static bool is_chosen(const struct report_param *q)
{
    return !q->in_library && !is_reference_of_one(q);
}

/* Where the part sits on a bus, which pin drives it. */
static void address_cell(struct page *p, const struct report_run *run, int32_t first)
{
    const struct report_part *part = &run->parts[first];
    bool any = false;
    bool more = false;

    for (int32_t i = 0; i < part->n; i++) {
        if (is_reference_of_one(&part->params[i])) {
            html_print(p->out, "<code>%s</code> ", part->params[i].text);
            any = true;
        }
    }
    for (int32_t k = first + 1; any && k < run->n_parts && !more; k++) {
        more = same_choice(part, &run->parts[k]);
    }
    fputs(more ? "…" : "", p->out);
}

static void choice_cell(struct page *p, const struct report_part *part)
{
    int32_t n = 0;

    for (int32_t i = 0; i < part->n; i++) {
        const struct report_param *q = &part->params[i];
        if (is_chosen(q)) {
            html_print(p->out, "%s<code>%s</code> %s", n > 0 ? ", " : "", q->key, q->text);
            if (q->source[0] != '\0') {
                html_print(p->out, " <small>%s</small>", q->source);
            }
            n++;
        }
    }
}

static void name_cell(struct page *p, const struct report_run *run, int32_t first)
{
    const struct report_part *part = &run->parts[first];
    const struct report_part *last = NULL;
    int32_t n = 1;

    for (int32_t k = first + 1; k < run->n_parts; k++) {
        if (same_choice(part, &run->parts[k])) {
            last = &run->parts[k];
            n++;
        }
    }
    html_print(p->out, "<tr><td class=\"n\"><b>%s</b>", part->name);
    if (n == 2) {
        html_print(p->out, ", <b>%s</b>", last->name);
    } else if (n > 2) {
        html_print(p->out, " … <b>%s</b> <small>(%d)</small>", last->name, n);
    }
    fputs("</td>", p->out);
}

static bool is_first(const struct report_run *run, int32_t i)
{
    for (int32_t k = 0; k < i; k++) {
        if (same_choice(&run->parts[k], &run->parts[i])) {
            return false;
        }
    }
    return true;
}

void page_given(struct page *p, const struct report_run *run)
{
    fputs(
        "<div class=\"wide\"><table><thead><tr><th>Part</th><th>Kind</th><th>From the library</th>"
        "<th>Address or pin</th><th>Chosen for this rack</th></tr></thead><tbody>\n",
        p->out);
    for (int32_t i = 0; i < run->n_parts; i++) {
        if (is_first(run, i)) {
            name_cell(p, run, i);
            html_print(p->out, "<td>%s</td><td>%s</td><td>", run->parts[i].kind_name,
                       run->parts[i].library[0] != '\0' ? run->parts[i].library : "–");
            address_cell(p, run, i);
            fputs("</td><td>", p->out);
            choice_cell(p, &run->parts[i]);
            fputs("</td></tr>\n", p->out);
        }
    }
    fputs("</tbody></table></div>\n", p->out);
}

/* ---- what the parts are by themselves ------------------------------------------------------------------ */

/* One parameter of one library part (or of a kind without one), as some run has it. */
struct value {
    const struct report_part *part;
    const struct report_param *param;
};

struct values {
    int32_t n, room;
    struct value *value;
};

static bool same_type(const struct report_part *a, const struct report_part *b)
{
    return strcmp(a->kind_name, b->kind_name) == 0 && strcmp(a->library, b->library) == 0;
}

static bool is_known(const struct values *all, const struct report_part *part,
                     const struct report_param *q)
{
    for (int32_t i = 0; i < all->n; i++) {
        const struct value *v = &all->value[i];
        if (strcmp(v->param->key, q->key) == 0 && strcmp(v->param->text, q->text) == 0 &&
            same_type(v->part, part)) {
            return true;
        }
    }
    return false;
}

static void gather(struct page *p, struct values *all, const struct report_part *part)
{
    for (int32_t i = 0; i < part->n; i++) {
        const struct report_param *q = &part->params[i];
        bool is_value = strcmp(q->type, "number") == 0 || strcmp(q->type, "word") == 0;
        if (!is_value || !q->in_library || is_known(all, part, q)) {
            continue;
        }
        if (all->n == all->room) {
            all->room = all->room > 0 ? 2 * all->room : 256;
            struct value *more = arena_array(p->arena, (size_t)all->room, sizeof *more);
            if (all->n > 0) {
                memcpy(more, all->value, (size_t)all->n * sizeof *more);
            }
            all->value = more;
        }
        all->value[all->n++] = (struct value){part, q};
    }
}

static const char *doc_of(const struct value *v)
{
    const struct field *f = v->part->kind != NULL
                                ? kind_field(v->part->kind, v->param->key, strlen(v->param->key))
                                : NULL;

    return f != NULL && f->doc != NULL ? f->doc : "";
}

static void value_row(struct page *p, const struct value *v)
{
    html_print(p->out, "<tr><td><code>%s</code></td><td class=\"n\">%s</td><td>", v->param->key,
               v->param->text);
    if (v->param->estimate) {
        fputs("<span class=\"estimate\" title=\"an estimate\">E</span> ", p->out);
    }
    html_print(p->out, "%s</td><td>%s</td></tr>\n",
               strcmp(v->param->source, "E") == 0 ? "estimate" : v->param->source, doc_of(v));
}

static void type_table(struct page *p, const struct values *all, int32_t first)
{
    const struct report_part *part = all->value[first].part;

    html_print(p->out, "<details class=\"params\"><summary><b>%s</b> <small>%s</small></summary>\n",
               part->library[0] != '\0' ? part->library : part->kind_name,
               part->library[0] != '\0' ? part->kind_name : "no library part: defaults");
    fputs("<div class=\"wide\"><table><thead><tr><th>Parameter</th><th>Value</th><th>Source</th>"
          "<th></th></tr></thead><tbody>\n",
          p->out);
    for (int32_t i = first; i < all->n; i++) {
        if (same_type(all->value[i].part, part)) {
            value_row(p, &all->value[i]);
        }
    }
    fputs("</tbody></table></div></details>\n", p->out);
}

/* ---- the data sheets and standards behind them ------------------------------------------------------- */

static void note_source(void *ctx, const struct citation *s)
{
    bool *cited = ctx;

    cited[s - sources] = true;
}

static void source_list(struct page *p, const struct report_run *runs, int32_t n)
{
    bool cited[SOURCES_MAX] = {false};

    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < runs[i].n_parts; k++) {
            for (int32_t q = 0; q < runs[i].parts[k].n; q++) {
                sources_cited(runs[i].parts[k].params[q].source, note_source, cited);
            }
        }
    }
    fputs("<details open=\"open\"><summary>Sources</summary><dl class=\"facts\">", p->out);
    for (const struct citation *s = sources; s->id != NULL; s++) {
        if (cited[s - sources]) {
            html_print(p->out, "<dt>%s</dt><dd>%s</dd>", s->id, s->title);
        }
    }
    fputs("</dl></details>\n", p->out);
}

void page_params(struct page *p, const struct report_run *runs, int32_t n)
{
    struct values all = {.n = 0};

    fputs(
        "<section id=\"parameters\"><h2>Parameters of the parts</h2>\n<p>What the parts are before "
        "a rack chooses anything. A source such as S5 is a data sheet or standard, listed at the "
        "end; "
        "<span class=\"estimate\">E</span> marks an estimate.</p>\n",
        p->out);
    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < runs[i].n_parts; k++) {
            gather(p, &all, &runs[i].parts[k]);
        }
    }
    for (int32_t i = 0; i < all.n; i++) {
        bool first = true;
        for (int32_t k = 0; k < i && first; k++) {
            first = !same_type(all.value[k].part, all.value[i].part);
        }
        if (first) {
            type_table(p, &all, i);
        }
    }
    source_list(p, runs, n);
    fputs("</section>\n", p->out);
}
