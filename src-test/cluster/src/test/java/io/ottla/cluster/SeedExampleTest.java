package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ottla.process.Command;
import io.ottla.process.Distribution;
import io.ottla.process.Product;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Goal: the README's three brokers are one cluster that survives the loss of one. Method: its very commands and files,
 * with their ports and folders below /tmp, in a network and a file system of their own; the distribution's tools ask.
 */
class SeedExampleTest {
    private static final Path SCRIPT =
            Path.of(System.getProperty("cluster.scripts", "src/test/python"), "..", "sh", "three-brokers.sh");

    @Test
    void theThreeCommandsOfTheReadmeMakeACluster() {
        assumeTrue(Product.underTest() == Product.OTTLA, "these are the distribution's own files");
        Command allowed = Command.run("unshare", "--net", "--mount", "true");
        assumeTrue(allowed.exitCode() == 0, "needs the right to make namespaces: " + allowed.output());

        Command run = Command.run(
                "",
                List.of(
                        "unshare",
                        "--net",
                        "--mount",
                        "bash",
                        SCRIPT.normalize().toString(),
                        Distribution.home().toString()));

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("three brokers: ok");
    }
}
