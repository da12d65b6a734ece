package io.ottla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds docs/configuration.md to the declarations. {@code -Dottla.docs.write=true} writes it anew. */
class ConfigurationDocsTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");

    @Test
    void thePageIsTheOneThatTheDeclarationsMake() throws IOException {
        if (Boolean.getBoolean("ottla.docs.write")) {
            Files.createDirectories(PAGE.toAbsolutePath().normalize().getParent());
            ConfigurationDocs.main(new String[] {PAGE.toString()});
        }
        assertThat(Files.readString(PAGE))
                .as("docs/configuration.md is stale: run mvn -pl broker-server -am test"
                        + " -Dtest=ConfigurationDocsTest -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dtest.jvm.args=-Dottla.docs.write=true")
                .isEqualTo(ConfigurationDocs.page());
    }
}
