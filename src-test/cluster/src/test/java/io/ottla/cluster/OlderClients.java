package io.ottla.cluster;

import io.ottla.check.ProducerHistory;
import io.ottla.process.Peer39;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntConsumer;

/** Clients of Apache Kafka 3.9 beside the newest ones, in the same process: their classes come from a loader of their own. */
final class OlderClients extends URLClassLoader {
    private OlderClients(URL[] urls) {
        super(urls, OlderClients.class.getClassLoader());
    }

    static OlderClients load() {
        try {
            Path jar = Peer39.libs().resolve("kafka-clients-3.9.2.jar");
            URL tests = KafkaWriter.class.getProtectionDomain().getCodeSource().getLocation();
            return new OlderClients(new URL[] {jar.toUri().toURL(), tests});
        } catch (IOException e) {
            throw new IllegalStateException("no older clients", e);
        }
    }

    /** A {@link KafkaWriter} over the older producer. */
    Writer writer(
            Map<String, Object> settings,
            String topic,
            int partitions,
            long pauseMs,
            ProducerHistory history,
            IntConsumer onAcknowledged) {
        try {
            return (Writer) loadClass(KafkaWriter.class.getName())
                    .getConstructors()[0]
                    .newInstance(settings, topic, partitions, pauseMs, history, onAcknowledged);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no older writer", e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean own = name.startsWith("org.apache.kafka.") || name.startsWith(KafkaWriter.class.getName());
        if (!own) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : findClass(name);
        }
    }
}
