package io.ottla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Changes while the broker runs: layers, listeners, and what may be stored at all. */
class DynamicConfigTest {
    private final DynamicConfig config = new DynamicConfig(
            BrokerConfig.of(Map.of("broker.id", "3", "num.io.threads", "4", "log.retention.hours", "1")));

    @Test
    void ownSettingsGoBeforeThoseForAllBrokersAndThoseBeforeTheFile() {
        List<String> changes = new ArrayList<>();
        config.addListener((before, after) -> changes.add(
                before.network().ioThreads() + " -> " + after.network().ioThreads()));
        config.applyClusterWide(Map.of("num.io.threads", "5", "log.retention.ms", "9"));
        config.applyPerBroker(Map.of("num.io.threads", "6"));
        assertThat(config.current().logs().retentionMs()).isEqualTo(9);
        config.applyPerBroker(Map.of());
        config.applyClusterWide(Map.of());
        assertThat(changes).containsExactly("4 -> 5", "5 -> 6", "6 -> 5", "5 -> 4");
        assertThat(config.current().logs().retentionMs()).isEqualTo(3_600_000);
    }

    @Test
    void whatIsStoredAndNotValidIsLeftOut() {
        config.applyPerBroker(Map.of("num.io.threads", "none", "broker.id", "9", "background.threads", "2"));
        assertThat(config.current().network().ioThreads()).isEqualTo(4);
        assertThat(config.current().identity().id()).isEqualTo(3);
        assertThat(config.current().network().backgroundThreads()).isEqualTo(2);
    }

    @Test
    void refusesWhatCannotBeStored() {
        assertRefused(Map.of("broker.id", "1"), true, "Cannot update these configs dynamically: Set(broker.id)");
        assertRefused(
                Map.of("num.io.threads", "x"),
                true,
                "Invalid value x for configuration num.io.threads: Not a number of type INT");
        assertRefused(
                Map.of("listeners", "PLAINTEXT://:1"),
                false,
                "Cannot update these configs at default cluster level, broker id must be specified: Set(listeners)");
        assertRefused(
                Map.of("ssl.keystore.location", "/x"),
                true,
                "These security configs can be dynamically updated only per-listener using the listener prefix:"
                        + " Set(ssl.keystore.location)");
        DynamicChange.check(
                Map.of("leader.replication.throttled.rate", "1000", "listener.name.a.ssl.keystore.location", "/x"),
                true);
        assertRefused(
                Map.of("leader.replication.throttled.rate", "fast"),
                true,
                "Invalid value fast for configuration leader.replication.throttled.rate: Not a number of type LONG");
    }

    private static void assertRefused(Map<String, String> settings, boolean perBroker, String message) {
        assertThatThrownBy(() -> DynamicChange.check(settings, perBroker))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.error()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessage(message);
    }
}
