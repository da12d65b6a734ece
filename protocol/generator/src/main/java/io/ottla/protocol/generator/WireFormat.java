package io.ottla.protocol.generator;

import java.util.Comparator;
import java.util.List;

/** What reading and writing of one struct have in common: compact encodings, tagged fields, least sizes. */
final class WireFormat {
    private final Schema schema;
    private final Struct struct;
    private final String flexible;

    WireFormat(Schema schema, Struct struct) {
        this.schema = schema;
        this.struct = struct;
        this.flexible = schema.flexible().conditionWithin(struct.versions());
    }

    /** Names the condition once, if it depends on the version and some field needs it. */
    void declareFlexible(SourceText out) {
        if (isDeclared()) {
            out.line("boolean flexible = %s;", flexible);
        }
    }

    /** The condition for compact encoding of {@code field} where only the versions {@code within} occur. */
    String flexible(Field field, Versions within) {
        Versions flexibleVersions = field.flexible();
        String condition = (flexibleVersions == null ? schema.flexible() : flexibleVersions).conditionWithin(within);
        return condition.equals("true") || condition.equals("false") ? condition : "flexible";
    }

    /** The condition under which the struct ends with tagged fields. */
    String taggedSection() {
        return isDeclared() ? "flexible" : flexible;
    }

    /** In the order of the wire. */
    List<Field> taggedFields() {
        return struct.fields().stream()
                .filter(Field::isTagged)
                .sorted(Comparator.comparingInt(Field::tag))
                .toList();
    }

    private boolean isDeclared() {
        return !flexible.equals("true") && !flexible.equals("false");
    }

    /** The least that an element of an array takes on the wire at any version. */
    static int minElementBytes(Schema schema, FieldType type) {
        String structName = type.structName();
        return structName == null ? type.kind().minBytes : Math.max(1, minBytes(schema, schema.struct(structName)));
    }

    private static int minBytes(Schema schema, Struct struct) {
        int bytes = schema.flexible().containsAll(struct.versions()) ? 1 : 0;
        for (Field field : struct.fields()) {
            if (!field.isTagged() && field.versions().containsAll(struct.versions())) {
                bytes += minBytes(schema, field);
            }
        }
        return bytes;
    }

    private static int minBytes(Schema schema, Field field) {
        String structName = field.type().structName();
        if (field.type().isArray()) {
            return 1;
        }
        return structName == null || !field.nullable().isEmpty()
                ? field.type().kind().minBytes
                : minBytes(schema, schema.struct(structName));
    }
}
