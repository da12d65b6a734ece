package io.ottla.compat;

import io.ottla.process.BrokerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives test classes one broker process that all of them share; each test takes topics and groups of its own. A parameter
 * that is {@link Upgraded} is another such broker. They end with the test run.
 */
public final class SharedBroker implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SharedBroker.class);
    private static final AtomicInteger NAMES = new AtomicInteger();

    /** Asks for a broker whose cluster has {@code transaction.version} at level 2. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.PARAMETER)
    @interface Upgraded {}

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
        boolean upgraded = parameter.isAnnotated(Upgraded.class);
        Assumptions.assumeFalse(upgraded && BrokerProcess.isApache(), "Apache Kafka on ZooKeeper has no features");
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(upgraded ? "upgraded" : "broker", key -> new Running(upgraded), Running.class)
                .broker;
    }

    private static final class Running implements AutoCloseable {
        private final Path home = temporaryFolder();
        private final BrokerProcess broker;

        Running(boolean upgraded) {
            Map<String, String> settings = new HashMap<>();
            settings.put("message.max.bytes", "12000000");
            settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
            if (upgraded) {
                settings.put("cluster.ottla.only", "true");
            }
            broker = BrokerProcess.start(home, settings);
            if (upgraded) {
                Features.raiseTransactionVersion(broker, 2);
            }
        }

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
