package io.ottla.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Goal: a report tells how to repeat its run, and nothing of the machine's directories. Method: command lines. */
class BenchCommandTest {
    @Test
    void theCommandIsToldWithoutDirectories() {
        List<String> arguments =
                List.of("--quick", "--out", "/somewhere", "--rounds", "3", "--work=/elsewhere", "--brokers", "ottla");
        assertThat(BenchCommand.commandOf(arguments)).isEqualTo("bin/ottla-bench --quick --rounds 3 --brokers ottla");
    }
}
