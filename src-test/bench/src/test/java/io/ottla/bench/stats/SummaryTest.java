package io.ottla.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.ottla.bench.stats.Comparison.Better;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Goal: medians, spreads and ratios are what their names say. Method: by hand. */
class SummaryTest {
    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Summary.of(List.of(9.0, 1.0, 5.0))).isEqualTo(new Summary(5, 1, 9, 3));
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheMiddleOnes() {
        assertThat(Summary.of(List.of(4.0, 1.0, 2.0, 100.0)).median()).isEqualTo(3);
    }

    @Test
    void spreadIsTheWholeWidthInPercentOfTheMedian() {
        assertThat(Summary.of(List.of(8.0, 10.0, 12.0)).spreadPercent()).isEqualTo(40, within(1e-9));
        assertThat(Summary.of(List.of(7.0)).spreadPercent()).isZero();
        assertThat(Summary.of(List.of(0.0, 0.0)).spreadPercent()).isZero();
    }

    @Test
    void nothingHasNoSummary() {
        assertThatThrownBy(() -> Summary.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theBetterPeerIsTheSmallerOrTheLargerOne() {
        assertThat(Comparison.ratioToBest(2, List.of(8.0, 4.0), Better.LOWER)).hasValue(0.5);
        assertThat(Comparison.ratioToBest(2, List.of(8.0, 4.0), Better.HIGHER)).hasValue(0.25);
    }

    @Test
    void withoutAPeerThereIsNoRatio() {
        assertThat(Comparison.ratioToBest(2, List.of(), Better.LOWER)).isEmpty();
        assertThat(Comparison.ratioToBest(2, List.of(0.0), Better.LOWER)).isEmpty();
    }

    @Test
    void noiseIsTheSameInBothDirections() {
        OptionalDouble noise = Comparison.noisePercent(10, 12);
        assertThat(noise.getAsDouble()).isEqualTo(20, within(1e-9));
        assertThat(Comparison.noisePercent(12, 10)).isEqualTo(noise);
        assertThat(Comparison.noisePercent(0, 10)).isEmpty();
    }
}
