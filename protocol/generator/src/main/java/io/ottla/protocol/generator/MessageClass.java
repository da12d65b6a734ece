package io.ottla.protocol.generator;

import java.util.List;
import java.util.stream.Collectors;

/** Lays out the Java class of one schema, with its structs as nested classes. */
final class MessageClass {
    static final String PACKAGE = "io.ottla.protocol.message";

    @SuppressWarnings("InlineFormatString") // a page of text reads better apart from the code
    private static final String HEADER = """
            package %s;

            import io.ottla.protocol.schema.ApiMessage;
            import io.ottla.protocol.schema.Base64Uuid;
            import io.ottla.protocol.schema.BufferRecords;
            import io.ottla.protocol.schema.MessageReader;
            import io.ottla.protocol.schema.MessageWriter;
            import io.ottla.protocol.schema.RecordBytes;
            import java.util.ArrayList;
            import java.util.Arrays;
            import java.util.List;
            import java.util.Objects;
            import java.util.UUID;
            import javax.annotation.processing.Generated;
            import org.jspecify.annotations.Nullable;
            """;

    private final Schema schema;
    private final SourceText out = new SourceText();

    MessageClass(Schema schema) {
        this.schema = schema;
    }

    String source() {
        writeClass(schema.root(), true);
        String body = out.toString();
        return importsFor(body) + "\n" + body;
    }

    /** Only the imports that the text needs. */
    private static String importsFor(String body) {
        return String.format(HEADER, PACKAGE)
                .lines()
                .filter(line -> !line.startsWith("import ") || body.matches("(?s).*\\b" + lastName(line) + "\\b.*"))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String lastName(String importLine) {
        return importLine.substring(importLine.lastIndexOf('.') + 1, importLine.length() - 1);
    }

    private void writeClass(Struct struct, boolean isTop) {
        String name = struct.name();
        if (isTop) {
            out.line(
                    "/** Versions %d to %d. */",
                    schema.valid().lowest(), schema.valid().highest());
            out.line("@Generated(\"%s\")", Generator.class.getName());
            out.line("public final class %s implements ApiMessage {", name);
            out.line(
                    "public static final short LOWEST_VERSION = %d;",
                    schema.valid().lowest());
            out.line(
                    "public static final short HIGHEST_VERSION = %d;",
                    schema.valid().highest());
        } else {
            out.doc(struct.about());
            out.line("public static final class %s {", name);
        }
        if (struct.fields().stream()
                .anyMatch(field -> FieldCode.defaultValue(field).equals("NO_BYTES"))) {
            out.line("private static final byte[] NO_BYTES = {};");
        }
        out.blank();
        writeFields(struct);
        writeConstructors(struct, isTop);
        out.blank();
        new ReadMethod(schema, struct, out).write(isTop);
        out.blank();
        new WriteMethod(schema, struct, out).write(isTop);
        if (isTop) {
            writeMessageMethods();
        }
        writeReleaseRecords(struct, isTop);
        struct.fields().forEach(field -> writeAccessors(field, name));
        writeObjectMethods(struct);
        if (isTop) {
            for (Struct nested : schema.structs()) {
                out.blank();
                writeClass(nested, false);
            }
        }
        out.line("}");
    }

    private void writeFields(Struct struct) {
        for (Field field : struct.fields()) {
            String type = field.isLazyStruct() ? "@Nullable " + field.type().javaName() : FieldCode.declaredType(field);
            out.line("private %s %s;", type, field.name());
        }
        if (!struct.fields().isEmpty()) {
            out.blank();
        }
    }

    private void writeConstructors(Struct struct, boolean isTop) {
        out.line("public %s() {", struct.name());
        for (Field field : struct.fields()) {
            String value = FieldCode.defaultValue(field);
            if (!isJavaDefault(value)) {
                out.line("%s = %s;", field.self(), value);
            }
        }
        out.line("}");
        out.blank();
        out.line("%s%s(MessageReader in, short version) {", isTop ? "public " : "", struct.name());
        out.line("read(in, version);");
        out.line("}");
    }

    private static boolean isJavaDefault(String value) {
        return List.of("null", "0", "0L", "false", "(byte) 0", "(short) 0", "0.0")
                .contains(value);
    }

    private void writeMessageMethods() {
        out.blank();
        out.line("private static void checkVersion(short version) {");
        out.line("if (version < LOWEST_VERSION || version > HIGHEST_VERSION) {");
        out.line(
                "throw new IllegalArgumentException(\"%s has no version \" + version + \", only %d to %d\");",
                schema.name(), schema.valid().lowest(), schema.valid().highest());
        out.line("}");
        out.line("}");
        writeConstantMethod("apiKey", schema.isRequestOrResponse() ? Integer.toString(schema.apiKey()) : "-1");
        writeConstantMethod("lowestSupportedVersion", "LOWEST_VERSION");
        writeConstantMethod("highestSupportedVersion", "HIGHEST_VERSION");
    }

    private void writeConstantMethod(String name, String value) {
        out.blank();
        out.line("@Override");
        out.line("public short %s() {", name);
        out.line("return %s;", value);
        out.line("}");
    }

    /** Passes the release on to records and to structs that have some. */
    private void writeReleaseRecords(Struct struct, boolean isTop) {
        if (!hasRecords(struct)) {
            return;
        }
        out.blank();
        if (isTop) {
            out.line("@Override");
        }
        out.line("%svoid releaseRecords() {", isTop ? "public " : "");
        for (Field field : struct.fields()) {
            String structName = field.type().structName();
            if (field.type().kind() == FieldType.Kind.RECORDS) {
                out.line("if (%s != null) {", field.self());
                out.line("%s.release();", field.self());
                out.line("}");
            } else if (field.type().isStructArray() && hasRecords(schema.struct(String.valueOf(structName)))) {
                out.line("for (%s element : %s) {", String.valueOf(structName), field.self());
                out.line("element.releaseRecords();");
                out.line("}");
            }
        }
        out.line("}");
    }

    private boolean hasRecords(Struct struct) {
        return struct.fields().stream().anyMatch(field -> {
            String structName = field.type().structName();
            return field.type().kind() == FieldType.Kind.RECORDS
                    || (structName != null && hasRecords(schema.struct(structName)));
        });
    }

    private void writeAccessors(Field field, String className) {
        String name = field.name();
        String type = FieldCode.declaredType(field);
        out.blank().doc(field.about());
        out.line("public %s %s() {", type, name);
        if (field.isLazyStruct()) {
            out.line("if (%s == null) {", field.self());
            out.line("%s = new %s();", field.self(), String.valueOf(field.type().structName()));
            out.line("}");
        }
        out.line("return %s;", field.self());
        out.line("}");
        out.blank();
        out.line("public %s set%s(%s value) {", className, field.capitalized(), type);
        out.line("%s = value;", field.self());
        out.line("return this;");
        out.line("}");
    }

    private void writeObjectMethods(Struct struct) {
        String name = struct.name();
        List<Field> fields = struct.fields();
        out.blank();
        out.line("@Override");
        out.line("public boolean equals(Object other) {");
        if (fields.isEmpty()) {
            out.line("return other instanceof %s;", name);
        } else {
            out.line("return other instanceof %s that", name);
            for (int i = 0; i < fields.size(); i++) {
                String end = i == fields.size() - 1 ? ";" : "";
                out.line("        && %s%s", FieldCode.isEqual(fields.get(i)), end);
            }
        }
        out.line("}");
        out.blank();
        out.line("@Override");
        out.line("public int hashCode() {");
        out.line("int hash = 0;");
        fields.forEach(field -> out.line("hash = 31 * hash + %s;", FieldCode.hash(field)));
        out.line("return hash;");
        out.line("}");
        out.blank();
        out.line("@Override");
        out.line("public String toString() {");
        String shown = fields.stream()
                .map(field -> field.name() + "=\" + " + FieldCode.shown(field))
                .collect(Collectors.joining(" + \", "));
        out.line("return \"%s(%s\";", name, fields.isEmpty() ? ")" : shown + " + \")");
        out.line("}");
    }
}
