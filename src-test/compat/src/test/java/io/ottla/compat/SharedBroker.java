package io.ottla.compat;

import io.ottla.process.BrokerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives test classes one broker process that all of them share; each test takes topics and groups of its own. The
 * broker ends with the test run.
 */
public final class SharedBroker implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SharedBroker.class);
    private static final AtomicInteger NAMES = new AtomicInteger();

    /** A name for a topic or group that no other test uses. */
    public static String uniqueName(String prefix) {
        return prefix + "-" + NAMES.incrementAndGet();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == BrokerProcess.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent("broker", key -> new Running(), Running.class)
                .broker;
    }

    private static final class Running implements AutoCloseable {
        private final Path home = temporaryFolder();
        private final BrokerProcess broker = BrokerProcess.start(home, Map.of("message.max.bytes", "12000000"));

        @Override
        public void close() {
            try (broker) {
                broker.stop();
            }
            deleteRecursively(home);
        }
    }

    static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("ottla-compat-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void deleteRecursively(Path folder) {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
