package io.ottla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What settings mean: precedence, defaults that depend on others, old names, listeners. */
class BrokerConfigTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void theSeedExampleWorksVerbatim() throws IOException {
        Path file = Files.writeString(directory.resolve("server.properties"), """
                broker.id=1
                log.dirs=/tmp/kafka-logs-1
                zookeeper.connect=localhost:2181
                port=9092
                num.network.threads=3
                num.io.threads=8
                socket.send.buffer.bytes=102400
                socket.receive.buffer.bytes=102400
                socket.request.max.bytes=104857600
                default.replication.factor=3
                replica.fetch.max.bytes=1048576
                """);
        BrokerConfig config = BrokerConfig.load(file, List.of());
        assertThat(config.warnings()).isEmpty();
        assertThat(config.acceptedWithoutEffect()).isEmpty();
        assertThat(config.identity().id()).isEqualTo(1);
        assertThat(config.storage().logDirs()).containsExactly("/tmp/kafka-logs-1");
        assertThat(config.zooKeeper().connect()).isEqualTo("localhost:2181");
        assertThat(config.zooKeeper().embedded()).isFalse();
        assertThat(config.listeners().bound()).hasToString("[PLAINTEXT://:9092]");
        assertThat(config.network().networkThreads()).isEqualTo(3);
        assertThat(config.network().ioThreads()).isEqualTo(8);
        assertThat(config.network().socketRequestMaxBytes()).isEqualTo(104857600);
        assertThat(config.topics().replicationFactor()).isEqualTo(3);
        assertThat(config.replication().fetchMaxBytes()).isEqualTo(1048576);
    }

    @Test
    void anEmptyFileRunsAnEmbeddedZooKeeperBesideItsLogs() {
        BrokerConfig config = BrokerConfig.of(Map.of("log.dirs", "/data/one/, /data/two"));
        assertThat(config.zooKeeper().embedded()).isTrue();
        assertThat(config.zooKeeper().embeddedDataDir()).isEqualTo("/data/one-zookeeper");
        assertThat(config.storage().logDirs()).containsExactly("/data/one/", "/data/two");
        assertThat(config.zooKeeper().connectionTimeoutMs()).isEqualTo(18000);
    }

    @Test
    void overridesGoBeforeTheFile() throws IOException {
        Path file = Files.writeString(directory.resolve("server.properties"), "broker.id=1\nnum.partitions=2\n");
        BrokerConfig config = BrokerConfig.load(file, List.of("broker.id=7", "broker.rack=a=b"));
        assertThat(config.identity().id()).isEqualTo(7);
        assertThat(config.identity().rack()).isEqualTo("a=b");
        assertThat(config.topics().partitions()).isEqualTo(2);
    }

    @Test
    void finerTimeUnitsGoBeforeCoarser() {
        assertThat(logs("log.retention.hours", "2").retentionMs()).isEqualTo(7_200_000);
        assertThat(logs("log.retention.hours", "2", "log.retention.minutes", "3")
                        .retentionMs())
                .isEqualTo(180_000);
        assertThat(logs("log.retention.minutes", "3", "log.retention.ms", "5").retentionMs())
                .isEqualTo(5);
        assertThat(logs("log.retention.hours", "-1").retentionMs()).isEqualTo(-1);
        assertThat(logs("log.roll.hours", "1").rollMs()).isEqualTo(3_600_000);
        assertThat(logs("log.flush.scheduler.interval.ms", "9").flushIntervalMs())
                .isEqualTo(9);
        assertThat(logs("log.message.timestamp.difference.max.ms", "4").messageTimestampAfterMaxMs())
                .isEqualTo(4);
        assertThat(logs("log.message.timestamp.difference.max.ms", "4", "log.message.timestamp.before.max.ms", "6")
                        .messageTimestampBeforeMaxMs())
                .isEqualTo(6);
    }

    @Test
    void theOldSinglePortMakesAListener() {
        ListenerConfig listeners = BrokerConfig.of(Map.of(
                        "port",
                        "9093",
                        "host.name",
                        "10.0.0.1",
                        "advertised.host.name",
                        "kafka.example",
                        "advertised.port",
                        "19093"))
                .listeners();
        assertThat(listeners.bound()).hasToString("[PLAINTEXT://10.0.0.1:9093]");
        assertThat(listeners.advertised()).hasToString("[PLAINTEXT://kafka.example:19093]");
    }

    @Test
    void listenersGoBeforeTheOldPort() {
        BrokerConfig config = BrokerConfig.of(Map.of("port", "9093", "listeners", "PLAINTEXT://:9095"));
        assertThat(config.listeners().bound()).hasToString("[PLAINTEXT://:9095]");
        assertThat(config.warnings()).containsExactly("port and host.name are ignored because listeners is set");
    }

    @Test
    void severalNamedListenersWithIpv6AndPortZero() {
        ListenerConfig listeners = BrokerConfig.of(Map.of(
                        "listeners", "inside://[::1]:0, OUTSIDE://0.0.0.0:0",
                        "advertised.listeners", "INSIDE://[::1]:0,OUTSIDE://broker.example.com:9094",
                        "listener.security.protocol.map", "INSIDE:PLAINTEXT,outside:plaintext",
                        "inter.broker.listener.name", "inside",
                        "listener.name.inside.max.connections", "5"))
                .listeners();
        assertThat(listeners.bound()).hasToString("[INSIDE://[::1]:0, OUTSIDE://0.0.0.0:0]");
        assertThat(listeners.advertised()).hasToString("[INSIDE://[::1]:0, OUTSIDE://broker.example.com:9094]");
        assertThat(listeners.interBrokerListenerName()).isEqualTo("INSIDE");
    }

    @Test
    void aListenerMayHaveItsOwnValue() {
        ConfigValues values = BrokerConfig.of(Map.of("listener.name.plaintext.max.connections", "5"))
                .values();
        assertThat(values.getForListener("PLAINTEXT", NetworkConfig.MAX_CONNECTIONS))
                .isEqualTo(5);
        assertThat(values.getForListener("OTHER", NetworkConfig.MAX_CONNECTIONS))
                .isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void nodeIdNamesTheBrokerToo() {
        assertThat(BrokerConfig.of(Map.of("node.id", "4")).identity().id()).isEqualTo(4);
    }

    private static LogDefaults logs(String... settings) {
        Map<String, String> map = new java.util.HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        return BrokerConfig.of(map).logs();
    }
}
