package io.ottla.protocol.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: keys, versions and header versions are those of Kafka's clients. */
class ApiKeyTest {
    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void isLikeKafkas(ApiKeys kafkas) {
        ApiKey ours = ApiKey.valueOf(kafkas.name());

        assertThat(ours.id()).isEqualTo(kafkas.id);
        assertThat(ApiKey.forId(kafkas.id)).isSameAs(ours);
        if (kafkas.hasValidVersion()) {
            assertThat(ours.lowestVersion()).isEqualTo(kafkas.oldestVersion());
            assertThat(ours.highestVersion()).isEqualTo(kafkas.latestVersion(false));
            for (short version = kafkas.oldestVersion(); version <= kafkas.latestVersion(); version++) {
                assertThat(ours.requestHeaderVersion(version)).isEqualTo(kafkas.requestHeaderVersion(version));
                assertThat(ours.responseHeaderVersion(version)).isEqualTo(kafkas.responseHeaderVersion(version));
            }
        }
    }

    @Test
    void hasNoKeyThatKafkaHasNot() {
        assertThat(Arrays.stream(ApiKey.values()).map(ApiKey::name))
                .containsExactlyElementsOf(
                        Arrays.stream(ApiKeys.values()).map(ApiKeys::name).toList());
    }

    @ParameterizedTest
    @EnumSource(ApiKey.class)
    void makesMessagesOfItsOwn(ApiKey key) {
        assertThat(key.newRequest().apiKey()).isEqualTo(key.id());
        assertThat(key.newResponse().apiKey()).isEqualTo(key.id());
        assertThat(key.newRequest().getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .isEqualTo(key.name().replace("_", "").toLowerCase(Locale.ROOT) + "request");
    }

    @Test
    void keepsTheVersionsOfTheDroppedRequests() {
        assertThat(ApiKey.LEADER_AND_ISR.highestVersion()).isEqualTo((short) 7);
        assertThat(ApiKey.STOP_REPLICA.highestVersion()).isEqualTo((short) 4);
        assertThat(ApiKey.UPDATE_METADATA.highestVersion()).isEqualTo((short) 8);
        assertThat(ApiKey.CONTROLLED_SHUTDOWN.highestVersion()).isEqualTo((short) 3);
        assertThat(ApiKey.CONTROLLED_SHUTDOWN.requestHeaderVersion((short) 0)).isZero();
        assertThat(ApiKey.UPDATE_METADATA.listeners()).containsExactly(ApiKey.Listener.ZK_BROKER);
    }

    @Test
    void doesNotAdvertiseAVersionInFlux() {
        short unstable = ApiKey.INIT_PRODUCER_ID.newRequest().highestSupportedVersion();

        assertThat(ApiKey.INIT_PRODUCER_ID.highestVersion()).isLessThan(unstable);
        assertThat(ApiKey.INIT_PRODUCER_ID.isVersionSupported(unstable)).isFalse();
    }

    @Test
    void knowsNoKeyForOtherIds() {
        assertThat(ApiKey.forId(-1)).isNull();
        assertThat(ApiKey.forId(Short.MAX_VALUE)).isNull();
    }
}
