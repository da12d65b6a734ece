package io.ottla.protocol.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Generates the message classes. Files whose text has not changed keep their time stamps, so that nothing is compiled in
 * vain; files that no schema asks for any more are deleted.
 */
public final class Generator {
    private final Path output;
    private final Map<Path, String> sources = new LinkedHashMap<>();

    private Generator(Path output) {
        this.output = output;
    }

    /**
     * Generates all classes.
     *
     * @param args the directory for the sources, then directories of schemas. Where two have a schema of the same name,
     *     the earlier one counts. {@code Name=directory} also makes an enum of the coordinator records in there.
     */
    public static void main(String[] args) throws IOException {
        if (args.length < 2) {
            throw new IllegalArgumentException("expected an output directory and directories of schemas");
        }
        Generator generator = new Generator(Path.of(args[0]));
        generator.generate(List.of(args).subList(1, args.length));
        generator.writeChanged();
        generator.deleteStale();
    }

    private void generate(List<String> inputs) throws IOException {
        Map<String, Schema> byName = new LinkedHashMap<>();
        for (String input : inputs) {
            int equals = input.indexOf('=');
            List<Schema> schemas = SchemaReader.readAll(Path.of(input.substring(equals + 1)));
            schemas.forEach(schema -> byName.putIfAbsent(schema.name(), schema));
            if (equals > 0) {
                String name = input.substring(0, equals);
                add(MessageClass.PACKAGE, name, RecordTypeEnum.source(name, schemas));
            }
        }
        List<Schema> schemas = new ArrayList<>(byName.values());
        for (Schema schema : schemas) {
            checkNames(schema);
            add(MessageClass.PACKAGE, schema.name(), new MessageClass(schema).source());
        }
        add(ApiKeyEnum.PACKAGE, "ApiKey", ApiKeyEnum.source(schemas));
    }

    /** A schema may one day use a name twice, or one that means something else in the generated text. */
    private static void checkNames(Schema schema) {
        Set<String> names = new HashSet<>(Set.of(
                schema.name(),
                "List",
                "ArrayList",
                "Arrays",
                "Objects",
                "UUID",
                "String",
                "Double",
                "Long",
                "Boolean"));
        for (Struct struct : schema.structs()) {
            if (!names.add(struct.name())) {
                throw new IllegalArgumentException(schema.name() + ": the struct name " + struct.name() + " is taken");
            }
        }
    }

    private void add(String packageName, String className, String source) {
        sources.put(output.resolve(packageName.replace('.', '/')).resolve(className + ".java"), source);
    }

    private void writeChanged() throws IOException {
        for (Map.Entry<Path, String> source : sources.entrySet()) {
            Path file = source.getKey();
            if (!Files.exists(file) || !Files.readString(file).equals(source.getValue())) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, source.getValue());
            }
        }
    }

    private void deleteStale() throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(output)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            if (!sources.containsKey(file)) {
                Files.delete(file);
            }
        }
    }
}
