package io.ottla.process;

import java.nio.file.Files;
import java.nio.file.Path;

/** The built distribution that is under test. */
public final class Distribution {
    private Distribution() {}

    /** Its folder with bin, config, libs and tools; the build passes it in {@code test.dist}. */
    public static Path home() {
        Path home = Path.of(System.getProperty("test.dist", "(test.dist is not set)"));
        if (!Files.isRegularFile(home.resolve("bin/kafka-server-start.sh"))) {
            throw new IllegalStateException("no distribution at " + home + ": run mvn package first");
        }
        return home;
    }

    /** One of the scripts in bin. */
    public static Path script(String name) {
        return home().resolve("bin").resolve(name);
    }
}
