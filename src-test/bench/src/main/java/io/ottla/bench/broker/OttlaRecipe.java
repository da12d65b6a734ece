package io.ottla.bench.broker;

import io.ottla.bench.os.GcLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Ottla as built: its start script, at its own defaults, with its ZooKeeper inside the broker process. */
public record OttlaRecipe(String name, Path distribution, String version) implements BrokerRecipe {
    @Override
    public String title() {
        return "Ottla " + version;
    }

    @Override
    public Map<String, String> properties(BrokerFiles files) {
        return Map.of("broker.id", "1");
    }

    @Override
    public List<String> command(BrokerFiles files, Path properties) {
        return List.of(distribution.resolve("bin/kafka-server-start.sh").toString(), properties.toString());
    }

    @Override
    public Map<String, String> environment(BrokerFiles files) {
        return Map.of(
                "LOG_DIR",
                files.logs().toString(),
                "KAFKA_OPTS",
                GcLog.option(files.gcLog()),
                "JAVA_HOME",
                System.getProperty("java.home"));
    }
}
