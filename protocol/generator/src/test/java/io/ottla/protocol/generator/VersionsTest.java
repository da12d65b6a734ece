package io.ottla.protocol.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranges as the schemas write them, and the conditions that the generated code tests. */
class VersionsTest {
    @ParameterizedTest
    @CsvSource({
        "0+, 3-9, true",
        "3-9, 3-9, true",
        "none, 3-9, false",
        "0-2, 3-9, false",
        "0-5, 3-9, version <= 5",
        "5+, 3-9, version >= 5",
        "4-6, 3-9, version >= 4 && version <= 6",
        "4, 3-9, version == 4"
    })
    void testsOnlyWhatThePossibleVersionsLeaveOpen(String range, String possible, String condition) {
        assertThat(Versions.parse(range).conditionWithin(Versions.parse(possible)))
                .isEqualTo(condition);
    }

    @Test
    void takesATailAway() {
        assertThat(Versions.parse("0+").without(Versions.parse("4+"))).isEqualTo(Versions.parse("0-3"));
        assertThat(Versions.parse("4+").without(Versions.parse("4+"))).isEqualTo(Versions.NONE);
        assertThat(Versions.parse("0-9").without(Versions.NONE)).isEqualTo(Versions.parse("0-9"));
        assertThatThrownBy(() -> Versions.parse("0-9").without(Versions.parse("4-5")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
