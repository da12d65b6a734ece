package io.ottla.protocol.generator;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads schemas from the JSON files that Apache Kafka ships. */
public final class SchemaReader {
    private static final ObjectMapper JSON = new ObjectMapper().configure(JsonParser.Feature.ALLOW_COMMENTS, true);

    private SchemaReader() {}

    /** All schemas below {@code directory} that have a valid version, sorted by name. */
    public static List<Schema> readAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(SchemaReader::read)
                    .filter(schema -> !schema.valid().isEmpty())
                    .toList();
        }
    }

    private static Schema read(Path file) {
        try {
            return schema(JSON.readTree(file.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("cannot understand " + file, e);
        }
    }

    private static Schema schema(JsonNode json) {
        String name = json.required("name").asText();
        Versions valid = Versions.parse(json.required("validVersions").asText());
        List<Struct> structs = new ArrayList<>();
        for (JsonNode common : json.path("commonStructs")) {
            structs.add(struct(common.required("name").asText(), common, valid, structs));
        }
        List<String> listeners = new ArrayList<>();
        json.path("listeners").forEach(listener -> listeners.add(listener.asText()));
        return new Schema(
                name,
                json.required("type").asText(),
                json.path("apiKey").asInt(-1),
                valid,
                Versions.parse(json.path("flexibleVersions").asText("none")),
                listeners,
                json.path("latestVersionUnstable").asBoolean(false),
                new Struct(name, valid, fields(json, valid, structs), ""),
                structs);
    }

    private static Struct struct(String name, JsonNode json, Versions parent, List<Struct> structs) {
        Versions versions = Versions.parse(json.path("versions").asText("0+")).and(parent);
        return new Struct(
                name,
                versions,
                fields(json, versions, structs),
                json.path("about").asText(""));
    }

    /** The fields of a struct, without those that none of its versions has; nested structs go to {@code structs}. */
    private static List<Field> fields(JsonNode json, Versions parent, List<Struct> structs) {
        List<Field> fields = new ArrayList<>();
        for (JsonNode node : json.path("fields")) {
            Field field = field(node);
            if (field.versions().and(parent).isEmpty()) {
                continue;
            }
            fields.add(field);
            String structName = field.type().structName();
            if (structName != null && node.has("fields")) {
                structs.add(struct(structName, node, parent, structs));
            }
        }
        return fields;
    }

    private static Field field(JsonNode json) {
        String name = json.required("name").asText();
        String tagged = json.path("taggedVersions").asText("none");
        return new Field(
                Character.toLowerCase(name.charAt(0)) + name.substring(1),
                FieldType.parse(json.required("type").asText()),
                Versions.parse(json.path("versions").asText(tagged)),
                Versions.parse(json.path("nullableVersions").asText("none")),
                Versions.parse(tagged),
                json.path("tag").asInt(-1),
                json.has("flexibleVersions")
                        ? Versions.parse(json.required("flexibleVersions").asText())
                        : null,
                json.path("ignorable").asBoolean(false),
                defaultText(json),
                json.path("about").asText(""));
    }

    /** The text "null" makes null the default; a bare null in the JSON means that there is no default, as for Kafka. */
    private static @Nullable String defaultText(JsonNode json) {
        JsonNode node = json.get("default");
        return node == null || node.isNull() ? null : node.asText();
    }
}
