package io.ottla.broker.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.config.BrokerConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many threads a broker has. */
class FoundationTest {
    @Test
    void atMostOneLoopForTwoProcessorsAndNeverMoreThanConfigured() {
        assertThat(Foundation.loopCount(3, 1)).isEqualTo(1);
        assertThat(Foundation.loopCount(3, 2)).isEqualTo(1);
        assertThat(Foundation.loopCount(3, 4)).isEqualTo(2);
        assertThat(Foundation.loopCount(3, 16)).isEqualTo(3);
        assertThat(Foundation.loopCount(1, 16)).isEqualTo(1);
    }

    @Test
    void workersBecomeMoreOrFewerWhileTheBrokerRuns() {
        BrokerConfig config = BrokerConfig.of(Map.of("num.io.threads", "4"));
        try (Foundation foundation = Foundation.start(config.network())) {
            for (int count : new int[] {9, 2, 4}) {
                foundation.setWorkerCount(count);
                assertThat(foundation.workers().getCorePoolSize()).isEqualTo(count);
                assertThat(foundation.workers().getMaximumPoolSize()).isEqualTo(count);
            }
        }
    }
}
