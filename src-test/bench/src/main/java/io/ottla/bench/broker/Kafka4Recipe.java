package io.ottla.bench.broker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Apache Kafka 4: broker and KRaft controller in one process, as its own {@code config/server.properties} has it. */
public record Kafka4Recipe(String name, Path libs) implements BrokerRecipe {
    private static final String CLUSTER_ID = "b3R0bGFiZW5jaG1hcmtzMQ";

    @Override
    public String title() {
        return "Apache Kafka " + new ApacheLibs(libs).version();
    }

    @Override
    public Map<String, String> properties(BrokerFiles files) {
        String controller = "127.0.0.1:" + files.secondPort();
        return Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                "1",
                "controller.quorum.bootstrap.servers",
                controller,
                "controller.listener.names",
                "CONTROLLER",
                "listeners",
                "PLAINTEXT://127.0.0.1:" + files.port() + ",CONTROLLER://" + controller,
                "advertised.listeners",
                "PLAINTEXT://127.0.0.1:" + files.port() + ",CONTROLLER://" + controller,
                "share.coordinator.state.topic.replication.factor",
                "1",
                "share.coordinator.state.topic.min.isr",
                "1");
    }

    @Override
    public List<String> command(BrokerFiles files, Path properties) {
        return new ApacheLibs(libs).broker(files, properties);
    }

    @Override
    public List<String> format(Path properties) {
        return new ApacheLibs(libs)
                .tool(
                        "kafka.tools.StorageTool",
                        "format",
                        "--standalone",
                        "-t",
                        CLUSTER_ID,
                        "-c",
                        properties.toString());
    }
}
