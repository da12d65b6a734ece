package io.ottla.protocol.generator;

import java.util.List;

/** Writes the {@code write} method of one struct. */
final class WriteMethod {
    private final Schema schema;
    private final Struct struct;
    private final SourceText out;

    WriteMethod(Schema schema, Struct struct, SourceText out) {
        this.schema = schema;
        this.struct = struct;
        this.out = out;
    }

    void write(boolean isTop) {
        if (isTop) {
            out.line("@Override");
        }
        out.line("%svoid write(MessageWriter out, short version) {", isTop ? "public " : "");
        if (isTop) {
            out.line("checkVersion(version);");
        }
        WireFormat format = new WireFormat(schema, struct);
        format.declareFlexible(out);
        for (Field field : struct.fields()) {
            writeField(field, format);
        }
        writeTaggedFields(format);
        out.line("}");
    }

    private void writeField(Field field, WireFormat format) {
        Versions possible = struct.versions();
        Versions known = field.versions().and(possible);
        Versions regular = known.without(field.tagged());
        String present = regular.conditionWithin(possible);
        if (!present.equals("false")) {
            if (!present.equals("true")) {
                out.line("if (%s) {", present);
            }
            writeValue(field, format.flexible(field, regular), regular);
            if (!present.equals("true")) {
                out.line("}");
            }
        }
        String expressible = known.conditionWithin(possible);
        if (!field.ignorable() && !expressible.equals("true")) {
            out.line("if (!(%s) && (%s)) {", expressible, FieldCode.isSet(field));
            out.line("throw MessageWriter.unsupportedField(\"%s.%s\", version);", struct.name(), field.name());
            out.line("}");
        }
    }

    private void writeTaggedFields(WireFormat format) {
        if (format.taggedSection().equals("false")) {
            return;
        }
        boolean always = format.taggedSection().equals("true");
        if (!always) {
            out.line("if (%s) {", format.taggedSection());
        }
        List<Field> tagged = format.taggedFields();
        if (tagged.isEmpty()) {
            out.line("out.writeUnsignedVarint(0);");
        } else {
            for (Field field : tagged) {
                out.line("boolean has%s = %s;", field.capitalized(), hasTagged(field));
            }
            out.line("int tagged = 0;");
            for (Field field : tagged) {
                out.line("tagged += has%s ? 1 : 0;", field.capitalized());
            }
            out.line("out.writeUnsignedVarint(tagged);");
            tagged.forEach(this::writeTaggedField);
        }
        if (!always) {
            out.line("}");
        }
    }

    private String hasTagged(Field field) {
        String present = field.tagged().conditionWithin(struct.versions().and(schema.flexible()));
        String isSet = FieldCode.isSet(field);
        return present.equals("true") ? isSet : present + " && (" + isSet + ")";
    }

    private void writeTaggedField(Field field) {
        out.line("if (has%s) {", field.capitalized());
        out.line("int start = out.beginTaggedField(%d);", field.tag());
        writeValue(field, "true", field.tagged().and(struct.versions()));
        out.line("out.endTaggedField(start);");
        out.line("}");
    }

    /** Writes the field's value. {@code within} are the versions at which this code runs. */
    private void writeValue(Field field, String flexible, Versions within) {
        String name = field.self();
        FieldType type = field.type();
        if (type.isPrimitive() || (type.kind() == FieldType.Kind.UUID && !type.isArray())) {
            out.line("out.write%s(%s);", type.kind().methodName(), name);
            return;
        }
        String nullable = field.nullable().conditionWithin(within);
        boolean mayBeNull = !field.nullable().isEmpty() || field.defaultIsNull();
        if (mayBeNull && !nullable.equals("true")) {
            out.line("if (%s == null%s) {", name, nullable.equals("false") ? "" : " && !(" + nullable + ")");
            out.line("throw MessageWriter.unexpectedNull(\"%s.%s\", version);", struct.name(), field.name());
            out.line("}");
        }
        if (type.isStruct()) {
            writeStruct(field, nullable);
        } else if (type.isArray()) {
            writeArray(field, flexible, !nullable.equals("false"));
        } else {
            String orNull = nullable.equals("false") ? "" : "Nullable";
            out.line("out.write%s%s(%s, %s);", orNull, type.kind().methodName(), name, flexible);
        }
    }

    private void writeStruct(Field field, String nullable) {
        String name = field.self();
        if (nullable.equals("false")) {
            out.line("%s.write(out, version);", name);
            return;
        }
        if (!nullable.equals("true")) {
            out.line("if (%s) {", nullable);
        }
        out.line("out.writeStructMarker(%s != null);", name);
        if (!nullable.equals("true")) {
            out.line("}");
        }
        out.line("if (%s != null) {", name);
        out.line("%s.write(out, version);", name);
        out.line("}");
    }

    private void writeArray(Field field, String flexible, boolean mayBeNull) {
        String name = field.self();
        if (mayBeNull) {
            out.line("if (%s == null) {", name);
            out.line("out.writeNullCount(%s);", flexible);
            out.line("} else {");
        }
        if (field.type().isStructArray()) {
            String count = field.name() + "Count";
            out.line("int %s = %s.size();", count, name);
            out.line("out.writeCount(%s, %s);", count, flexible);
            out.line("for (int i = 0; i < %s; i++) {", count);
            out.line("%s.get(i).write(out, version);", name);
            out.line("}");
        } else {
            out.line("out.write%sList(%s, %s);", field.type().kind().methodName(), name, flexible);
        }
        if (mayBeNull) {
            out.line("}");
        }
    }
}
