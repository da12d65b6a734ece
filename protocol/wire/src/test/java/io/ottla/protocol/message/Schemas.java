package io.ottla.protocol.message;

import io.ottla.protocol.generator.Schema;
import io.ottla.protocol.generator.SchemaReader;
import io.ottla.protocol.schema.ApiMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The schemas that the build unpacked, in the generator's order of precedence, and the classes made from them. */
final class Schemas {
    static final Path TARGET = Path.of(System.getProperty("basedir", "."), "target");

    /** As listed in the generator's arguments. */
    private static final List<String> DIRECTORIES =
            List.of("zk", "clients", "storage", "group", "transaction", "share");

    private Schemas() {}

    static List<Schema> all() throws IOException {
        Map<String, Schema> byName = new TreeMap<>();
        for (String directory : DIRECTORIES) {
            SchemaReader.readAll(TARGET.resolve("schemas").resolve(directory))
                    .forEach(schema -> byName.putIfAbsent(schema.name(), schema));
        }
        return List.copyOf(byName.values());
    }

    static Stream<Short> versions(Schema schema) {
        return IntStream.rangeClosed(schema.valid().lowest(), schema.valid().highest())
                .mapToObj(version -> (short) version);
    }

    static ApiMessage newMessage(Schema schema) {
        try {
            Class<?> type = Class.forName(Schemas.class.getPackageName() + "." + schema.name());
            return (ApiMessage) type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
