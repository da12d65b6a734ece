package io.ottla.bench.broker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Apache Kafka 3.9 with its ZooKeeper in a process of its own. */
public record Kafka3Recipe(String name, Path libs) implements BrokerRecipe {
    @Override
    public String title() {
        return "Apache Kafka " + new ApacheLibs(libs).version();
    }

    @Override
    public Map<String, String> properties(BrokerFiles files) {
        return Map.of("broker.id", "1", "zookeeper.connect", "127.0.0.1:" + files.secondPort());
    }

    @Override
    public List<String> command(BrokerFiles files, Path properties) {
        return new ApacheLibs(libs).broker(files, properties);
    }

    @Override
    public List<String> zooKeeper(BrokerFiles files) {
        Map<String, String> properties = Map.of(
                "dataDir",
                files.zooKeeperDir().toString(),
                "clientPort",
                Integer.toString(files.secondPort()),
                "clientPortAddress",
                "127.0.0.1",
                "maxClientCnxns",
                "0",
                "admin.enableServer",
                "false");
        return new ApacheLibs(libs).zooKeeper(files.write("zookeeper.properties", properties));
    }
}
