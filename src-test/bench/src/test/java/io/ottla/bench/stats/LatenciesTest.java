package io.ottla.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Goal: percentiles survive the way between processes. Method: a distribution whose percentiles are known. */
class LatenciesTest {
    private static final long MS = 1_000_000;

    @Test
    void percentilesOfAUniformDistribution() {
        Latencies latencies = uniform();
        assertThat(latencies.percentileMs(50)).isEqualTo(500, within(1.0));
        assertThat(latencies.percentileMs(99)).isEqualTo(990, within(1.0));
        assertThat(latencies.maxMs()).isEqualTo(1000, within(1.0));
    }

    @Test
    void decodedTheyAreTheSame() {
        Latencies decoded = Latencies.decode(uniform().encode());
        assertThat(decoded.count()).isEqualTo(1000);
        assertThat(decoded.percentileMs(99.9)).isEqualTo(uniform().percentileMs(99.9));
    }

    @Test
    void addedTheyAreOneDistribution() {
        Latencies latencies = uniform();
        latencies.add(uniform());
        assertThat(latencies.count()).isEqualTo(2000);
    }

    @Test
    void anImpossibleOrEndlessOneDoesNotStopTheRun() {
        Latencies latencies = new Latencies();
        latencies.record(-5);
        latencies.record(Long.MAX_VALUE);
        assertThat(latencies.count()).isEqualTo(2);
        assertThat(latencies.maxMs()).isEqualTo(120_000, within(200.0));
    }

    @Test
    void theCurveEndsWhereThereIsLessThanOneValue() {
        var curve = uniform().curve();
        assertThat(curve.get(0).percentile()).isZero();
        assertThat(curve.get(curve.size() - 1).percentile()).isBetween(99.89, 99.9 + 1e-9);
    }

    @Test
    void refusesWhatIsNoHistogram() {
        assertThatThrownBy(() -> Latencies.decode("AAAA")).isInstanceOf(RuntimeException.class);
    }

    private static Latencies uniform() {
        Latencies latencies = new Latencies();
        for (int i = 1; i <= 1000; i++) {
            latencies.record(i * MS);
        }
        return latencies;
    }
}
