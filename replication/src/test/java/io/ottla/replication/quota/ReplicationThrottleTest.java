package io.ottla.replication.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The rate as Apache Kafka measures it: over up to eleven windows of a second. */
class ReplicationThrottleTest {

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ReplicationThrottle throttle = new ReplicationThrottle(ticker, 11, 1);

    @Test
    void isNeverExceededWithoutALimit() {
        throttle.record(Long.MAX_VALUE / 2);
        assertThat(throttle.isExceeded()).isFalse();
        assertThat(throttle.delayMs()).isZero();
    }

    @Test
    void isExceededByMoreThanTheRateAndNoLongerWhenEnoughTimeHasPassed() {
        throttle.limit(1000);
        throttle.record(1000);
        assertThat(throttle.isExceeded()).isFalse();
        throttle.record(2000);
        assertThat(throttle.isExceeded()).isTrue();
        assertThat(throttle.delayMs()).isEqualTo(3000);
        advance(2999);
        assertThat(throttle.isExceeded()).isTrue();
        advance(1);
        assertThat(throttle.isExceeded()).isFalse();
    }

    @Test
    void keepsToTheRateOverALongTime() {
        throttle.limit(1_000_000);
        long copied = 0;
        for (int i = 0; i < 60_000; i++) {
            if (!throttle.isExceeded()) {
                throttle.record(50_000);
                copied += 50_000;
            }
            advance(1);
        }
        assertThat(copied).isBetween(58_000_000L, 62_000_000L);
    }

    @Test
    void forgetsWhatIsOlderThanAllWindows() {
        throttle.limit(10);
        throttle.record(1_000_000);
        assertThat(throttle.delayMs()).isEqualTo(11_000);
        advance(11_000);
        assertThat(throttle.isExceeded()).isFalse();
    }

    @Test
    void aLimitOfNothingHoldsUpAfterTheFirstByteUntilTheWindowsAreOver() {
        throttle.limit(0);
        assertThat(throttle.isExceeded()).isFalse();
        throttle.record(100);
        assertThat(throttle.isExceeded()).isTrue();
        throttle.limit(ReplicationThrottle.UNLIMITED);
        assertThat(throttle.isExceeded()).isFalse();
    }

    private void advance(long ms) {
        ticker.advance(ms, TimeUnit.MILLISECONDS);
    }
}
