package io.ottla.sim.cluster;

import io.ottla.sim.client.SimTransfers;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The properties of simulated brokers: small segments and short periods, so that much happens in little time. */
final class Settings {
    /** How many partitions each internal topic has. */
    static final int COORDINATOR_PARTITIONS = 2;

    private Settings() {}

    /** The path of a log directory, by its index. */
    static String directory(int brokerId, int index) {
        return "/sim/broker-" + brokerId + "/logs-" + index;
    }

    /** All log directories of each broker. */
    static List<List<String>> directories(Scenario.Shape shape) {
        return IntStream.rangeClosed(1, shape.brokers())
                .mapToObj(brokerId -> IntStream.range(0, shape.directories())
                        .mapToObj(index -> directory(brokerId, index))
                        .toList())
                .toList();
    }

    static Map<String, String> of(int brokerId, Scenario scenario) {
        StringJoiner logDirs = new StringJoiner(",");
        for (int i = 0; i < scenario.shape().directories(); i++) {
            logDirs.add(directory(brokerId, i));
        }
        Map<String, String> settings = new TreeMap<>();
        settings.put("broker.id", Integer.toString(brokerId));
        settings.put("zookeeper.connect", "zookeeper:2181");
        settings.put("zookeeper.session.timeout.ms", "6000");
        settings.put("log.dirs", logDirs.toString());
        settings.put("listeners", "PLAINTEXT://broker-" + brokerId + ":9092");
        settings.put("default.replication.factor", "3");
        settings.put("min.insync.replicas", "2");
        settings.put("offsets.topic.num.partitions", Integer.toString(COORDINATOR_PARTITIONS));
        settings.put("offsets.topic.replication.factor", "3");
        settings.put("group.initial.rebalance.delay.ms", "500");
        settings.put("group.min.session.timeout.ms", "2000");
        settings.put("transaction.state.log.num.partitions", Integer.toString(COORDINATOR_PARTITIONS));
        settings.put("transaction.state.log.replication.factor", "3");
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        if (scenario.shape().cleans()) {
            settings.put("transaction.state.log.segment.bytes", "16384");
            settings.put("offsets.topic.segment.bytes", "16384");
            settings.put("log.cleaner.backoff.ms", "5000");
        }
        settings.put("log.retention.check.interval.ms", "20000");
        settings.put("log.segment.bytes", "16384");
        settings.put("log.index.interval.bytes", "1024");
        settings.put("log.roll.ms", "600000");
        settings.put("log.flush.offset.checkpoint.interval.ms", "7000");
        settings.put(
                "replica.fetch.wait.max.ms", Integer.toString(scenario.shape().fetchWaitMs()));
        settings.put("replica.lag.time.max.ms", "5000");
        settings.put("replica.socket.timeout.ms", "5000");
        settings.put("request.timeout.ms", "5000");
        settings.put("controller.socket.timeout.ms", "5000");
        settings.put("leader.imbalance.check.interval.seconds", "30");
        if (scenario.shape().transfers() == SimTransfers.Protocol.BUMPING) {
            settings.put("cluster.ottla.only", "true");
        }
        settings.put("auto.create.topics.enable", "false");
        return settings;
    }
}
