package io.ottla.protocol.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a run touches what changed and nothing else. What the generated text does is tested by the wire module, against
 * every official schema.
 */
class GeneratorTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000);

    @TempDir
    Path directory;

    @Test
    void leavesUnchangedFilesAlone() throws IOException {
        writeSchema("schemas", "Ping", "{ \"name\": \"Text\", \"type\": \"string\", \"versions\": \"0+\" }");
        generate("schemas");
        Path unchanged = generated("PingRequest");
        Path changed = generated("PingResponse");
        Files.setLastModifiedTime(unchanged, LONG_AGO);
        Files.writeString(changed, "// older");

        generate("schemas");

        assertThat(Files.getLastModifiedTime(unchanged)).isEqualTo(LONG_AGO);
        assertThat(changed).content().contains("class PingResponse");
    }

    @Test
    void deletesWhatNoSchemaAsksForAnyMore() throws IOException {
        writeSchema("schemas", "Ping", "");
        writeSchema("schemas", "Pong", "");
        generate("schemas");
        deleteSchema("schemas", "Pong");

        generate("schemas");

        assertThat(generated("PongRequest")).doesNotExist();
        assertThat(generated("PingRequest")).exists();
    }

    @Test
    void theEarlierDirectoryWins() throws IOException {
        writeSchema("first", "Ping", "{ \"name\": \"Early\", \"type\": \"int8\", \"versions\": \"0+\" }");
        writeSchema("second", "Ping", "{ \"name\": \"Late\", \"type\": \"int8\", \"versions\": \"0+\" }");

        generate("first", "second");

        assertThat(generated("PingRequest")).content().contains("early()").doesNotContain("late()");
    }

    @Test
    void refusesAStructNameThatIsTaken() throws IOException {
        writeSchema(
                "schemas",
                "Ping",
                "{ \"name\": \"Items\", \"type\": \"[]List\", \"versions\": \"0+\", \"fields\": [] }");

        assertThatThrownBy(() -> generate("schemas")).hasMessageContaining("the struct name List is taken");
    }

    @Test
    void namesTheSchemaThatItDoesNotUnderstand() throws IOException {
        writeSchema("schemas", "Ping", "{ \"name\": \"Odd\", \"type\": \"int7\", \"versions\": \"0+\" }");

        assertThatThrownBy(() -> generate("schemas")).hasMessageContaining("PingRe");
    }

    private void generate(String... schemas) throws IOException {
        Generator.main(Stream.concat(Stream.of("out"), Stream.of(schemas))
                .map(name -> directory.resolve(name).toString())
                .toArray(String[]::new));
    }

    private Path generated(String className) {
        return directory.resolve("out/io/ottla/protocol/message").resolve(className + ".java");
    }

    private void writeSchema(String folder, String name, String fields) throws IOException {
        for (String type : new String[] {"Request", "Response"}) {
            Path file = directory.resolve(folder).resolve(name + type + ".json");
            Files.createDirectories(file.getParent());
            Files.writeString(
                    file,
                    "// a comment%n{ \"apiKey\": 0, \"type\": \"%s\", \"name\": \"%s\", \"validVersions\": \"0-1\", \"fields\": [%s] }"
                            .formatted(type.toLowerCase(Locale.ROOT), name + type, fields));
        }
    }

    private void deleteSchema(String folder, String name) throws IOException {
        Files.delete(directory.resolve(folder).resolve(name + "Request.json"));
        Files.delete(directory.resolve(folder).resolve(name + "Response.json"));
    }
}
