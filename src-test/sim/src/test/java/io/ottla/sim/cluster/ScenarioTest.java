package io.ottla.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: calm makes a scenario longer, and nothing else. Method: scenarios of the same seed with and without it. */
class ScenarioTest {
    private static final long BUSY_MS = 300_000;
    private static final long CALM_MS = 1_500_000;

    private static Scenario scenario(long seed, long calmMs) {
        return Scenario.of(seed, EnumSet.allOf(Fault.class), BUSY_MS, calmMs);
    }

    private static boolean isCalm(Scenario scenario, long atMs) {
        return scenario.tides().calms().stream().anyMatch(calm -> calm.fromMs() < atMs && atMs < calm.toMs());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void hasTheSameIncidentsMostOfThemWhenItIsBusy(long seed) {
        Scenario busy = scenario(seed, 0);
        Scenario calm = scenario(seed, CALM_MS);
        assertThat(calm.tides().busyMs()).isEqualTo(BUSY_MS);
        assertThat(calm.tides().faultyMs()).isBetween(BUSY_MS + CALM_MS - 10, BUSY_MS + CALM_MS);
        assertThat(calm.incidents())
                .extracting(Incident::fault)
                .containsExactlyInAnyOrderElementsOf(
                        busy.incidents().stream().map(Incident::fault).toList());
        List<Incident> inCalm = calm.incidents().stream()
                .filter(incident -> isCalm(calm, incident.atMs()))
                .toList();
        assertThat(inCalm.size()).isLessThanOrEqualTo(calm.incidents().size() / 6 + 1);
        assertThat(calm.incidents())
                .allMatch(incident -> incident.atMs() <= calm.tides().faultyMs());
    }
}
