package io.ottla.sim.cluster;

import java.util.Map;
import java.util.TreeMap;

/** The properties of simulated brokers: small segments and short periods, so that much happens in little time. */
final class Settings {
    private Settings() {}

    static Map<String, String> of(int brokerId) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("broker.id", Integer.toString(brokerId));
        settings.put("zookeeper.connect", "zookeeper:2181");
        settings.put("zookeeper.session.timeout.ms", "6000");
        settings.put("log.dirs", "/sim/broker-" + brokerId);
        settings.put("listeners", "PLAINTEXT://broker-" + brokerId + ":9092");
        settings.put("default.replication.factor", "3");
        settings.put("min.insync.replicas", "2");
        settings.put("offsets.topic.num.partitions", "2");
        settings.put("offsets.topic.replication.factor", "3");
        settings.put("log.segment.bytes", "16384");
        settings.put("log.index.interval.bytes", "1024");
        settings.put("log.roll.ms", "600000");
        settings.put("log.flush.offset.checkpoint.interval.ms", "7000");
        settings.put("replica.lag.time.max.ms", "5000");
        settings.put("replica.socket.timeout.ms", "5000");
        settings.put("request.timeout.ms", "5000");
        settings.put("controller.socket.timeout.ms", "5000");
        settings.put("leader.imbalance.check.interval.seconds", "30");
        settings.put("auto.create.topics.enable", "false");
        return settings;
    }
}
