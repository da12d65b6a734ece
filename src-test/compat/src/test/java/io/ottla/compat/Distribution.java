package io.ottla.compat;

import java.nio.file.Files;
import java.nio.file.Path;

/** The built distribution that is under test. */
final class Distribution {
    private Distribution() {}

    /** Its folder with bin, config, libs and tools; the build passes it in {@code compat.dist}. */
    static Path home() {
        Path home = Path.of(System.getProperty("compat.dist", "(compat.dist is not set)"));
        if (!Files.isRegularFile(home.resolve("bin/kafka-server-start.sh"))) {
            throw new IllegalStateException("no distribution at " + home + ": run mvn package first");
        }
        return home;
    }

    static Path script(String name) {
        return home().resolve("bin").resolve(name);
    }
}
