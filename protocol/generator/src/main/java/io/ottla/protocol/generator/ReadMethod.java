package io.ottla.protocol.generator;

import java.util.List;

/** Writes the {@code read} method of one struct. */
final class ReadMethod {
    private final Schema schema;
    private final Struct struct;
    private final SourceText out;

    ReadMethod(Schema schema, Struct struct, SourceText out) {
        this.schema = schema;
        this.struct = struct;
        this.out = out;
    }

    void write(boolean isTop) {
        if (isTop) {
            out.line("@Override");
        }
        out.line("%svoid read(MessageReader in, short version) {", isTop ? "public " : "");
        if (isTop) {
            out.line("checkVersion(version);");
        }
        WireFormat format = new WireFormat(schema, struct);
        format.declareFlexible(out);
        for (Field field : struct.fields()) {
            readField(field, format);
        }
        readTaggedFields(format);
        out.line("}");
    }

    private void readField(Field field, WireFormat format) {
        Versions possible = struct.versions();
        Versions regular = field.versions().and(possible).without(field.tagged());
        String present = regular.conditionWithin(possible);
        switch (present) {
            case "true" -> assign(field, format.flexible(field, regular), regular);
            case "false" -> out.line("%s = %s;", field.self(), FieldCode.defaultValue(field));
            default -> {
                out.line("if (%s) {", present);
                assign(field, format.flexible(field, regular), regular);
                out.line("} else {");
                out.line("%s = %s;", field.self(), FieldCode.defaultValue(field));
                out.line("}");
            }
        }
    }

    private void readTaggedFields(WireFormat format) {
        if (format.taggedSection().equals("false")) {
            return;
        }
        boolean always = format.taggedSection().equals("true");
        if (!always) {
            out.line("if (%s) {", format.taggedSection());
        }
        List<Field> tagged = format.taggedFields();
        if (tagged.isEmpty()) {
            out.line("in.skipTaggedFields();");
        } else {
            out.line("for (int left = in.readUnsignedVarint(); left != 0; left--) {");
            out.line("int tag = in.readUnsignedVarint();");
            out.line("int end = in.readTaggedFieldEnd(tag);");
            out.line("switch (tag) {");
            tagged.forEach(this::readTaggedField);
            out.line("default -> in.skipTo(end);");
            out.line("}");
            out.line("}");
        }
        if (!always) {
            out.line("}");
        }
    }

    private void readTaggedField(Field field) {
        out.line("case %d -> {", field.tag());
        String present = field.tagged().conditionWithin(struct.versions().and(schema.flexible()));
        if (!present.equals("true")) {
            out.line("if (%s) {", present);
        }
        assign(field, "true", field.tagged().and(struct.versions()));
        out.line("in.checkTaggedFieldEnd(tag, end);");
        if (!present.equals("true")) {
            out.line("} else {");
            out.line("in.skipTo(end);");
            out.line("}");
        }
        out.line("}");
    }

    /** Assigns the field from the wire. {@code within} are the versions at which this code runs. */
    private void assign(Field field, String flexible, Versions within) {
        String nullable = field.nullable().conditionWithin(within);
        FieldType type = field.type();
        if (type.isArray()) {
            assignArray(field, flexible, nullable);
        } else if (type.isStruct()) {
            String construct = "new " + type.structName() + "(in, version)";
            if (nullable.equals("false")) {
                out.line("%s = %s;", field.self(), construct);
            } else {
                String orAlways = nullable.equals("true") ? "" : "!(" + nullable + ") || ";
                out.line(
                        "%s = %sin.readStructMarker(\"%s\") ? %s : null;",
                        field.self(), orAlways, field.name(), construct);
            }
        } else if (type.dependsOnFlexible()) {
            String args = "(\"" + field.name() + "\", " + flexible + ")";
            String method = type.kind().methodName() + args;
            String value =
                    switch (nullable) {
                        case "true" -> "in.readNullable" + method;
                        case "false" -> "in.read" + method;
                        default -> nullable + " ? in.readNullable" + method + " : in.read" + method;
                    };
            out.line("%s = %s;", field.self(), value);
        } else {
            out.line("%s = in.read%s();", field.self(), type.kind().methodName());
        }
    }

    private void assignArray(Field field, String flexible, String nullable) {
        String name = field.name();
        String self = field.self();
        String count = name + "Count";
        String args = "(\"" + name + "\", " + WireFormat.minElementBytes(schema, field.type()) + ", " + flexible + ")";
        String read =
                switch (nullable) {
                    case "true" -> "in.readNullableCount" + args;
                    case "false" -> "in.readCount" + args;
                    default -> nullable + " ? in.readNullableCount" + args + " : in.readCount" + args;
                };
        out.line("int %s = %s;", count, read);
        boolean mayBeNull = !nullable.equals("false");
        if (field.type().isStructArray()) {
            String struct = String.valueOf(field.type().structName());
            if (mayBeNull) {
                out.line("%s = %s < 0 ? null : new ArrayList<>(%s);", self, count, count);
            } else {
                out.line("%s = new ArrayList<>(%s);", self, count);
            }
            out.line("for (int i = 0; i < %s; i++) {", count);
            out.line("%s.add(new %s(in, version));", self, struct);
            out.line("}");
        } else {
            FieldType.Kind kind = field.type().kind();
            String more = kind == FieldType.Kind.STRING ? ", " + flexible : "";
            String list = "in.read" + kind.methodName() + "List(\"" + name + "\", " + count + more + ")";
            out.line("%s = %s%s;", self, mayBeNull ? count + " < 0 ? null : " : "", list);
        }
    }
}
