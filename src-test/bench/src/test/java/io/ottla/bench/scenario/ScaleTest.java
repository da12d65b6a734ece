package io.ottla.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.bench.result.Metric;
import io.ottla.bench.scenario.Scenario.Weight;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goal: options do what they say, and every scenario can be named. Method: the presets, changed. */
class ScaleTest {
    @Test
    void theQuickPresetMeasuresTheNoiseOnceAndOfLightScenariosOnly() {
        Scale.Rounds rounds = Scale.quick().rounds();
        assertThat(rounds.of(Weight.LIGHT)).isEqualTo(2);
        assertThat(rounds.of(Weight.HEAVY)).isEqualTo(1);
        assertThat(rounds.measuresNoise(Weight.LIGHT, 1)).isTrue();
        assertThat(rounds.measuresNoise(Weight.LIGHT, 2)).isFalse();
        assertThat(rounds.measuresNoise(Weight.HEAVY, 1)).isFalse();
    }

    @Test
    void roundsCountForEverything() {
        Scale.Rounds rounds = Scale.quick().withRounds(4).rounds();
        assertThat(rounds.of(Weight.HEAVY)).isEqualTo(4);
        assertThat(rounds.measuresNoise(Weight.HEAVY, 4)).isTrue();
    }

    @Test
    void aDurationIsHalfWarmedUpFor() {
        assertThat(Scale.full().withSeconds(6).timing().measureMs()).isEqualTo(6000);
        assertThat(Scale.full().withSeconds(6).timing().warmupMs()).isEqualTo(3000);
    }

    @Test
    void scenariosHaveNamesOfTheirOwnAndIdeas() {
        assertThat(Scenarios.all()).extracting(Scenario::name).doesNotHaveDuplicates();
        assertThat(Scenarios.all())
                .allSatisfy(scenario -> assertThat(scenario.idea()).endsWith("."));
    }

    @Test
    void namedScenariosComeInTheOrderOfTheRun() {
        assertThat(Scenarios.named(List.of("requests", "produce")))
                .extracting(Scenario::name)
                .containsExactly("produce", "requests");
        assertThat(Scenarios.named(List.of())).hasSameSizeAs(Scenarios.all());
    }

    @Test
    void anUnknownScenarioIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Scenarios.named(List.of("produse")))
                .hasMessageContaining("produse")
                .hasMessageContaining("produce");
    }

    @Test
    void percentilesAreNamedWithoutNeedlessDigits() {
        assertThat(Cell.percentileOf("end-to-end", 99)).isEqualTo(Metric.lower("end-to-end p99", "ms"));
        assertThat(Cell.percentileOf("end-to-end", 99.99)).isEqualTo(Metric.lower("end-to-end p99.99", "ms"));
    }
}
