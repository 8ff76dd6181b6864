/* schema.c - the field tables as a JSON Schema, so that an editor completes and checks while one
 * writes. It is looser than the loader in one way: what a reference names is not checked. */
#include <math.h>
#include <string.h>

#include "explain.h"
#include "kinds.h"

static void json_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; text && *text; text++) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

/* "^[-+]?(...) *(V|mV|...)$", with the units of the quantity. */
static void unit_pattern(FILE *out, enum quantity q)
{
    const char *link = "";
    bool bare = *quantity_unit(q) == 0;

    fprintf(out, "{\"type\": %s, ", bare ? "[\"string\", \"number\"]" : "\"string\"");
    fputs("\"pattern\": \"^[-+]?([0-9]+([.][0-9]+)?|[.][0-9]+)"
          "([eE][-+]?[0-9]+)? *(",
          out);
    for (const struct unit *u = units; u->text; u++) {
        if (u->quantity == q) {
            fprintf(out, "%s%s", link, u->text);
            link = "|";
        }
    }
    fputs(")$\"}", out);
}

static void enumeration(FILE *out, const char *choices)
{
    const char *link = "";

    fputs("\"enum\": [", out);
    while (choices && *choices) {
        size_t n = strcspn(choices, "|");
        fprintf(out, "%s\"%.*s\"", link, (int)n, choices);
        choices += n + (choices[n] == '|');
        link = ", ";
    }
    fputs("]", out);
}

static void field_type(FILE *out, const struct field *f)
{
    switch (f->type) {
    case FIELD_REAL:
        fprintf(out, "\"$ref\": \"#/$defs/unit_%d\"", (int)f->quantity);
        break;
    case FIELD_TIME:
        fputs("\"$ref\": \"#/$defs/time\"", out);
        break;
    case FIELD_COUNT:
        fprintf(out, "\"type\": \"integer\", \"minimum\": %.0f, \"maximum\": %.0f", f->min, f->max);
        break;
    case FIELD_CHOICE:
        enumeration(out, f->choices);
        break;
    case FIELD_FLAG:
        fputs("\"enum\": [\"yes\", \"no\", true, false]", out);
        break;
    case FIELD_TAPS:
        fputs("\"$ref\": \"#/$defs/taps\"", out);
        break;
    case FIELD_I2C:
        fputs("\"type\": \"string\", \"pattern\": \"^[A-Za-z_]\\\\w*(/[A-Za-z_]\\\\w*[.][0-7])?"
              "/(0x[0-9a-fA-F]+|[0-9]+)$\"",
              out);
        break;
    case FIELD_PIN:
        fputs("\"type\": \"string\", \"pattern\": \"^[A-Za-z_]\\\\w*[.][0-9#]+$\"", out);
        break;
    case FIELD_PART:
    case FIELD_FILE:
        fputs("\"type\": \"string\"", out);
        break;
    }
}

static void field_entry(FILE *out, const struct field *f)
{
    json_text(out, f->key);
    fputs(": {", out);
    field_type(out, f);
    if (f->doc) {
        fputs(", \"description\": ", out);
        json_text(out, f->doc);
    }
    fputs("}", out);
}

/* One kind: its keys apply where `is` has its name. */
static void kind_entry(FILE *out, const struct kind *k)
{
    fputs("    {\"if\": {\"properties\": {\"is\": {\"const\": ", out);
    json_text(out, k->name);
    fputs("}}, \"required\": [\"is\"]}, \"then\": {\"properties\": {\"is\": true, \"part\": true, "
          "\"doc\": true",
          out);
    for (const struct field *f = k->fields; f && f->key; f++) {
        fputs(", ", out);
        field_entry(out, f);
    }
    fputs("}, \"additionalProperties\": false", out);
    if (k->doc) {
        fputs(", \"description\": ", out);
        json_text(out, k->doc);
    }
    fputs("}}", out);
}

static void part_definition(FILE *out)
{
    fputs("  \"part\": {\"type\": \"object\", \"properties\": {\"is\": {\"enum\": [", out);
    for (int32_t i = 0; kinds[i]; i++) {
        fprintf(out, "%s\"%s\"", i ? ", " : "", kinds[i]->name);
    }
    fputs("]}, \"part\": {\"type\": \"string\"}, \"doc\": {\"type\": \"string\"}}, \"allOf\": [\n",
          out);
    for (int32_t i = 0; kinds[i]; i++) {
        kind_entry(out, kinds[i]);
        fputs(kinds[i + 1] ? ",\n" : "]},\n", out);
    }
}

/* Everything that does not depend on the kinds. */
static const char *const definitions[] = {
    "  \"condition\": {\"type\": \"string\", \"description\": \"such as bus_a.v < 11.4 V\"},\n"
    "  \"taps\": {\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"array\", \"items\": {\"type\": "
    "\"string\"}, \"minItems\": 1, \"maxItems\": 4}]},\n"
    "  \"rack\": {\"type\": \"object\", \"properties\": {\"file\": {\"type\": [\"string\", "
    "\"object\"]}, "
    "\"title\": {\"type\": [\"string\", \"object\"]}}, \"patternProperties\": {"
    "\"^(?!(file|title)$)[A-Za-z_][A-Za-z0-9_]*(\\\\[([0-9]+([.][.][0-9]+)?|[*])\\\\])?$\": "
    "{\"$ref\": "
    "\"#/$defs/part\"}}, \"additionalProperties\": false},\n",
    "  \"deed\": {\"type\": \"object\", \"properties\": {\"at\": {\"$ref\": \"#/$defs/time\"}, "
    "\"when\": "
    "{\"$ref\": \"#/$defs/condition\"}, \"act\": {\"type\": \"string\", \"pattern\": "
    "\"^[A-Za-z_].*[.][a-z_0-9]+$\"}, \"for\": {\"$ref\": \"#/$defs/time\"}, \"every\": {\"$ref\": "
    "\"#/$defs/time\"}, \"times\": {\"type\": \"integer\", \"minimum\": 1}, \"optional\": "
    "{\"enum\": "
    "[\"yes\", \"no\", true, false]}}, \"required\": [\"act\"], \"oneOf\": [{\"required\": "
    "[\"at\"]}, "
    "{\"required\": [\"when\"]}]},\n",
    "  \"expectation\": {\"type\": \"object\", \"oneOf\": [\n"
    "    {\"properties\": {\"gap\": {\"$ref\": \"#/$defs/condition\"}, \"at_most\": {\"$ref\": "
    "\"#/$defs/time\"}}, \"required\": [\"gap\", \"at_most\"], \"additionalProperties\": false},\n"
    "    {\"properties\": {\"never\": {\"$ref\": \"#/$defs/condition\"}, \"for\": {\"$ref\": "
    "\"#/$defs/time\"}}, \"required\": [\"never\"], \"additionalProperties\": false},\n"
    "    {\"properties\": {\"after\": {\"type\": \"string\"}, \"within\": {\"$ref\": "
    "\"#/$defs/time\"}, "
    "\"holds\": {\"$ref\": \"#/$defs/condition\"}}, \"required\": [\"after\", \"within\", "
    "\"holds\"], "
    "\"additionalProperties\": false},\n"
    "    {\"properties\": {\"count\": {\"type\": \"string\"}, \"at_most\": true, \"at_least\": "
    "true, "
    "\"exactly\": true}, \"required\": [\"count\"], \"additionalProperties\": false},\n"
    "    {\"properties\": {\"holds\": {\"$ref\": \"#/$defs/condition\"}, \"at\": {\"$ref\": "
    "\"#/$defs/time\"}}, \"required\": [\"holds\", \"at\"], \"additionalProperties\": false},\n"
    "    {\"properties\": {\"ends\": {\"$ref\": \"#/$defs/condition\"}}, \"required\": [\"ends\"], "
    "\"additionalProperties\": false}]},\n",
    "  \"scenario\": {\"type\": \"object\", \"properties\": {\"title\": {\"type\": \"string\"}, "
    "\"covers\": {\"type\": [\"string\", \"array\"], \"items\": {\"type\": \"string\"}}, \"rack\": "
    "{\"anyOf\": [{\"type\": \"string\"}, {\"$ref\": \"#/$defs/rack\"}]}, \"duration\": {\"$ref\": "
    "\"#/$defs/time\"}, \"seed\": {\"type\": \"integer\", \"minimum\": 0}, \"sample\": {\"$ref\": "
    "\"#/$defs/time\"}, \"do\": {\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/deed\"}}, "
    "\"expect\": {\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/expectation\"}}, \"vary\": "
    "{\"type\": \"object\", \"additionalProperties\": {\"type\": [\"string\", \"number\", "
    "\"array\"]}}, "
    "\"profiles\": {\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\"}}}, "
    "\"required\": [\"rack\", \"duration\"], \"additionalProperties\": false}\n",
};

void schema_print(FILE *out)
{
    fputs("{\n\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
          "\"title\": \"powergap: a scenario or a rack file\",\n"
          "\"if\": {\"anyOf\": [{\"required\": [\"duration\"]}, {\"required\": [\"rack\"]}]},\n"
          "\"then\": {\"$ref\": \"#/$defs/scenario\"},\n"
          "\"else\": {\"$ref\": \"#/$defs/rack\"},\n\"$defs\": {\n",
          out);
    for (int q = 0; q < QTY_KINDS; q++) {
        fprintf(out, "  \"unit_%d\": ", q);
        unit_pattern(out, (enum quantity)q);
        fputs(",\n", out);
    }
    fputs("  \"time\": ", out);
    unit_pattern(out, QTY_SECOND);
    fputs(",\n", out);
    part_definition(out);
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++) {
        fputs(definitions[i], out);
    }
    fputs("}\n}\n", out);
}
