package io.ottla.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds file sizes; the limit only ever tightens. A file at 400 lines is asked whether it has two jobs. */
class SizeTest {
    private static final int MAX_LINES = 600;
    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

    @Test
    void noSourceFileOutgrowsTheLimit() {
        List<Path> sources = sources();
        assertThat(sources).hasSizeGreaterThan(100);
        assertThat(sources).allSatisfy(file -> assertThat(lines(file))
                .as("%s: split it by its jobs", ROOT.relativize(file))
                .isLessThanOrEqualTo(MAX_LINES));
    }

    private static List<Path> sources() {
        try (Stream<Path> paths = Files.walk(ROOT)) {
            return paths.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> path.toString().contains("/src/"))
                    .filter(path -> !path.toString().contains("/target/"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
