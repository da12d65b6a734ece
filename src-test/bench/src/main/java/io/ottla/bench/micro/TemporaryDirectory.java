package io.ottla.bench.micro;

import io.ottla.storage.file.NioLogDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A log directory on the real disk that is gone when it is closed. */
final class TemporaryDirectory implements AutoCloseable {
    private final Path path;
    private final NioLogDirectory directory;

    TemporaryDirectory() throws IOException {
        path = Files.createTempDirectory("ottla-micro-");
        directory = NioLogDirectory.open(path);
    }

    NioLogDirectory directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        directory.close();
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
