package io.ottla.broker.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many event loops a machine gets. */
class FoundationTest {
    @Test
    void atMostOneLoopForTwoProcessorsAndNeverMoreThanConfigured() {
        assertThat(Foundation.loopCount(3, 1)).isEqualTo(1);
        assertThat(Foundation.loopCount(3, 2)).isEqualTo(1);
        assertThat(Foundation.loopCount(3, 4)).isEqualTo(2);
        assertThat(Foundation.loopCount(3, 16)).isEqualTo(3);
        assertThat(Foundation.loopCount(1, 16)).isEqualTo(1);
    }
}
